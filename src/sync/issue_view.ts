import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import { type RefusedEdit, refusedEdits, shownIssue } from "../store/edits.ts";
import type { StoredIssue } from "../store/issues.ts";
import { changesOf } from "./field_changes.ts";
import { differingFields, fieldsOf, pickFields, type SyncField } from "./fields.ts";
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
}

/**
 * Returns one cached issue by id, key or former local id.
 *
 * @throws {TrackerError} `issue_not_found`.
 */
export function viewIssue(
  store: Pick<SyncStore, "issues" | "conflicts">,
  idOrKey: string,
): IssueView {
  const stored = store.issues.find(idOrKey) ?? store.issues.require(idOrKey);
  return viewOf(stored, store.conflicts.open(stored.issue.ref.id));
}

/** Returns the issues of which edits wait here, by id. */
export function waitingIssues(
  store: Pick<SyncStore, "issues" | "conflicts">,
): ReadonlyMap<string, IssueView> {
  const open = Map.groupBy(store.conflicts.open(), ({ issueId }) => issueId);
  return new Map(
    store.issues.pending().map((stored) => {
      const { id } = stored.issue.ref;
      return [id, viewOf(stored, open.get(id) ?? [])];
    }),
  );
}

function viewOf(stored: StoredIssue, conflicts: readonly StoredConflict[]): IssueView {
  const { issue, base } = stored;
  const ours = fieldsOf(issue);
  const seen = base === null ? null : fieldsOf(base);
  return {
    issue: shownIssue(stored),
    isNew: base === null,
    pending: seen === null ? [] : changesOf(pickFields(ours, differingFields(ours, seen)), seen),
    conflicts,
    refused: refusedEdits(stored),
  };
}

/** The fields of an issue that the next push sends: neither refused before nor waiting for a decision. */
export function sendableFields({ pending, conflicts, refused }: IssueView): readonly SyncField[] {
  const kept: readonly string[] = [...conflicts, ...refused].map(({ field }) => field);
  return pending.map(({ field }) => field).filter((field) => !kept.includes(field));
}
