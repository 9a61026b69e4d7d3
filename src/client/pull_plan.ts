import { isoTime } from "../platform/clock.ts";
import type { IssueType, NormalizedIssue, Status } from "../contract/issue.ts";
import type { PullFilters } from "../contract/requests.ts";
import type { PullResult } from "../contract/results.ts";
import { canonicalJson } from "../contract/snapshots.ts";
import { type Checkpoint, OVERLAP_MS } from "../store/checkpoints.ts";
import { pagingFault } from "./paging.ts";

/** What a pull is to fetch. */
export interface PullGoal {
  /** At most this many issues; everything; or the rest: all that has changed since the last pull. 100 unless given. */
  readonly limit?: number | "all" | "rest" | undefined;
  /** Only issues changed since (ISO 8601 with an offset). */
  readonly since?: string | undefined;
  /** Only issues in any of these statuses. */
  readonly status?: readonly Status[] | undefined;
  /** Only issues of any of these types. */
  readonly issueType?: readonly IssueType[] | undefined;
  /** Keeps all items for the report, and so starts over instead of continuing where an interrupted pull stopped. */
  readonly collect?: boolean | undefined;
}

/** Where a pull stands before its next page. Plain data: every step returns another one. */
export interface PullState {
  /** Issues wanted in all; infinite for everything. */
  readonly wanted: number;
  /** The filters sent with every page. */
  readonly filters: PullFilters | undefined;
  /** Tells apart what checkpoints are for: one of another key is of no use. */
  readonly filtersKey: string;
  /** The pull asks for nothing in particular: the next such pull continues where this one stops at its limit. */
  readonly isWatch: boolean;
  /** No filter was asked for: a listing that comes to its end has everything that changed. */
  readonly isUnfiltered: boolean;
  /** The pull lists everything, so that what it does not show is gone. */
  readonly listsAll: boolean;
  /** Everything changed up to this time was stored by earlier pulls. */
  readonly updatedSince: string | null;
  /** When the listing began, in milliseconds since 1970. */
  readonly beganAt: number;
  /** The pull continues where an interrupted one stopped. */
  readonly resumed: boolean;
  /** Where the next page begins; `null` for the start of the listing. */
  readonly cursor: string | null;
  /** The newest change met in the listing. */
  readonly newest: string | null;
  readonly pages: number;
  /** Issues received. */
  readonly received: number;
  readonly emptyInARow: number;
  /** Cursors that led to a page already. */
  readonly seen: readonly string[];
  /** Issues that were shown or failed, and as many as there are by what the host says. */
  readonly shown: number;
  readonly claimed: number;
  /** The listing is cut off, as it says or shows: the next pull asks again for what it did not show. */
  readonly isCutOff: boolean;
}

/** What a page of a pull asks the host for. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor: string | null;
  readonly filters: PullFilters | undefined;
}

/** What follows from a page. */
export interface PageStep {
  /** Where the pull stands after the page. */
  readonly state: PullState;
  /** Stored together with the page. */
  readonly checkpoint: Checkpoint;
  readonly next: NextStep;
}

/** What a pull does after a page was stored. */
export type NextStep =
  | { readonly kind: "fetch" }
  | { readonly kind: "stop" }
  /** The listing would never end: the checkpoint lets the next pull start over. */
  | { readonly kind: "fail"; readonly fault: string; readonly checkpoint: Checkpoint };

/** Issues that a pull fetches unless told otherwise. */
const DEFAULT_LIMIT = 100;

/** Issues in one page when more than this are wanted. */
export const PAGE_SIZE = 1_000;

/** Stands for the filters of a pull that asks for nothing in particular. */
const WATCH_KEY = "watch";

/** Returns where a pull begins: at the start of a listing, or where the checkpoint says that an interrupted one stopped. */
export function beginPull(goal: PullGoal, saved: Checkpoint | null, now: number): PullState {
  const { limit = DEFAULT_LIMIT, collect = false } = goal;
  const given = filtersOf(goal);
  const isWatch = given === undefined && limit !== "all" && !collect;
  const filtersKey = isWatch ? WATCH_KEY : canonicalJson({ filters: given, limit });
  const updatedSince = saved?.updatedSince ?? null;
  const isSame = saved !== null && saved.filtersKey === filtersKey;
  const place = isSame && saved.cursor !== null && !collect ? saved : null;
  const cursor = place?.cursor ?? null;
  return {
    wanted: typeof limit === "string" ? Number.POSITIVE_INFINITY : limit,
    filters: isWatch ? changedSince(updatedSince) : given,
    filtersKey,
    isWatch,
    isUnfiltered: given === undefined,
    listsAll: given === undefined && limit === "all",
    updatedSince,
    beganAt: place?.beganAt ?? now,
    resumed: cursor !== null,
    cursor,
    newest: place?.newest ?? null,
    pages: 0,
    received: 0,
    emptyInARow: 0,
    seen: cursor === null ? [] : [cursor],
    shown: 0,
    claimed: 0,
    isCutOff: false,
  };
}

/** Returns what the next page asks for. */
export function nextRequest({ wanted, received, cursor, filters }: PullState): PageRequest {
  return { limit: Math.min(PAGE_SIZE, wanted - received), cursor, filters };
}

/**
 * Returns where a pull stands after the host refused its request: at the start of the listing when the cursor of an
 * earlier pull was refused; `null` when the refusal is final.
 */
export function afterRefusal(state: PullState): PullState | null {
  const isOldCursor = state.resumed && state.pages === 0 && state.cursor !== null;
  return isOldCursor ? { ...state, cursor: null } : null;
}

/** Returns what follows from a page: the checkpoint to store with it, and what to do next. */
export function afterPage(before: PullState, page: PullResult): PageStep {
  const after: PullState = {
    ...before,
    cursor: page.next_cursor,
    newest: newestChange(page.items, before.newest),
    pages: before.pages + 1,
    received: before.received + page.items.length,
    emptyInARow: isEmpty(page) ? before.emptyInARow + 1 : 0,
    seen: page.next_cursor === null ? before.seen : [...before.seen, page.next_cursor],
    shown: before.shown + page.items.length + (page.item_errors ?? []).length,
    claimed: Math.max(before.claimed, claimedBy(page)),
    isCutOff: before.isCutOff || saysCutOff(page),
  };
  // Of a part of the issues a host may claim as many as there are in all.
  const isAll = after.filters === undefined && !after.resumed && !page.has_more;
  const state = { ...after, isCutOff: after.isCutOff || (isAll && after.claimed > after.shown) };
  const { beganAt, newest, filtersKey, updatedSince } = state;
  const continues = page.has_more && state.received < state.wanted;
  const isWhole = !page.has_more && state.isUnfiltered && !state.isCutOff;
  return {
    state,
    checkpoint: {
      cursor: (continues || state.isWatch) && !state.isCutOff ? page.next_cursor : null,
      updatedSince: (isWhole ? watermark(newest, beganAt) : null) ?? updatedSince,
      beganAt,
      newest,
      filtersKey,
    },
    next: nextStep(before, state, page, continues),
  };
}

function nextStep(
  before: PullState,
  { emptyInARow, pages, filtersKey, updatedSince }: PullState,
  { has_more, next_cursor }: PullResult,
  continues: boolean,
): NextStep {
  const isRepeated = next_cursor !== null && before.seen.includes(next_cursor);
  // A cursor that leads back is noticed at the limit too: the next pull would go round in a circle.
  if (!continues && !(has_more && isRepeated)) return { kind: "stop" };
  const fault = pagingFault({ cursor: next_cursor, seen: before.seen, emptyInARow, pages });
  if (fault === null) return { kind: "fetch" };
  return { kind: "fail", fault, checkpoint: { cursor: null, updatedSince, filtersKey } };
}

/** Returns whether a page says of itself that it lacks issues. */
export function saysCutOff(page: PullResult): boolean {
  return "truncated" in page && page.truncated === true;
}

/** Returns how many issues there are by what a page says. */
export function claimedBy(page: PullResult): number {
  const total = "total" in page && typeof page.total === "number" ? page.total : 0;
  return Math.max(page.summary.total, total);
}

function isEmpty({ items, removed }: PullResult): boolean {
  return items.length === 0 && (removed ?? []).length === 0;
}

function changedSince(updatedSince: string | null): PullFilters | undefined {
  if (updatedSince === null) return undefined;
  return { updated_since: isoTime(Date.parse(updatedSince) - OVERLAP_MS) };
}

function filtersOf({ since, status = [], issueType = [] }: PullGoal): PullFilters | undefined {
  if (since === undefined && status.length === 0 && issueType.length === 0) return undefined;
  return {
    ...(since === undefined ? {} : { updated_since: since }),
    ...(status.length === 0 ? {} : { status }),
    ...(issueType.length === 0 ? {} : { issue_type: issueType }),
  };
}

function newestChange(items: readonly NormalizedIssue[], before: string | null): string | null {
  let newest = before;
  let newestMs = before === null ? null : Date.parse(before);
  for (const { updated_at } of items) {
    const ms = Date.parse(updated_at);
    if (newestMs === null || ms > newestMs) [newest, newestMs] = [updated_at, ms];
  }
  return newest;
}

/** Returns up to when a whole listing has everything; `null` when it was empty. */
function watermark(newest: string | null, beganAt: number): string | null {
  return newest === null || Date.parse(newest) <= beganAt ? newest : isoTime(beganAt);
}
