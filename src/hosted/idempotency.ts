import { canonicalJson } from "../contract/snapshots.ts";
import { sha256Hex } from "../platform/random.ts";

/**
 * An idempotency key that follows from the content: the first 128 bits of the SHA-256 of the value's canonical JSON,
 * in the shape of a version 4 UUID. Equal content gives an equal key, so a repeat after a crash changes nothing
 * twice. Hosted API, Guarantees the client leans on.
 */
export async function contentIdempotencyKey(value: unknown): Promise<string> {
  const digest = await sha256Hex(canonicalJson(value));
  const variant = "89ab".charAt(Number.parseInt(digest.charAt(16), 16) % 4);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `4${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join("-");
}
