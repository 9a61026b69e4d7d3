import type * as v from "valibot";
import { readStored } from "./stored.ts";

/**
 * Returns whether the body of a delivery is signed by a secret: by HMAC with SHA-256, in 64 hexadecimal digits; `null`
 * when the delivery has none.
 */
export async function isSignedBy(
  secret: string,
  digits: string | null,
  body: Uint8Array,
): Promise<boolean> {
  if (secret === "" || digits === null || !/^[0-9a-f]{64}$/i.test(digits)) return false;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
  const signature = Uint8Array.fromHex(digits);
  return await crypto.subtle.verify("HMAC", key, signature, new Uint8Array(body));
}

/** Returns the digits of a header that names how they were made, `sha256=…`; `null` when it does not. */
export function digitsIn(header: string | null): string | null {
  return /^sha256=(.*)$/i.exec(header ?? "")?.[1] ?? null;
}

/**
 * Reads the body of a delivery; `null` when it is none of these. It names no issue then: what it was about is found by the
 * next round.
 */
export function readDelivery<T>(
  schema: v.GenericSchema<unknown, T>,
  body: Uint8Array,
): T | null {
  return readStored(schema, new TextDecoder().decode(body));
}
