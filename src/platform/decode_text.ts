import type { Pause } from "./pauses.ts";
import { TrackerError } from "./tracker_error.ts";

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

/**
 * Decodes what a person gave as a text: another encoding is refused, for characters would be lost without a word. A byte
 * order mark at the start is left out.
 *
 * @param source What the bytes come from, as the start of a message.
 * @throws {TrackerError} `not_utf8`.
 */
export function givenText(bytes: Uint8Array, source: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw notUtf8(source, error);
  }
}

/** Returns the failure for a text of a person in another encoding. */
export function notUtf8(source: string, cause?: unknown): TrackerError {
  return new TrackerError({
    code: "not_utf8",
    message: `${source} is not UTF-8 text`,
    nextAction: "Save it as UTF-8, and give it again. Nothing was done.",
    details: { source },
    cause,
  });
}
