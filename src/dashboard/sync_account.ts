import type { RunReport as HostedReport } from "../client/run_totals.ts";
import type { SyncCountsReport } from "../sync/counts_report.ts";
import {
  failuresOf,
  type SkippedField,
  type SyncFailure,
  type SyncNote,
  type SyncReport,
} from "../sync/sync_report.ts";
import { countWord, type SyncCounts } from "../tracker/sync_counts.ts";
import {
  deliveredWords,
  failedItems,
  halvesOf,
  LISTING_CUT_OFF,
  sortFailures,
  statusAtHost,
} from "../tracker/sync_outcome.ts";
import { fieldWords } from "./value_words.ts";
import { visible, visibleStart } from "../pages/visible.ts";

/** What a full sync did, told alike for local tools and hosts. */
export interface SyncAccount {
  readonly counts: SyncCounts;
  /** Whether everything went well: nothing failed, and no conflict waits. */
  readonly isWhole: boolean;
  /** Something is left for the next sync. */
  readonly hasMore: boolean;
  /** The first of what failed. */
  readonly failures: readonly FailureView[];
  readonly failuresLeftOut: number;
  /** What a person should know besides, a sentence each. */
  readonly notes: readonly string[];
}

/** What failed, and why. */
export interface FailureView {
  /** The issue by the name people use. */
  readonly issue: string;
  readonly reason: string;
}

/** Failures and fields that are told one by one. */
const FAILURES_SHOWN = 10;
const REASON_LENGTH = 300;

/** Tells what a local sync did; `settled` counts the conflicts that were decided on the way. */
export function localAccount(
  report: SyncReport,
  { hasMore, ...counts }: SyncCountsReport,
  settled: number,
): SyncAccount {
  const failures = failuresOf(report);
  const { ofListing, ofIssues } = sortFailures(failures);
  const { push } = halvesOf(report);
  const skipped = push?.skippedFields ?? [];
  return {
    counts,
    isWhole: failures.length === 0 && counts.held === 0,
    hasMore,
    ...shownFailures(ofIssues.map(failureView)),
    notes: [
      ...ofListing.map(({ message }) => sentence(message)),
      ...skippedNotes(skipped),
      ...toldNotes(push?.notes ?? []),
      ...(settled === 0
        ? []
        : [`${countWord("settled", settled)}: \`tracker sync conflicts --all\` shows how.`]),
    ],
  };
}

/** Tells what a full sync with a host did. */
export function hostedAccount(report: HostedReport): SyncAccount {
  const { result, gone, itemErrors, edits } = report;
  const { hasMore, ...counts } = report.counts;
  const { push } = result;
  const ofHost = [...itemErrors, ...failedItems(push.items, itemErrors)].map((
    { ref, message },
  ) => ({
    issue: visibleStart(ref.key ?? ref.id, 60),
    reason: visibleStart(message, REASON_LENGTH),
  }));
  const failures = [...edits.failures.map(failureView), ...ofHost];
  const failed = Math.max(counts.failed, failures.length);
  const isExplained = result.status === "ok" || failed > 0;
  const kept = gone.kept.map(({ key, id }) => visibleStart(key ?? id, 60)).slice(0, FAILURES_SHOWN);
  return {
    counts: { ...counts, failed },
    isWhole: result.status === "ok" && failed === 0,
    hasMore,
    ...shownFailures(failures),
    notes: [
      ...(push.summary.succeeded > counts.sent ? [deliveredWords(push.summary.succeeded)] : []),
      ...(isExplained ? [] : [statusAtHost(visible(result.status))]),
      ...(gone.cutOff ? [LISTING_CUT_OFF] : []),
      ...skippedNotes(edits.skippedFields),
      ...toldNotes(edits.notes),
      ...(kept.length === 0
        ? []
        : [`Gone from the tracker, kept here for their edits: ${kept.join(", ")}.`]),
    ],
  };
}

/** What the host says of issues that it has taken. */
function toldNotes(notes: readonly SyncNote[]): string[] {
  return notes.slice(0, FAILURES_SHOWN).map(({ id, message }) =>
    sentence(`${visibleStart(id, 60)}: ${visibleStart(message, REASON_LENGTH)}`)
  );
}

function skippedNotes(skipped: readonly SkippedField[]): string[] {
  return skipped.slice(0, FAILURES_SHOWN).map(({ id, field, reason }) =>
    sentence(`${visibleStart(id, 60)}: ${fieldWords(field)} was not sent: ${reason}`)
  );
}

function failureView({ id, fields, message }: SyncFailure): FailureView {
  const names = fields.length === 0 ? "" : `${fields.map(fieldWords).join(", ")}: `;
  return {
    issue: visibleStart(id ?? "(no id)", 60),
    reason: visibleStart(`${names}${message}`, REASON_LENGTH),
  };
}

function shownFailures(all: readonly FailureView[]) {
  const failures = all.slice(0, FAILURES_SHOWN);
  return { failures, failuresLeftOut: all.length - failures.length };
}

function sentence(text: string): string {
  return `${visibleStart(text, REASON_LENGTH).replace(/\.$/, "")}.`;
}
