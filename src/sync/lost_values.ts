import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { FieldEdits } from "../store/edits.ts";
import {
  fieldsOf,
  type FieldValues,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
  valuesOf,
} from "./fields.ts";
import type { SyncStore } from "./store.ts";

/** What lost values are kept in, and when they were lost (milliseconds since 1970). */
export interface LossContext {
  readonly store: SyncStore;
  readonly now: number;
}

/**
 * Keeps the value of ours that an edit takes the place of while its conflict waits for a decision, and shows the
 * new one in the conflict. Its times stay those of the meeting, so that a push sees that it was edited since.
 */
export function keepReplaced(
  { store, now }: LossContext,
  conflict: StoredConflict,
  field: SyncField,
  before: FieldValues,
  after: FieldValues,
): void {
  const known = [conflict.base, conflict.theirs];
  if (!known.some((value) => isValue(field, value, before))) {
    store.conflicts.keep({ ...conflict, ours: before[field], taken: "edited" }, now);
  }
  store.conflicts.record({ ...conflict, ours: after[field] }, now);
}

/** Whether a recorded value says what some values say of a field. */
export function isValue(field: SyncField, recorded: unknown, values: FieldValues): boolean {
  const patch = valuesOf([[field, recorded]]);
  return patch[field] !== undefined &&
    sameValue(field, { ...values, ...patch }[field], values[field]);
}

/** Settles the conflict of a field whose edit is dropped, with what was wanted last. */
export function settleDropped(
  { store, now }: LossContext,
  conflict: StoredConflict,
  field: SyncField,
  { ours, taken }: { readonly ours: FieldValues; readonly taken: "theirs" | "dropped" },
): void {
  store.conflicts.record({ ...conflict, ours: ours[field], taken }, now);
}

/** Removes an issue. No one can decide its conflicts any more, so that none of them stays open. */
export function removeIssue({ store, now }: LossContext, id: string): void {
  for (const conflict of store.conflicts.open(id)) {
    store.conflicts.close(conflict.id, "dropped", now);
  }
  store.issues.remove(id);
}

/** Keeps what was wanted of an issue that is dropped and that the other side does not have. */
export function keepDropped(
  { store, now }: LossContext,
  issue: NormalizedIssue,
  base: NormalizedIssue | null,
  edits: FieldEdits,
): void {
  const ours = fieldsOf(issue);
  const before = base === null ? null : fieldsOf(base);
  for (const field of SYNC_FIELDS) {
    const edit = edits[field];
    if (edit === undefined) continue;
    store.conflicts.keep({
      issueId: issue.ref.id,
      field,
      reason: "both_changed",
      base: before?.[field] ?? null,
      ours: ours[field],
      theirs: null,
      times: { ours: edit.at, theirs: null, seen: null },
      taken: "dropped",
    }, now);
  }
}
