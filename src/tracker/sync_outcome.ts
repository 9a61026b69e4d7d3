import type { ItemError } from "../contract/results.ts";
import type { PushedItem } from "../client/push_totals.ts";
import type { LocalPullReport, LocalPushReport, SyncFailure } from "../sync/sync_report.ts";
import type { SyncCounts } from "./sync_counts.ts";

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

/** Returns the counts of a local pull. */
export function pullCounts(
  { created, updated, skipped, removed }: LocalPullReport,
): SyncCounts {
  return { new: created, changed: updated, unchanged: skipped, removed };
}

/** Returns the counts of a local push. */
export function pushCounts(
  { created, updated, skipped, refused }: LocalPushReport,
): SyncCounts {
  return { sent: created + updated, not_sent: skipped, refused };
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
