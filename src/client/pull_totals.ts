import type { NormalizedIssue } from "../contract/issue.ts";
import type { ItemError, PullResult, ResultStatus, ResultSummary } from "../contract/results.ts";
import type { PageCounts } from "../store/issue_store.ts";
import type { PullReport } from "./sync_pull.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";
import type { PulledGone } from "./whole_listing.ts";

/** Adds pages up; keeps the items only when they are wanted, so that memory holds one page. */
export class PullTotals {
  /** Pages so far. */
  pages = 0;
  /** Issues so far. */
  received = 0;
  #status: ResultStatus | null = null;
  #summary: ResultSummary = { total: 0, succeeded: 0, failed: 0, skipped: 0 };
  #counts: PageCounts = { created: 0, updated: 0, unchanged: 0 };
  readonly #errors: ItemError[] = [];
  readonly #items: NormalizedIssue[] = [];

  /** Adds a page. */
  add(page: PullResult, counts: PageCounts, collect: boolean): void {
    this.pages++;
    this.received += page.items.length;
    this.#status = worstStatus(this.#status, page.status);
    this.#summary = addSummaries(this.#summary, page.summary);
    this.#counts = addCounts(this.#counts, counts);
    for (const error of page.item_errors ?? []) this.#errors.push(error);
    if (collect) { for (const item of page.items) this.#items.push(item); }
  }

  /** What the pull did. */
  report(last: PullResult, resumed: boolean, gone: PulledGone): PullReport {
    const status = this.#status ?? last.status;
    return {
      ...this.#counts,
      status,
      summary: this.#summary,
      pages: this.pages,
      resumed,
      itemErrors: this.#errors,
      identityPath: last.identity_path,
      hasMore: last.has_more,
      nextCursor: last.next_cursor,
      gone,
      result: {
        ...last,
        status,
        summary: this.#summary,
        items: this.#items,
        item_errors: this.#errors.length === 0 ? last.item_errors : this.#errors,
      },
    };
  }
}

/** The counts of two pages as one. */
export function addCounts(a: PageCounts, b: PageCounts): PageCounts {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
  };
}
