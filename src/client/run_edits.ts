import type { IssueStore } from "../store/issue_store.ts";
import { addSyncCounts, waitingCounts } from "../sync/counts_report.ts";
import type { EditsDeps } from "./edits_deps.ts";
import type { PushEditsChoice, PushEditsReport } from "./edits_report.ts";
import { inStore } from "./edits_run.ts";
import { countEditsToSend, pushEdits } from "./push_edits.ts";

/** Sends what is still to be sent after a pull, if anything is; returns what both pushes came to. */
export async function sendOnceMore(
  deps: EditsDeps,
  choice: PushEditsChoice,
  first: PushEditsReport,
): Promise<PushEditsReport> {
  const limit = choice.limit === undefined ? undefined : choice.limit - first.counts.sent;
  const isFull = limit !== undefined && limit <= 0;
  const isSome = !isFull && await inStore(deps, (store) => countEditsToSend(deps, store) > 0);
  if (!isSome) return await asOfNow(deps, first);
  const second = await pushEdits(deps, { ...choice, limit, retry: false });
  const { failures, counts } = await asOfNow(deps, first);
  const stillFailed = failures.filter(({ id }) => !second.failures.some((one) => one.id === id));
  return {
    ...second,
    created: first.created + second.created,
    updated: first.updated + second.updated,
    conflicts: first.conflicts + second.conflicts,
    alreadySent: first.alreadySent + second.alreadySent,
    failures: [...stillFailed, ...second.failures],
    counts: {
      ...addSyncCounts(counts, second.counts),
      hasMore: second.counts.hasMore,
      failed: counts.failed - (failures.length - stillFailed.length) + second.counts.failed,
    },
  };
}

/** Returns what a push came to, seen from later: what failed and does not wait any more has not failed. */
export async function asOfNow(deps: EditsDeps, report: PushEditsReport): Promise<PushEditsReport> {
  return await inStore(deps, (store) => ({ ...report, ...settled(store, report) }));
}

function settled(
  store: IssueStore,
  { failures, counts }: PushEditsReport,
): Pick<PushEditsReport, "failures" | "counts" | "held"> {
  const pending = new Set(store.issues.pending().map(({ issue }) => issue.ref.id));
  const waiting = waitingCounts(store);
  const left = failures.filter(({ id }) => id !== null && pending.has(id));
  const failed = counts.failed - (failures.length - left.length);
  return { failures: left, counts: { ...counts, ...waiting, failed }, held: waiting.held };
}
