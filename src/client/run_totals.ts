import type { NormalizedIssue } from "../contract/issue.ts";
import type { ItemError, PushResultItem, ResultSummary, RunResult } from "../contract/results.ts";
import type { PageCounts } from "../store/issue_store.ts";
import type { SyncCountsReport } from "../sync/counts_report.ts";
import type { PushEditsReport } from "./edits_report.ts";
import { addCounts } from "./pull_totals.ts";
import type { MetConflicts } from "./merging.ts";
import type { PullReport } from "./sync_pull.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";
import type { PulledGone } from "./whole_listing.ts";

/** Issues and pushed items that the result of a full sync shows at most, each. */
export const SHOWN_ITEMS = 100;

/** What a full sync did. */
export interface RunReport extends PageCounts {
  /** One result over all cycles of the host and the pull; its counts of pulled issues are those of the cache. */
  readonly result: RunTotal;
  /** Why items failed. */
  readonly itemErrors: readonly ItemError[];
  /** Issues that the host does not have any more. */
  readonly gone: PulledGone;
  /** What became of the edits that waited here. */
  readonly edits: PushEditsReport;
  /** Conflicts with edits of this side that it met, settled or not. */
  readonly conflicts: number;
  /** All conflicts that a person has to decide, also those met before. */
  readonly held: number;
  /** The same in the words of all syncs. */
  readonly counts: SyncCountsReport;
}

/** A full sync as one result, bounded in size. */
export type RunTotal = Omit<RunResult, "pull" | "push"> & {
  /** There is something left, at the host or to be pulled. */
  readonly has_more: boolean;
  readonly item_errors: readonly ItemError[] | null;
  readonly pull: {
    readonly summary: ResultSummary & PageCounts;
    /** The first that the host took in. */
    readonly items: readonly NormalizedIssue[];
    /** How many more it took in. */
    readonly items_left_out: number;
  };
  readonly push: {
    readonly summary: ResultSummary;
    /** Those that failed, and the first of the others. */
    readonly items: readonly PushResultItem[];
    readonly items_left_out: number;
  };
};

/** Adds up the cycles of a full sync and what was pulled after them, in bounded memory. */
export class RunTotals {
  #last: RunResult | null = null;
  #status: RunResult["status"] | null = null;
  #counts: PageCounts = { created: 0, updated: 0, unchanged: 0 };
  #pullFailed = 0;
  #conflicts = 0;
  #push: ResultSummary = { total: 0, succeeded: 0, failed: 0, skipped: 0 };
  readonly #errors: ItemError[] = [];
  readonly #pulled = new FirstItems<NormalizedIssue>(() => false);
  readonly #pushed = new FirstItems<PushResultItem>(({ outcome }) => outcome === "failed");

  /** Adds a cycle of the host, and what its issues did to the cache. */
  addCycle(cycle: RunResult, counts: PageCounts, met: MetConflicts): void {
    this.#conflicts += met.conflicts;
    this.#last = cycle;
    this.#status = worstStatus(this.#status, cycle.status);
    this.#counts = addCounts(this.#counts, counts);
    this.#pullFailed += cycle.pull.summary.failed;
    this.#push = addSummaries(this.#push, cycle.push.summary);
    this.#errors.push(...cycle.item_errors ?? []);
    this.#pulled.add(cycle.pull.items ?? []);
    this.#pushed.add(cycle.push.items ?? []);
  }

  /** Returns what it came to; `pulled` is `null` when nothing was to be pulled. */
  report(pulled: PullReport | null, hasMore: boolean, edits: PushEditsReport): RunReport {
    if (this.#last === null) throw new Error("No cycle was added");
    const { created, updated } = addCounts(this.#counts, pulled ?? NONE);
    // What a cycle brought is listed by the pull once more.
    const listed = (pulled?.unchanged ?? 0) - this.#counts.created - this.#counts.updated;
    const unchanged = pulled === null ? this.#counts.unchanged : Math.max(0, listed);
    const failed = this.#pullFailed + (pulled?.summary.failed ?? 0);
    const total = created + updated + unchanged + failed;
    const pull = { total, succeeded: created + updated, failed, skipped: unchanged };
    const itemErrors = eachOnce([...this.#errors, ...pulled?.itemErrors ?? []]);
    const { held, refused, left } = edits.counts;
    const told = worstStatus(this.#status, pulled?.status ?? this.#last.status);
    const isWhole = held === 0 && edits.failures.length === 0;
    const status = told === "ok" && !isWhole ? "partial" : told;
    const more = hasMore || !edits.complete;
    return {
      created,
      updated,
      unchanged,
      itemErrors,
      gone: pulled?.gone ?? { removed: [], kept: [], cutOff: false },
      edits,
      conflicts: edits.conflicts + this.#conflicts + (pulled?.conflicts ?? 0),
      held,
      counts: {
        new: created + edits.counts.new,
        changed: updated + edits.counts.changed,
        unchanged,
        // What the cycles deliver may be of others; `push.summary` has it.
        sent: edits.created + edits.updated,
        held,
        refused,
        removed: (pulled?.gone.removed.length ?? 0) + edits.counts.removed,
        failed: failed + this.#push.failed + edits.counts.failed,
        left,
        hasMore: more,
      },
      result: {
        ...this.#last,
        status,
        has_more: more,
        summary: addSummaries(pull, this.#push),
        item_errors: itemErrors.length === 0 ? null : itemErrors.slice(0, SHOWN_ITEMS),
        pull: { summary: { ...pull, created, updated, unchanged }, ...this.#pulled.shown() },
        push: { summary: this.#push, ...this.#pushed.shown() },
      },
    };
  }
}

/** Returns each error once: the pull meets again what a cycle could not read. */
function eachOnce(errors: readonly ItemError[]): readonly ItemError[] {
  return [...new Map(errors.map((error) => [`${error.code} ${error.ref.id}`, error])).values()];
}

const NONE: PageCounts = { created: 0, updated: 0, unchanged: 0 };

/** Keeps the first items, those that matter more before the others. */
class FirstItems<T> {
  readonly #matters: (item: T) => boolean;
  readonly #first: T[] = [];
  readonly #others: T[] = [];
  #count = 0;

  constructor(matters: (item: T) => boolean) {
    this.#matters = matters;
  }

  add(items: readonly T[]): void {
    this.#count += items.length;
    for (const item of items) {
      const list = this.#matters(item) ? this.#first : this.#others;
      if (list.length < SHOWN_ITEMS) list.push(item);
    }
  }

  shown(): { readonly items: readonly T[]; readonly items_left_out: number } {
    const items = [...this.#first, ...this.#others].slice(0, SHOWN_ITEMS);
    return { items, items_left_out: this.#count - items.length };
  }
}
