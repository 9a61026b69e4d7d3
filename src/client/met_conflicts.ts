import type { ItemError } from "../contract/results.ts";
import type { StoredIssue } from "../store/issues.ts";
import type { AbsorbContext } from "../sync/absorb.ts";
import {
  fieldsOf,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
  valuesOf,
  withFields,
} from "../sync/fields.ts";
import { isFieldConflict } from "./edit_answers.ts";

/** A conflict in one field that was met elsewhere. */
export interface MetConflict {
  readonly field: SyncField;
  /** The value before both sides changed it. */
  readonly base: unknown;
  /** The value that the other side has. */
  readonly theirs: unknown;
}

/** Returns the conflicts in known fields that a host has met at the real tracker (wire.md, Extensions). */
export function conflictFields(errors: readonly ItemError[]): readonly MetConflict[] {
  return errors.filter(isFieldConflict).flatMap(({ details }) => {
    const field = fieldNamed(details?.["field"]);
    if (field === null) return [];
    return [{ field, base: details?.["base"] ?? null, theirs: details?.["theirs"] ?? null }];
  });
}

/** Returns the fields that a refusal is about; empty when that is not known. */
export function namedFields({ code, details }: ItemError): readonly SyncField[] {
  const told: readonly unknown[] = [details?.["field"], details?.["fields"]].flat();
  const fields = told.map(fieldNamed).filter((field) => field !== null);
  return fields.length > 0 ? fields : FIELDS_OF_CODE[code] ?? [];
}

const FIELDS_OF_CODE: Readonly<Record<string, readonly SyncField[]>> = {
  transition_not_allowed: ["status"],
  invalid_parent: ["parent"],
  invalid_link: ["links"],
  title_required: ["title"],
};

/**
 * Holds conflicts until a person decides: our value stays here, the other one is what the host is known to hold. Runs
 * inside the caller's transaction.
 */
export function holdConflicts(
  { store, now, onEvent }: Pick<AbsorbContext, "store" | "now" | "onEvent">,
  { issue, base, ...stored }: StoredIssue,
  met: readonly MetConflict[],
): void {
  if (base === null) return;
  const ours = fieldsOf(issue);
  const theirs = { ...fieldsOf(base), ...valuesOf(met.map((one) => [one.field, one.theirs])) };
  store.issues.put({ ...stored, issue, base: withFields(base, theirs) });
  for (const { field, base: before, theirs: value } of met) {
    if (sameValue(field, ours[field], theirs[field])) continue;
    const values = { field, ours: ours[field], theirs: value, taken: null };
    const times = { ours: stored.edits[field]?.at ?? null, theirs: null, seen: null };
    const { id } = issue.ref;
    const reason = "both_changed" as const;
    store.conflicts.record({ issueId: id, ...values, reason, base: before, times }, now);
    onEvent({ kind: "conflict", id, title: issue.title, ...values });
  }
}

/** Returns the field that a host names, by the name of the engine or that of the contract. */
function fieldNamed(name: unknown): SyncField | null {
  if (name === "parent_ref") return "parent";
  if (name === "target_status") return "status";
  return SYNC_FIELDS.find((field) => field === name) ?? null;
}
