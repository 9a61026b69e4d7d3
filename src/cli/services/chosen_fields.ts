import { usageError } from "../../platform/tracker_error.ts";
import type { Context } from "../command/context.ts";

/** The names given by `--fields a,b`; `undefined` without the option. */
export type ChosenFields = string | undefined;

/** How the fields of the items of a list are called and read. */
export interface ItemFields<T> {
  /** Every name that an item can have. */
  readonly names: readonly string[];
  /** Whether items can have more members than these, as those of a host's answer can. */
  readonly isOpen?: boolean;
  /** Reads one; a member of the item unless given. */
  readonly read?: (item: T, name: string) => unknown;
}

/**
 * Returns what `--fields` makes of the items of a list: each with the named fields alone, in the order in which they were
 * asked for, `null` where an item does not have one. Without the option the items stay as they are.
 *
 * @throws {TrackerError} `usage` for an unknown field, with the list of those there are, and without `--json`. The
 * function returned throws it where the items of an open list tell which fields there are.
 */
export function fieldChoice<T extends object>(
  context: Pick<Context, "globals">,
  chosen: ChosenFields,
  { names, isOpen = false, read = (item, name): unknown => Reflect.get(item, name) }: ItemFields<T>,
): (items: readonly T[]) => readonly object[] {
  if (chosen === undefined) return (items) => items;
  if (!context.globals.json) {
    throw usageError("`--fields` chooses what `--json` writes", "Give `--json` as well.");
  }
  const fields = [...new Set(chosen.split(",").map((name) => name.trim()))];
  if (!isOpen) refuseUnknown(fields, names);
  return (items) => {
    if (isOpen) {
      refuseUnknown(fields, [
        ...new Set([...names, ...items.flatMap((item) => Object.keys(item))]),
      ]);
    }
    return items.map((item) =>
      Object.fromEntries(fields.map((name) => [name, read(item, name) ?? null]))
    );
  };
}

function refuseUnknown(fields: readonly string[], names: readonly string[]): void {
  const unknown = fields.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw usageError(`Unknown field "${unknown}"`, `There are: ${names.join(", ")}.`);
}
