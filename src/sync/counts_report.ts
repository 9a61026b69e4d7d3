import type { StoredIssue } from "../store/issues.ts";
import { refusedFields } from "../store/edits.ts";
import type { SyncStore } from "./store.ts";

/** What a sync came to, in issues: the same counts for local tools and for hosts. */
export interface SyncCountsReport {
  /** New here. */
  readonly new: number;
  /** Changed here by what the other side has. */
  readonly changed: number;
  /** Listed, and the same as here. */
  readonly unchanged: number;
  /** Created or changed at the other side. */
  readonly sent: number;
  /** Conflicts that wait for a decision: of a pull those it met, else all. */
  readonly held: number;
  /** Issues with edits that the other side has refused. */
  readonly refused: number;
  /** Taken out of the cache: the other side does not have them any more. */
  readonly removed: number;
  /** Issues that could not be pulled or pushed this time. */
  readonly failed: number;
  /** Issues with edits that are not sent, and that are neither held nor refused. */
  readonly left: number;
  /** Whether another sync would do more: a limit ended this one. */
  readonly hasMore: boolean;
}

/** A sync that did nothing. */
export const NOTHING_SYNCED: SyncCountsReport = {
  new: 0,
  changed: 0,
  unchanged: 0,
  sent: 0,
  held: 0,
  refused: 0,
  removed: 0,
  failed: 0,
  left: 0,
  hasMore: false,
};

/** Counts the edits that wait here, by what they wait for. */
export function waitingCounts(
  { issues, conflicts }: Pick<SyncStore, "issues" | "conflicts">,
): Pick<SyncCountsReport, "held" | "refused" | "left"> {
  const open = conflicts.open();
  const pending = issues.pending();
  const isLeft = ({ issue, edits }: StoredIssue) => {
    const held = open.filter(({ issueId }) => issueId === issue.ref.id).map(({ field }) => field);
    const refused = refusedFields(edits);
    return Object.keys(edits).some((field) => !held.includes(field) && !refused.includes(field));
  };
  return {
    held: open.length,
    refused: pending.filter(({ edits }) => refusedFields(edits).length > 0).length,
    left: pending.filter(isLeft).length,
  };
}

/** Returns the counts of two syncs as one; what waits is as the second found it. */
export function addSyncCounts(a: SyncCountsReport, b: SyncCountsReport): SyncCountsReport {
  return {
    new: a.new + b.new,
    changed: a.changed + b.changed,
    unchanged: a.unchanged + b.unchanged,
    sent: a.sent + b.sent,
    held: b.held,
    refused: b.refused,
    removed: a.removed + b.removed,
    failed: a.failed + b.failed,
    left: b.left,
    hasMore: a.hasMore || b.hasMore,
  };
}
