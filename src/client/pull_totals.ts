import type { ExternalRef, NormalizedIssue } from "../contract/issue.ts";
import type {
  IdentityPath,
  ItemError,
  PullResult,
  ResultStatus,
  ResultSummary,
} from "../contract/results.ts";
import type { PageCounts } from "../store/issue_store.ts";
import type { PullState } from "./pull_plan.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";
import type { PulledGone, StoredPage } from "./whole_listing.ts";

/** What a pull did. */
export interface PullReport extends PageCounts {
  /** How the pull ended as a whole. */
  readonly status: ResultStatus;
  /** The host's counts over all pages, in items. */
  readonly summary: ResultSummary;
  /** Pages that were stored. */
  readonly pages: number;
  /** It continued where an interrupted pull had stopped. */
  readonly resumed: boolean;
  /** Why items failed. */
  readonly itemErrors: readonly ItemError[];
  /** Whose provider account did the work; `null` where the host does not say. */
  readonly identityPath: IdentityPath | null;
  /** Whether there is more to pull. */
  readonly hasMore: boolean;
  /** Where the next page begins; opaque, issued by the host. */
  readonly nextCursor: string | null;
  /** Issues that the host has no more. */
  readonly gone: PulledGone;
  /** One result over all pages, as the host tells it; its items are there only when they were asked for. */
  readonly result: PullResult;
}

/** Adds pages up; keeps the items only when they are wanted, so that memory holds one page. */
export class PullTotals {
  readonly #collect: boolean;
  #status: ResultStatus | null = null;
  #summary: ResultSummary = { total: 0, succeeded: 0, failed: 0, skipped: 0 };
  #counts: PageCounts = { created: 0, updated: 0, unchanged: 0 };
  #cutOff = false;
  readonly #removed: ExternalRef[] = [];
  readonly #kept: ExternalRef[] = [];
  readonly #errors: ItemError[] = [];
  readonly #items: NormalizedIssue[] = [];

  /** Starts at nothing. */
  constructor(collect: boolean) {
    this.#collect = collect;
  }

  /** Adds a page. */
  add(page: PullResult, { counts, gone }: StoredPage): void {
    this.#status = worstStatus(this.#status, page.status);
    this.#summary = addSummaries(this.#summary, page.summary);
    this.#counts = addCounts(this.#counts, counts);
    this.#cutOff ||= gone.cutOff;
    for (const ref of gone.removed) this.#removed.push(ref);
    for (const ref of gone.kept) this.#kept.push(ref);
    for (const error of page.item_errors ?? []) this.#errors.push(error);
    if (this.#collect) { for (const item of page.items) this.#items.push(item); }
  }

  /** Returns what the pull did. */
  report(last: PullResult, { pages, resumed }: Pick<PullState, "pages" | "resumed">): PullReport {
    const status = this.#status ?? last.status;
    return {
      ...this.#counts,
      status,
      summary: this.#summary,
      pages,
      resumed,
      itemErrors: this.#errors,
      identityPath: last.identity_path,
      hasMore: last.has_more,
      nextCursor: last.next_cursor,
      gone: { removed: this.#removed, kept: this.#kept, cutOff: this.#cutOff },
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

/** Returns the counts of two pages as one. */
export function addCounts(a: PageCounts, b: PageCounts): PageCounts {
  return {
    created: a.created + b.created,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
  };
}
