import type { NormalizedIssue } from "../contract/issue.ts";
import { isoTime } from "../platform/clock.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { type Checkpoint, OVERLAP_MS, type WholeListing } from "../store/checkpoints.ts";
import type { PageCounts } from "../store/issue_store.ts";
import type { StoredIssue } from "../store/issues.ts";
import { absorb } from "../sync/absorb.ts";
import { comeBack, isGone } from "../sync/gone_issues.ts";
import { type ListPage, localIdOf } from "./connector.ts";
import type { SyncContext } from "./engine.ts";
import { cutOffListing, removeGone } from "./gone.ts";
import { PullProgress } from "./pull_progress.ts";
import type { LocalPullReport, SyncEvent } from "../sync/sync_report.ts";

/** How to pull. */
export interface LocalPullOptions {
  /** Lists everything, whatever the checkpoint says. */
  readonly full?: boolean | undefined;
  /** Stops after this many issues were created or updated; the next pull continues. */
  readonly limit?: number | undefined;
}

/** Everything is listed again after so many pulls, or after so many milliseconds. */
export const FULL_EVERY = { pulls: 20, ms: 24 * 60 * 60_000 } as const;

/** A cache of at most this many issues is listed as a whole every time: that finds every change. */
export const SMALL_CACHE = 1_000;

/**
 * Stores what has changed at the tracker, page by page; an issue that fails does not stop the others,
 * and the checkpoint moves only past what was stored.
 *
 * @throws {TrackerError} what the connector's `list` throws.
 */
export async function pull(
  context: SyncContext,
  options: LocalPullOptions = {},
): Promise<LocalPullReport> {
  const { connector, store, clock, onEvent } = context;
  const startedAt = clock.now();
  const before = store.checkpoint();
  const full = options.full === true || isFullDue(context, before, startedAt);
  onEvent({ kind: "pull_started", full });
  const progress = new PullProgress(before, startedAt);
  const since = full ? null : before?.updatedSince ?? null;
  const known = since === null ? knownListing(context) : null;
  const listing = connector.list({
    updatedSince: since === null ? null : isoTime(Date.parse(since) - OVERLAP_MS),
    known: known?.digest ?? null,
  });
  for await (const page of listing) {
    await context.checkStop?.();
    if (page.isSame === true && known !== null) sawAllAgain(context, progress, known);
    else storePage(context, page, progress, options.limit);
    onEvent({ kind: "page", listed: progress.listed });
    if (progress.stopped) break;
  }
  if (!progress.stopped) finish(context, progress, full, before);
  return {
    kind: "pull",
    dryRun: context.dryRun,
    full,
    complete: !progress.stopped,
    ...progress.counts,
    failures: progress.failures,
  };
}

/**
 * Returns the last whole listing, while all that it showed is here as it was and nothing else: after the same answer
 * there is nothing to read.
 */
function knownListing({ store }: SyncContext): WholeListing | null {
  const known = store.checkpoints.listing();
  if (known === null) return null;
  const unlisted = store.issues.pending().filter(({ base, edits }) =>
    base === null || isGone(edits)
  );
  return store.counts().total - unlisted.length === known.count ? known : null;
}

/** Takes note that all is as it was last seen. */
function sawAllAgain({ store }: SyncContext, progress: PullProgress, known: WholeListing): void {
  store.transaction(() => {
    for (const { issue, base, edits } of store.issues.pending()) {
      if (base !== null && !isGone(edits)) store.issues.sawAgain(issue.ref.id, progress.startedAt);
    }
  });
  progress.sameAs = known;
  progress.listed = known.count;
  progress.counts.skipped = known.count;
}

function storePage(
  context: SyncContext,
  page: ListPage,
  progress: PullProgress,
  limit: number | undefined,
): void {
  const { store, onEvent } = context;
  for (const { id, updatedAt, message } of page.unreadable) {
    const failure = progress.fail(
      { id, title: null, code: "issue_unreadable", message },
      updatedAt,
    );
    onEvent({ kind: "failed", ...failure });
  }
  progress.digest = page.digest ?? null;
  progress.listed += page.issues.length + page.unreadable.length;
  if (page.cutOff !== undefined) {
    onEvent({ kind: "failed", ...progress.failListing(cutOffListing(page.cutOff)) });
  }
  const listed = page.issues.filter((issue) => {
    if (progress.note(issue)) return true;
    onEvent({ kind: "failed", ...progress.failRepeated(issue) });
    return false;
  });
  // What was made here and is not known by its new id yet is left to the push that made it.
  let issues: readonly NormalizedIssue[] = listed.filter((issue) =>
    !isPendingCreate(context, issue)
  );
  const passedOver = listed.length - issues.length;
  progress.counts.skipped += passedOver;
  if (passedOver > 0) progress.isAllStored = false;
  if (limit !== undefined) {
    const left = Math.max(0, limit - progress.counts.created - progress.counts.updated);
    const chosen = firstChanged(context, issues, left);
    progress.stopped = chosen.length < issues.length;
    issues = chosen;
  }
  const events: SyncEvent[] = [];
  const now = context.clock.now();
  const rules = {
    absorb(stored: StoredIssue, incoming: NormalizedIssue): StoredIssue {
      const absorbed = absorb(
        {
          ...context,
          side: context.connector,
          now,
          readAt: progress.startedAt,
          onEvent: (event) => events.push(event),
        },
        stored,
        incoming,
      );
      const { id } = incoming.ref;
      events.push({
        kind: "pulled",
        action: "updated",
        id,
        title: absorbed.stored.issue.title,
        changes: absorbed.changes,
      });
      return absorbed.stored;
    },
    onSameWithEdits({ ref: { id } }: NormalizedIssue) {
      store.issues.sawAgain(id, progress.startedAt);
      comeBack(store, id);
    },
    onCreated(issue: NormalizedIssue) {
      progress.arrived.push(issue.ref.id);
      events.push({
        kind: "pulled",
        action: "created",
        id: issue.ref.id,
        title: issue.title,
        changes: [],
      });
    },
  };
  const through = page.through === null || progress.stopped ? null : Date.parse(page.through);
  const checkpoint = through === null
    ? null
    : moved(store.checkpoint(), progress.storedThrough(through));
  count(progress, putIsolated(context, issues, checkpoint, rules, progress, events), events);
  for (const event of events) onEvent(event);
}

/** Stores a page in one transaction; when an issue of it fails, each in one of its own. */
function putIsolated(
  context: SyncContext,
  issues: readonly NormalizedIssue[],
  checkpoint: Checkpoint | null,
  rules: Parameters<SyncContext["store"]["putPage"]>[2],
  progress: PullProgress,
  events: SyncEvent[],
): PageCounts {
  const { store } = context;
  try {
    return store.putPage(issues, checkpoint, rules);
  } catch (error) {
    if (!isOfOneIssue(error)) throw error;
  }
  events.length = 0;
  const sum = { created: 0, updated: 0, unchanged: 0 };
  for (const issue of issues) {
    try {
      const counts = store.putPage([issue], null, rules);
      sum.created += counts.created;
      sum.updated += counts.updated;
      sum.unchanged += counts.unchanged;
    } catch (error) {
      if (!isOfOneIssue(error)) throw error;
      const failure = progress.fail({
        id: issue.ref.id,
        title: issue.title,
        code: error.code,
        message: errorText(error),
      }, Date.parse(issue.updated_at));
      events.push({ kind: "failed", ...failure });
    }
  }
  return sum;
}

function isOfOneIssue(error: unknown): error is TrackerError {
  return error instanceof TrackerError && error.code === "database_damaged";
}

function count(progress: PullProgress, page: PageCounts, events: readonly SyncEvent[]): void {
  progress.counts.created += page.created;
  progress.counts.updated += page.updated;
  progress.counts.skipped += page.unchanged;
  const met = events.flatMap((event) => event.kind === "conflict" ? [event] : []);
  progress.counts.conflicts += met.length;
  progress.counts.held += met.filter(({ taken }) => taken === null).length;
}

/** Ends a pull that has listed all: the checkpoint, and what the tracker does not have any more. */
function finish(
  context: SyncContext,
  progress: PullProgress,
  full: boolean,
  before: Checkpoint | null,
): void {
  const { store, onEvent, clock } = context;
  const events: SyncEvent[] = [];
  store.transaction(() => {
    if (full && progress.sameAs === null) events.push(...removeGone(context, progress));
    const listedAll = full && progress.hasWholeList;
    const reached = moved(store.checkpoint(), progress.storedThrough(null));
    store.saveCheckpoint({
      ...reached,
      fullAt: listedAll ? clock.now() : before?.fullAt ?? null,
      pullsSinceFull: listedAll ? 0 : (before?.pullsSinceFull ?? 0) + 1,
    });
    if (full && progress.wholeListing !== null) {
      store.checkpoints.saveListing(progress.wholeListing);
    }
  });
  for (const event of events) {
    if (event.kind === "removed") progress.counts.removed++;
    onEvent(event);
  }
}

function isFullDue(context: SyncContext, before: Checkpoint | null, now: number): boolean {
  if (before === null || before.updatedSince === null) return true;
  const fullAt = before.fullAt ?? null;
  return fullAt === null || now - fullAt >= FULL_EVERY.ms || now < fullAt ||
    (before.pullsSinceFull ?? 0) + 1 >= FULL_EVERY.pulls ||
    context.store.counts().total <= context.smallCache;
}

function moved(checkpoint: Checkpoint | null, updatedSince: string | null): Checkpoint {
  return { cursor: null, filtersKey: "", ...checkpoint, updatedSince };
}

function isPendingCreate({ store }: SyncContext, issue: NormalizedIssue): boolean {
  const localId = localIdOf(issue);
  return localId !== null && store.issues.load(localId)?.base === null;
}

/** The issues up to and with the `limit`-th that differs from what was last seen. */
function firstChanged(
  { store }: SyncContext,
  issues: readonly NormalizedIssue[],
  limit: number,
): readonly NormalizedIssue[] {
  let left = limit;
  const end = issues.findIndex((issue) => {
    if (store.issues.lastSeen(issue.ref.id)?.text === JSON.stringify(issue)) return false;
    return --left < 0;
  });
  return end < 0 ? issues : issues.slice(0, end);
}
