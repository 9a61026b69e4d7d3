import type * as v from "valibot";
import { parseWith } from "../../contract/parse.ts";
import { sha256Hex } from "../../platform/random.ts";
import { HostError } from "../model/host_error.ts";

/** Derives what a cursor is valid for, such as one resource and one set of filters. */
export async function cursorScope(identity: readonly unknown[]): Promise<string> {
  const text = JSON.stringify(identity);
  const known = scopes.get(text);
  if (known !== undefined) return known;
  const scope = (await sha256Hex(text)).slice(0, 16);
  if (text.length <= LONGEST_IDENTITY) {
    if (scopes.size >= MOST_SCOPES) scopes.clear();
    scopes.set(text, scope);
  }
  return scope;
}

/** Scopes that were derived: hashing waits for another thread, a tenth of the time of a page. */
const scopes = new Map<string, string>();
const MOST_SCOPES = 1_000;
const LONGEST_IDENTITY = 500;

/** Writes a cursor: what a listing needs to continue, opaque to its reader. */
export function writeCursor(place: readonly (number | string)[]): string {
  return btoa(JSON.stringify(place)).replaceAll("=", "");
}

/**
 * Reads a cursor that was issued for a scope; the schema finds the scope as its second part.
 *
 * @throws {HostError} `validation_error` for any other.
 */
export function readCursor<T extends readonly [number, string, ...unknown[]]>(
  schema: v.GenericSchema<unknown, T>,
  cursor: string,
  scope: string,
): T {
  const parsed = parseWith(schema, decoded(cursor));
  if (parsed.ok && parsed.value[1] === scope) return parsed.value;
  throw new HostError({
    code: "validation_error",
    message: "The cursor is not one of this listing. Start again without a cursor.",
    details: [{ field: "cursor", message: "was not issued for this listing" }],
  });
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(atob(cursor));
  } catch {
    return null;
  }
}
