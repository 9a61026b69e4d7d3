import type { ExternalRef, NormalizedIssue } from "../contract/issue.ts";
import type {
  IdentityPath,
  ItemError,
  PullResult,
  ResultStatus,
  ResultSummary,
} from "../contract/results.ts";
import type { PageCounts } from "../store/issue_store.ts";
import type { SyncCountsReport } from "../sync/counts_report.ts";
import type { MetConflicts } from "./merging.ts";
import type { PullState } from "./pull_plan.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";
import type { PulledGone, StoredPage } from "./whole_listing.ts";

/** What a pull did. */
export interface PullReport extends PageCounts {
  /** How the pull ended as a whole: partial too when a person has to decide on a conflict that it met. */
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
  /** Conflicts with edits of this side that it met, settled or not. */
  readonly conflicts: number;
  /** Those of them that a person has to decide. */
  readonly held: number;
  /** The same in the words of all syncs. */
  readonly counts: SyncCountsReport;
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
  #conflicts = 0;
  #held = 0;
  readonly #removed: ExternalRef[] = [];
  readonly #toldRemoved: ExternalRef[] = [];
  readonly #kept: ExternalRef[] = [];
  readonly #errors: ItemError[] = [];
  readonly #items: NormalizedIssue[] = [];

  /** Starts at nothing. */
  constructor(collect: boolean) {
    this.#collect = collect;
  }

  /** Adds a page. */
  add(page: PullResult, { counts, gone }: StoredPage, met: MetConflicts): void {
    this.#conflicts += met.conflicts;
    this.#held += met.held;
    this.#status = worstStatus(this.#status, page.status);
    this.#summary = addSummaries(this.#summary, page.summary);
    this.#counts = addCounts(this.#counts, counts);
    this.#cutOff ||= gone.cutOff;
    for (const ref of gone.removed) this.#removed.push(ref);
    for (const ref of page.removed ?? []) this.#toldRemoved.push(ref);
    for (const ref of gone.kept) this.#kept.push(ref);
    for (const error of page.item_errors ?? []) this.#errors.push(error);
    if (this.#collect) { for (const item of page.items) this.#items.push(item); }
  }

  /** Returns what the pull did. */
  report(
    last: PullResult,
    { pages, resumed, isCutOff }: Pick<PullState, "pages" | "resumed" | "isCutOff">,
    waiting: Pick<SyncCountsReport, "refused" | "left">,
  ): PullReport {
    const told = this.#status ?? last.status;
    const status = told === "ok" && this.#held > 0 ? "partial" : told;
    const { created, updated, unchanged } = this.#counts;
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
      gone: { removed: this.#removed, kept: this.#kept, cutOff: this.#cutOff || isCutOff },
      conflicts: this.#conflicts,
      held: this.#held,
      counts: {
        new: created,
        changed: updated,
        unchanged,
        sent: 0,
        held: this.#held,
        refused: waiting.refused,
        removed: this.#removed.length,
        failed: this.#summary.failed,
        left: waiting.left,
        hasMore: last.has_more,
      },
      result: {
        ...last,
        ...(last.removed === undefined ? {} : { removed: this.#toldRemoved }),
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
