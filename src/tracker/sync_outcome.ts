import type { ItemError } from "../contract/results.ts";
import type { PushedItem } from "../client/push_totals.ts";
import { type SyncCountsReport, waitingCounts } from "../sync/counts_report.ts";
import {
  failuresOf,
  heldBy,
  type LocalRunReport,
  type SyncFailure,
  type SyncReport,
} from "../sync/sync_report.ts";
import { plural } from "../user/numbers.ts";
import type { ProjectContext } from "./backend.ts";
import { openCache } from "./cache.ts";

/** What failed in a local sync. */
export interface FailuresOfSync {
  /** About a listing, not about an issue of it. */
  readonly ofListing: readonly SyncFailure[];
  readonly ofIssues: readonly SyncFailure[];
  /** The issues of {@link ofIssues}: one may fail in the pull and in the push, or with several fields. */
  readonly failed: number;
}

/** Codes of failures that are about a listing. */
const LISTING_FAULTS: readonly string[] = ["listing_cut_off", "listing_empty"];

/** Tells the failures of a listing from those of its issues. */
export function sortFailures(all: readonly SyncFailure[]): FailuresOfSync {
  const ofListing = all.filter(({ id, code }) => id === null && LISTING_FAULTS.includes(code));
  const ofIssues = all.filter((failure) => !ofListing.includes(failure));
  const ids = ofIssues.map(({ id }) => id);
  const named = new Set(ids.filter((id) => id !== null));
  return { ofListing, ofIssues, failed: named.size + ids.filter((id) => id === null).length };
}

/** The edits that wait in the cache of a project, by what they wait for. */
export type WaitingCounts = Pick<SyncCountsReport, "held" | "refused" | "left">;

/** Returns what waits in the cache of a project. */
export async function waitingIn(
  project: Pick<ProjectContext, "platform" | "root">,
): Promise<WaitingCounts> {
  using store = (await openCache(project)).store;
  return store === null ? { held: 0, refused: 0, left: 0 } : waitingCounts(store);
}

/** Returns the counts of a sync of edits with the other side, given what waits after it. */
export function countsOf(report: SyncReport, waiting: WaitingCounts): SyncCountsReport {
  const { pull, push } = halvesOf(report);
  return {
    new: pull?.created ?? 0,
    changed: pull?.updated ?? 0,
    unchanged: pull?.skipped ?? 0,
    sent: (push?.created ?? 0) + (push?.updated ?? 0),
    held: heldBy(report),
    refused: waiting.refused,
    removed: pull?.removed ?? 0,
    failed: sortFailures(failuresOf(report)).failed,
    left: waiting.left,
    hasMore: pull?.complete === false || push?.complete === false,
  };
}

/** Returns the halves of a sync of edits, of which a pull or push has one. */
export function halvesOf(report: SyncReport): Partial<Pick<LocalRunReport, "pull" | "push">> {
  if (report.kind === "run") return report;
  return report.kind === "pull" ? { pull: report } : { push: report };
}

/** Returns the items that a host could not push, as errors, but those it names among its errors. */
export function failedItems(
  items: readonly Pick<PushedItem, "ref" | "outcome" | "message">[],
  errors: readonly ItemError[],
): readonly ItemError[] {
  return items
    .filter(({ outcome, ref }) =>
      outcome === "failed" && !errors.some((error) => error.ref.id === ref.id)
    )
    .map(({ ref, message }) => ({
      ref,
      code: "failed",
      message: message ?? "the host gave no reason",
      retryable: false,
    }));
}

/** Said when a host lists fewer issues than it counts. */
export const LISTING_CUT_OFF =
  "The host lists fewer issues than it has: none was taken for gone from the tracker.";

/** Says how a host calls an outcome that nothing else explains. */
export function statusAtHost(status: string): string {
  return `The host tells the status "${status}".`;
}

/** What the host did with changes that were pushed to it, by anyone. */
export function deliveredWords(count: number): string {
  return `The host delivered ${plural(count, "pushed change")} to the tracker.`;
}
