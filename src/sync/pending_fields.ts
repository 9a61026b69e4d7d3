import type { StoredIssue } from "../store/issues.ts";
import { differingFields, fieldsOf, type SyncField } from "./fields.ts";
import type { Side } from "./side.ts";
import type { SyncStore } from "./store.ts";

/** Why a field cannot be pushed. */
export interface FieldRefusal {
  /** The field. */
  readonly field: SyncField;
  /** Why, for people. */
  readonly reason: string;
}

/** The fields of an issue that differ from those of the other side, by what can be done about them. */
export interface PendingFields {
  readonly writable: readonly SyncField[];
  /** They wait for a decision about their conflicts. */
  readonly held: readonly SyncField[];
  /** The other side has no way to hold them. */
  readonly refused: readonly FieldRefusal[];
  /** The other side has refused them before. */
  readonly refusedBefore: readonly FieldRefusal[];
}

/** Sorts the fields that differ from those of the other side; none of an issue that is not there yet. */
export function pendingFields(
  { store, side }: {
    readonly store: Pick<SyncStore, "conflicts">;
    readonly side: Pick<Side, "refusal">;
  },
  { issue, base, edits }: StoredIssue,
): PendingFields {
  const ours = fieldsOf(issue);
  const theirs = base === null ? null : fieldsOf(base);
  const open = store.conflicts.open(issue.ref.id).map(({ field }) => field);
  const writable: SyncField[] = [];
  const held: SyncField[] = [];
  const refused: FieldRefusal[] = [];
  const refusedBefore: FieldRefusal[] = [];
  for (const field of theirs === null ? [] : differingFields(ours, theirs)) {
    const reason = side.refusal(field, ours, theirs);
    const fault = edits[field]?.fault;
    if (open.includes(field)) held.push(field);
    else if (fault !== undefined) refusedBefore.push({ field, reason: fault.message });
    else if (reason === null) writable.push(field);
    else refused.push({ field, reason });
  }
  return { writable, held, refused, refusedBefore };
}
