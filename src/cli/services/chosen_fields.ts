import type { JsonObject } from "../../contract/field.ts";
import { usageError } from "../../platform/tracker_error.ts";
import type { Context } from "../command/context.ts";

/** The names given by `--fields a,b`; `undefined` without the option. */
export type ChosenFields = string | undefined;

/** How the fields of the items of a list are called and read. */
export interface ItemFields<T> {
  /** Every name that an item can have. */
  readonly names: readonly string[];
  /** Reads one; a member of the item unless given. */
  readonly read?: (item: T, name: string) => unknown;
}

/**
 * Returns what `--fields` makes of the items of a list: each with the named fields alone, in the order in which they were
 * asked for, `null` where an item does not have one. Without the option the items stay as they are.
 *
 * @throws {TrackerError} `usage` for an unknown field, with the list of those there are, and without `--json`.
 */
export function fieldChoice<T extends JsonObject>(
  context: Pick<Context, "globals">,
  chosen: ChosenFields,
  { names, read = (item, name) => item[name] }: ItemFields<T>,
): (items: readonly T[]) => readonly JsonObject[] {
  if (chosen === undefined) return (items) => items;
  if (!context.globals.json) {
    throw usageError("`--fields` chooses what `--json` writes", "Give `--json` as well.");
  }
  const fields = [...new Set(chosen.split(",").map((name) => name.trim()))];
  const known = `There are: ${names.join(", ")}.`;
  for (const name of fields) {
    if (!names.includes(name)) throw usageError(`Unknown field "${name}"`, known);
  }
  return (items) =>
    items.map((item) => Object.fromEntries(fields.map((name) => [name, read(item, name) ?? null])));
}
