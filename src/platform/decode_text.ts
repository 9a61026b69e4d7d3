import type { Pause } from "./pauses.ts";

const STEP_BYTES = 1024 * 1024;

/**
 * Decodes UTF-8 in steps with pauses between them. A byte order mark at the start is left out.
 *
 * @param options `lossy` puts U+FFFD where the bytes are not UTF-8.
 * @throws {TypeError} when the bytes are not UTF-8.
 */
export async function decodeText(
  bytes: Uint8Array,
  pause: Pause,
  options: { readonly lossy?: boolean } = {},
): Promise<string> {
  const parts = await decodeParts(bytes, pause, options);
  return parts.length === 1 ? parts[0] ?? "" : parts.join("");
}

/** Does the same, and leaves a large text in the parts that it was decoded in. */
export async function decodeParts(
  bytes: Uint8Array,
  pause: Pause,
  options: { readonly lossy?: boolean } = {},
): Promise<string[]> {
  const decoder = new TextDecoder("utf-8", { fatal: options.lossy !== true });
  if (bytes.length <= STEP_BYTES) return [decoder.decode(bytes)];
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    parts.push(decoder.decode(bytes.subarray(at, at + STEP_BYTES), { stream: true }));
    await pause();
  }
  parts.push(decoder.decode());
  return parts;
}
