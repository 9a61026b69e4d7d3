import { isJsonObject } from "../contract/field.ts";
import type { ExternalRef } from "../contract/issue.ts";
import type { PullResult } from "../contract/results.ts";
import type { Checkpoint } from "../store/checkpoints.ts";
import type { IssueStore } from "../store/issue_store.ts";
import type { GoneIssues } from "../store/listings.ts";

/** What a pull found gone. */
export interface PulledGone extends GoneIssues {
  /** The host shows that its listing was cut off, so that nothing was taken for gone. */
  readonly cutOff: boolean;
}

/**
 * Finds out which issues a host has no more: those that it says are `removed`, and, after a listing of everything
 * that came whole to its end, those that were not in it. Where the listing may lack an issue that still exists (a
 * page with failed or unreadable items, a total above what came, nothing at all where there were issues), nothing is
 * taken for gone. Works inside the transaction of the page.
 */
export class WholeListing {
  readonly #now: () => number;
  #listing: number | null = null;
  #claimed = 0;
  readonly #removed: ExternalRef[] = [];
  readonly #kept: ExternalRef[] = [];
  #cutOff = false;

  /** Without `begin`, a listing of a part of the issues. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Begins a listing of everything. */
  begin(store: IssueStore): void {
    this.#listing = store.listings.begin(this.#now());
  }

  /** Continues the listing of everything that a checkpoint stands in; one that is lost finds nothing gone. */
  resume(store: IssueStore, saved: Checkpoint | null): void {
    const current = store.listings.current();
    this.#listing = current !== null && saved?.listing === current ? current : null;
  }

  /** Ends a listing of everything that no checkpoint stands in any more: it cannot be continued. */
  forgetLost(store: IssueStore, saved: Checkpoint | null): void {
    if (store.listings.current() !== (saved?.listing ?? null)) store.listings.abandon();
  }

  /** The number of the listing, for the checkpoint; `null` when it finds nothing gone. */
  get number(): number | null {
    return this.#listing;
  }

  /** Before a page is stored. */
  before(store: IssueStore, page: PullResult): void {
    if (this.#listing === null) return;
    // Another process may have begun one of its own.
    if (store.listings.current() !== this.#listing) this.#listing = null;
    else if (!isWhole(page)) this.#abandon(store);
    this.#claimed = Math.max(this.#claimed, page.summary.total, topTotal(page));
  }

  /** After a page was stored. */
  after(store: IssueStore, page: PullResult): void {
    const shown = new Set(page.items.map(({ ref }) => ref.id));
    const named = removedIds(page).filter((id) => !shown.has(id));
    if (named.length > 0) this.#add(store.listings.remove(named, this.#now()));
    if (this.#listing === null || page.has_more) return;
    const count = store.listings.shown();
    const isEmpty = count === 0 && store.counts().total > 0;
    this.#cutOff = this.#claimed > count || isEmpty;
    if (this.#cutOff) this.#abandon(store);
    else this.#add(store.listings.complete(this.#now()));
  }

  /** What was found gone so far. */
  found(): PulledGone {
    return { removed: this.#removed, kept: this.#kept, cutOff: this.#cutOff };
  }

  #abandon(store: IssueStore): void {
    store.listings.abandon();
    this.#listing = null;
  }

  #add({ removed, kept }: GoneIssues): void {
    this.#removed.push(...removed);
    this.#kept.push(...kept);
  }
}

/** Whether every issue of a page is there: one that could not be read may be any of the cached ones. */
function isWhole(page: PullResult): boolean {
  const isTruncated = "truncated" in page && page.truncated === true;
  return page.status === "ok" && page.summary.failed === 0 &&
    (page.item_errors ?? []).length === 0 && !isTruncated;
}

/** How many issues there are, where a host says so beside its summary. */
function topTotal(page: PullResult): number {
  return "total" in page && typeof page.total === "number" ? page.total : 0;
}

/** Ids of the issues that a host says are deleted, moved out or no longer visible. Hosted API, Extensions. */
function removedIds(page: PullResult): string[] {
  const removed = "removed" in page ? page.removed : null;
  if (!Array.isArray(removed)) return [];
  return removed.flatMap((ref) =>
    isJsonObject(ref) && typeof ref["id"] === "string" ? ref["id"] : []
  );
}
