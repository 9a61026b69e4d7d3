import type { PullResult } from "../contract/results.ts";
import type { Checkpoint } from "../store/checkpoints.ts";
import type { IssueStore, PageCounts, PageRules } from "../store/issue_store.ts";
import type { GoneIssues } from "../store/listings.ts";
import type { ExternalRef } from "../contract/issue.ts";
import { takeAway } from "../sync/gone_issues.ts";
import { claimedBy, type PullState, saysCutOff } from "./pull_plan.ts";

/** What a pull found gone. Issues that are kept for the edits they hold are told once. */
export interface PulledGone extends GoneIssues {
  /** The host shows that its listing was cut off, so that nothing was taken for gone. */
  readonly cutOff: boolean;
}

/** A listing of everything that is under way, and may find out which issues the host has no more. */
export interface WholeListing {
  /** Its number in the store. */
  readonly number: number;
  /** How many issues there are, as far as the host has said. */
  readonly claimed: number;
}

/** A page and what is stored with it. */
export interface ListedPage {
  readonly page: PullResult;
  readonly checkpoint: Checkpoint;
  /** `null` when the pull lists only a part, or the listing may lack an issue that still exists. */
  readonly listing: WholeListing | null;
  readonly now: number;
  /** How the issues of the page are merged with what is here. */
  readonly rules: PageRules;
}

/** What came of a page. */
export interface StoredPage {
  readonly counts: PageCounts;
  /** The listing after the page; `null` when it finds nothing gone any more. */
  readonly listing: WholeListing | null;
  readonly gone: PulledGone;
}

/** Begins a listing of everything; one that was under way is over. */
export function beginListing({ listings }: IssueStore, now: number): WholeListing {
  return { number: listings.begin(now), claimed: 0 };
}

/**
 * Begins a listing of everything, or continues the one that the checkpoint stands in. Returns `null` for a pull that
 * lists only a part, and for a listing that is lost. A pull of a part ends a listing that no checkpoint stands in any
 * more.
 */
export function openListing(
  store: IssueStore,
  { listsAll, cursor }: Pick<PullState, "listsAll" | "cursor">,
  saved: Checkpoint | null,
  now: number,
): WholeListing | null {
  if (listsAll && cursor === null) return beginListing(store, now);
  const current = store.listings.current();
  const isSaved = current === (saved?.listing ?? null);
  if (listsAll) return current !== null && isSaved ? { number: current, claimed: 0 } : null;
  if (!isSaved) store.listings.abandon();
  return null;
}

/**
 * Stores a page with its checkpoint, and takes out what the host has no more: the issues that it says are `removed`,
 * and, at the end of a listing of everything, those that were not in it; no conflict of theirs stays open. All of it is
 * one transaction.
 */
export function storePage(
  store: IssueStore,
  { page, checkpoint, listing, now, rules }: ListedPage,
): StoredPage {
  return store.transaction(() => {
    const kept = keepListing(store, listing, page);
    const place = { ...checkpoint, listing: kept?.number ?? null };
    const counts = store.putPage(page.items, place, rules);
    const removed = removedIds(page);
    const named = removed.length > 0 ? store.listings.remove(removed) : NONE;
    const missing = kept === null || page.has_more ? NONE : endListing(store, kept);
    const gone = {
      removed: [...named.removed, ...missing.removed],
      kept: newlyGone(store, [...named.kept, ...missing.kept], now),
      cutOff: missing.cutOff,
    };
    // At the end also for those that an older version left open. There are seldom open ones, and they have an index.
    if (gone.removed.length > 0 || !page.has_more) store.conflicts.closeOfAbsent(now);
    return { counts, listing: kept, gone };
  });
}

/** Marks the edits of issues that are gone, and returns the issues that were not marked before. */
function newlyGone(
  store: IssueStore,
  kept: readonly ExternalRef[],
  now: number,
): readonly ExternalRef[] {
  return kept.filter(({ id }) => takeAway(store, id, now).kind === "kept");
}

const NONE: PulledGone = { removed: [], kept: [], cutOff: false };

/**
 * Returns the listing with a page; `null` when it finds nothing gone any more, because another process has begun one of
 * its own, or because of an issue that could not be read: that may be any of the cached ones.
 */
function keepListing(
  store: IssueStore,
  listing: WholeListing | null,
  page: PullResult,
): WholeListing | null {
  if (listing === null || listing.number !== store.listings.current()) return null;
  if (isWhole(page)) {
    return { ...listing, claimed: Math.max(listing.claimed, claimedBy(page)) };
  }
  store.listings.abandon();
  return null;
}

/** Ends a listing of everything. One that shows less than the host claims, or nothing at all, finds nothing gone. */
function endListing(store: IssueStore, { claimed }: WholeListing): PulledGone {
  const shown = store.listings.shown();
  const cutOff = claimed > shown || (shown === 0 && store.counts().total > 0);
  if (!cutOff) return { ...store.listings.complete(), cutOff };
  store.listings.abandon();
  return { ...NONE, cutOff };
}

function isWhole(page: PullResult): boolean {
  return page.status === "ok" && page.summary.failed === 0 &&
    (page.item_errors ?? []).length === 0 && !saysCutOff(page);
}

/** Returns the ids of issues that a page says are gone, and does not show (wire.md, Extensions). */
function removedIds({ removed, items }: PullResult): string[] {
  if ((removed ?? []).length === 0) return [];
  const shown = new Set(items.map(({ ref }) => ref.id));
  return (removed ?? []).map(({ id }) => id).filter((id) => !shown.has(id));
}
