import type * as v from "valibot";
import { parseWith } from "../contract/parse.ts";
import { ProviderError } from "./remote.ts";

/** Reads JSON that a provider has had stored, or has sent; `null` for anything else. */
export function readStored<T>(schema: v.GenericSchema<unknown, T>, text: string): T | null {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Judged below, as any other text.
  }
  const parsed = parseWith(schema, value);
  return parsed.ok ? parsed.value : null;
}

/**
 * Reads where a walk over a list stands.
 *
 * @throws {ProviderError} `rejected` for anything else: the walk begins again.
 */
export function readCursor<T>(schema: v.GenericSchema<unknown, T>, text: string): T {
  const walk = readStored(schema, text);
  if (walk === null) throw cursorBroken();
  return walk;
}

/** Writes where a walk over a list stands, for {@link readCursor}. */
export function walkText(walk: object): string {
  return JSON.stringify(walk);
}

/** A stored place in a list that cannot be read: the list is read from its beginning. */
export function cursorBroken(): ProviderError {
  const words = "The stored place in the list is broken";
  return new ProviderError({ kind: "rejected", code: "cursor_invalid" }, words);
}

/** Returns the later of two times; `null` counts as before any. */
export function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(other) > Date.parse(one) ? other : one;
}
