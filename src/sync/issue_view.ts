import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import { type RefusedEdit, refusedEdits, shownIssue } from "../store/edits.ts";
import type { StoredIssue } from "../store/issues.ts";
import { changesOf } from "./field_changes.ts";
import { differingFields, fieldsOf, pickFields, type SyncField } from "./fields.ts";
import { type FieldRefusal, pendingFields } from "./pending_fields.ts";
import type { Side } from "./side.ts";
import type { SyncStore } from "./store.ts";
import type { FieldChange } from "./sync_report.ts";

/** An issue with what is known of it here. */
export interface IssueView {
  /** The issue, edits included. */
  readonly issue: NormalizedIssue;
  /** Created here and not at the tracker yet. */
  readonly isNew: boolean;
  /** Edits that wait for a push. */
  readonly pending: readonly FieldChange[];
  /** Its open conflicts. */
  readonly conflicts: readonly StoredConflict[];
  /** Edits that were refused; they do not count as the issue's state. */
  readonly refused: readonly RefusedEdit[];
  /** Edits that the tracker cannot take, so that no push sends them; empty where it is not known what it takes. */
  readonly unwritable: readonly FieldRefusal[];
}

/** What the tracker takes; `null` where that is not known. */
type Takes = Pick<Side, "refusal"> | null;

/**
 * Returns one cached issue by id, key or former local id.
 *
 * @throws {TrackerError} `issue_not_found`.
 */
export function viewIssue(
  store: Pick<SyncStore, "issues" | "conflicts">,
  idOrKey: string,
  side: Takes = null,
): IssueView {
  const stored = store.issues.find(idOrKey) ?? store.issues.require(idOrKey);
  return viewOf(store, side, stored, store.conflicts.open(stored.issue.ref.id));
}

/** Returns the issues of which edits wait here, of some ids or of all, by id. */
export function waitingIssues(
  store: Pick<SyncStore, "issues" | "conflicts">,
  side: Takes = null,
  among?: readonly string[],
): ReadonlyMap<string, IssueView> {
  const open = Map.groupBy(store.conflicts.open(), ({ issueId }) => issueId);
  return new Map(
    store.issues.pending(among).map((stored) => {
      const { id } = stored.issue.ref;
      return [id, viewOf(store, side, stored, open.get(id) ?? [])];
    }),
  );
}

function viewOf(
  store: Pick<SyncStore, "conflicts">,
  side: Takes,
  stored: StoredIssue,
  conflicts: readonly StoredConflict[],
): IssueView {
  const { issue, base } = stored;
  const ours = fieldsOf(issue);
  const seen = base === null ? null : fieldsOf(base);
  return {
    issue: shownIssue(stored),
    isNew: base === null,
    pending: seen === null ? [] : changesOf(pickFields(ours, differingFields(ours, seen)), seen),
    conflicts,
    refused: refusedEdits(stored),
    unwritable: side === null ? [] : pendingFields({ store, side }, stored).refused,
  };
}

/** The fields of an issue that the next push sends: not refused before, not waiting for a decision, and taken there. */
export function sendableFields(
  { pending, conflicts, refused, unwritable }: IssueView,
): readonly SyncField[] {
  const kept: readonly string[] = [...conflicts, ...refused, ...unwritable].map(({ field }) =>
    field
  );
  return pending.map(({ field }) => field).filter((field) => !kept.includes(field));
}

/** What an issue waits for here; `stays here` is said of one that has nothing but edits which the tracker cannot take. */
export type WaitsFor = "conflict" | "new" | "to push" | "stays here";

/** Returns what an issue waits for; `null` where nothing is left but what was refused. */
export function waitsFor(view: IssueView): WaitsFor | null {
  if (view.conflicts.length > 0) return "conflict";
  if (isToPush(view)) return view.isNew ? "new" : "to push";
  return view.unwritable.length > 0 ? "stays here" : null;
}

/** Whether the next push sends something of an issue. */
export function isToPush(view: IssueView): boolean {
  return view.isNew ? view.refused.length === 0 : sendableFields(view).length > 0;
}
