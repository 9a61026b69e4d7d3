import type { WaitingCounts } from "../tracker/sync_state.ts";
import { countWords, type SyncCounts } from "../tracker/sync_counts.ts";
import { plural } from "../user/numbers.ts";
import type { EventUpload } from "./event_upload.ts";
import type { FailureView, SyncAccount } from "./sync_account.ts";

/** What came of a press on "Sync now", fit to be shown. */
export interface SyncNowView {
  readonly kind: "synced" | "partial" | "not_ready" | "failed" | "stopped";
  readonly tone: "good" | "info" | "warn" | "bad";
  readonly title: string;
  /** What it did, a sentence each; parts between backticks are commands. */
  readonly lines: readonly string[];
  readonly next_action: string | null;
  /** `null` when nothing was synced. */
  readonly counts: SyncCounts | null;
  readonly failures: readonly FailureView[];
  readonly failures_left_out: number;
}

/** All that a sync is told from. */
export interface SyncFacts {
  readonly account: SyncAccount;
  /** `null` for a local binding, which has none. */
  readonly events: EventUpload | null;
  /** What is in the cache now. */
  readonly cached: Pick<WaitingCounts, "pending" | "refused" | "held">;
  /** Said before: that background sync is in manual mode, and warnings. */
  readonly notices: readonly string[];
}

/** Tells a sync that came to its end. It is up to date only when nothing failed and nothing waits. */
export function syncedWords({ account, events, cached, notices }: SyncFacts): SyncNowView {
  const { failures, failuresLeftOut, isWhole } = account;
  const counts = {
    ...account.counts,
    held: Math.max(account.counts.held ?? 0, cached.held),
    refused: Math.max(account.counts.refused ?? 0, cached.refused),
  };
  const facts = countWords(counts);
  const fault = events?.fault ?? null;
  const isPartial = !isWhole || counts.held > 0 || fault !== null;
  const leftOver = isPartial || counts.refused > 0 || waits(account, events, cached);
  return {
    kind: isPartial ? "partial" : "synced",
    tone: isPartial ? "warn" : leftOver ? "info" : "good",
    title: titleOf(counts, { isPartial, leftOver }),
    lines: [
      ...notices,
      facts === "" ? "There is nothing to sync." : `${facts}.`,
      ...account.notes,
      ...(events === null ? [] : eventLines(events)),
      ...(account.hasMore ? ["There is more: the next sync fetches it."] : []),
    ],
    next_action: nextActions(counts, fault?.next_action ?? null),
    counts,
    failures,
    failures_left_out: failuresLeftOut,
  };
}

/** Tells of a sync that did not come to its end. */
export function unsyncedWords(
  kind: "not_ready" | "failed" | "stopped",
  message: string,
  next_action: string | null,
): SyncNowView {
  const [tone, title] = UNSYNCED[kind];
  const lines = message === "" ? [] : [message];
  return {
    kind,
    tone,
    title,
    lines,
    next_action,
    counts: null,
    failures: [],
    failures_left_out: 0,
  };
}

const UNSYNCED = {
  not_ready: ["warn", "Not ready to sync"],
  failed: ["bad", "The sync did not work"],
  stopped: ["warn", "The sync was stopped"],
} as const;

/** Whether something is left that the next sync would do. */
function waits(
  { counts, hasMore }: SyncAccount,
  events: EventUpload | null,
  { pending }: SyncFacts["cached"],
): boolean {
  return hasMore || (events?.waiting ?? 0) > 0 || (counts.left ?? 0) > 0 || pending > 0;
}

function titleOf(
  { failed = 0, held = 0, refused = 0, ...counts }: SyncCounts,
  { isPartial, leftOver }: { readonly isPartial: boolean; readonly leftOver: boolean },
): string {
  if (failed > 0) return "Synced in part";
  if (held > 0) return "Synced, with conflicts to decide";
  if (isPartial) return "Synced in part";
  if (refused > 0) return "Synced, except for refused edits";
  if (leftOver) return "Synced, and something still waits";
  const { unchanged: _, left: __, ...done } = counts;
  return Object.values(done).some((count) => count > 0) ? "Synced" : "Up to date";
}

function eventLines({ uploaded, waiting, fault }: EventUpload): string[] {
  const left = waiting === 0 ? [] : [`${plural(waiting, "event")} still waiting.`];
  const done = uploaded === 0 ? [] : [`Uploaded ${plural(uploaded, "event")}.`];
  return [...done, ...(fault === null ? [] : [fault.message]), ...left];
}

function nextActions({ held = 0, refused = 0 }: SyncCounts, other: string | null): string | null {
  const actions = [
    ...(held === 0 ? [] : ["Decide conflicts with `tracker sync conflicts`."]),
    ...(refused === 0 ? [] : [
      "Drop refused edits with `tracker issue discard KEY`, or send them again with " +
      "`tracker sync run --retry`.",
    ]),
    ...(other === null ? [] : [other]),
  ];
  return actions.length === 0 ? null : actions.join(" ");
}
