import type { NormalizedIssue } from "../contract/issue.ts";
import type { FieldEdits } from "../store/edits.ts";
import type { StoredIssue } from "../store/issues.ts";
import { changesOf } from "./field_changes.ts";
import type { EditContext } from "./edits.ts";
import { invalidEdit } from "./invalid_edit.ts";
import {
  differingFields,
  fieldsOf,
  pickFields,
  sameValue,
  SYNC_FIELDS,
  type SyncField,
  withFields,
} from "./fields.ts";
import { isGone } from "./gone_issues.ts";
import { keepDropped, type LossContext, removeIssue, settleDropped } from "./lost_values.ts";
import type { FieldChange } from "./sync_report.ts";

/** What dropping edits did. */
export interface DiscardResult {
  /** The issue as it is now; as it was, when it was removed. */
  readonly issue: NormalizedIssue;
  /** The values that were dropped, and those of the tracker in their place. */
  readonly changes: readonly FieldChange[];
  /** The issue was only here, and is gone. */
  readonly removed: boolean;
}

/**
 * Drops edits of an issue that wait for a push: of some fields, or all of them. An issue that was made
 * here and is not at the tracker yet is removed when none of its fields is named, and one that is gone at the
 * tracker when none of its edits is left.
 *
 * @throws {TrackerError} `issue_not_found`, `invalid_edit`.
 */
export function discardEdits(
  { store, now }: Pick<EditContext, "store" | "now">,
  idOrKey: string,
  fields: readonly SyncField[],
): DiscardResult {
  return store.transaction(() => {
    const stored = store.issues.find(idOrKey) ?? store.issues.require(idOrKey);
    const { issue, base, edits } = stored;
    const { id } = issue.ref;
    if (base === null) return discardDraft({ store, now }, stored, fields);
    const ours = fieldsOf(issue);
    const theirs = fieldsOf(base);
    const dropped = SYNC_FIELDS.filter((field) =>
      (fields.length === 0 || fields.includes(field)) &&
      (edits[field] !== undefined || !sameValue(field, ours[field], theirs[field]))
    );
    const left = Object.fromEntries(
      Object.entries(edits).filter(([field]) => !dropped.some((name) => name === field)),
    );
    // With nothing left, the version of the tracker is taken as it came.
    const kept = withFields(issue, pickFields(theirs, dropped));
    const isWhole = differingFields(fieldsOf(kept), theirs).length === 0;
    if (isGone(edits)) keepDropped({ store, now }, issue, base, pick(edits, dropped));
    const isOver = isGone(edits) && isWhole;
    const taken = isGone(edits) ? "dropped" : "theirs";
    for (const conflict of store.conflicts.open(id)) {
      const field = dropped.find((name) => name === conflict.field);
      if (field !== undefined) settleDropped({ store, now }, conflict, field, { ours, taken });
    }
    if (isOver) removeIssue({ store, now }, id);
    else store.issues.put({ ...stored, issue: isWhole ? base : kept, edits: left });
    return {
      issue: kept,
      changes: changesOf(pickFields(theirs, dropped), ours)
        .filter(({ field }) => !sameValue(field, ours[field], theirs[field])),
      removed: isOver,
    };
  });
}

function pick(edits: FieldEdits, fields: readonly SyncField[]): FieldEdits {
  return Object.fromEntries(
    Object.entries(edits).filter(([name]) => fields.some((field) => field === name)),
  );
}

function discardDraft(
  context: LossContext,
  { issue, edits }: StoredIssue,
  fields: readonly SyncField[],
): DiscardResult {
  const { store } = context;
  const { id } = issue.ref;
  const named = store.issues.pendingNaming(id).filter(({ issue }) => issue.ref.id !== id);
  if (fields.length > 0) {
    throw invalidEdit(
      "The issue is not in the tracker yet, so that no field of it has another value",
      "Discard the issue as a whole, or change the field with `tracker issue edit`.",
      { id },
    );
  }
  if (named.length > 0) {
    const ids = named.map(({ issue }) => issue.ref.id).join(", ");
    throw invalidEdit(
      `The issue is the parent of, or linked from, issues that wait for a push: ${ids}`,
      "Change or discard these first.",
      { id },
    );
  }
  keepDropped(context, issue, null, edits);
  removeIssue(context, id);
  return { issue, changes: [], removed: true };
}
