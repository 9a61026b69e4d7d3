import type { PushItem } from "../contract/push.ts";
import type { PushResult, PushResultItem } from "../contract/results.ts";
import type { PushChoice } from "./sync_push.ts";
import { withUnanswered } from "./unanswered.ts";
import { addSummaries, worstStatus } from "./sync_totals.ts";

/** What became of one item, as the host tells it and as this push has met it. */
export type PushedItem = PushResultItem & {
  /** The answer is one to an earlier sending of this push: nothing was done now. */
  readonly already_sent?: true;
};

/** What a push did. */
export interface PushedOutcome {
  /** Tells it from a plan. */
  readonly kind: "pushed";
  /** One result over all batches. An item that was sent before counts as skipped, its outcome is `unchanged`. */
  readonly result: Omit<PushResult, "items"> & { readonly items: readonly PushedItem[] };
  /** Requests that carried the items. */
  readonly batches: number;
  /** Whether it continued an interrupted push. */
  readonly resumed: boolean;
  /** Items that an earlier sending had done. */
  readonly alreadySent: number;
  /** Cached issues that may show an older state than the host has. */
  readonly outdated: number;
}

/** What came of one batch. */
interface BatchOutcome {
  readonly result: PushResult;
  readonly isAlreadySent: boolean;
  readonly outdated: number;
}

/** Adds batches up, and tells how far the push is. */
export class PushTotals {
  /** Items that are done, now or before. */
  sent = 0;
  readonly #total: number;
  readonly #choice: Pick<PushChoice, "onProgress">;
  #result: PushedOutcome["result"] | null = null;
  #batches = 0;
  #alreadySent = 0;
  #outdated = 0;

  /** Totals of a push of so many items. */
  constructor(total: number, choice: Pick<PushChoice, "onProgress">) {
    this.#total = total;
    this.#choice = choice;
  }

  /** Adds a batch. */
  add(items: readonly PushItem[], { result, isAlreadySent, outdated }: BatchOutcome): void {
    const whole = withUnanswered(items, result);
    const told: PushedOutcome["result"] = isAlreadySent ? alreadySent(whole) : whole;
    this.#result = this.#result === null ? told : joined(this.#result, told);
    this.#batches++;
    this.#outdated += outdated;
    this.#alreadySent += told.items.filter((item) => item.already_sent === true).length;
    this.sent += items.length;
    this.#choice.onProgress?.({ kind: "batch", sent: this.sent, total: this.#total });
  }

  /** Returns what the push did, once every batch was added. */
  outcome(resumed: boolean): PushedOutcome {
    if (this.#result === null) throw new Error("No batch was added");
    return {
      kind: "pushed",
      result: this.#result,
      batches: this.#batches,
      resumed,
      alreadySent: this.#alreadySent,
      outdated: this.#outdated,
    };
  }
}

/** An answer to an earlier sending: what failed then has failed, all else was not done now. */
function alreadySent(result: PushResult): PushedOutcome["result"] {
  const { succeeded, skipped } = result.summary;
  return {
    ...result,
    summary: { ...result.summary, succeeded: 0, skipped: skipped + succeeded },
    items: result.items.map((item): PushedItem =>
      item.outcome === "failed" ? item : { ...item, outcome: "unchanged", already_sent: true }
    ),
  };
}

function joined(
  a: PushedOutcome["result"],
  b: PushedOutcome["result"],
): PushedOutcome["result"] {
  const errors = [...a.item_errors ?? [], ...b.item_errors ?? []];
  return {
    ...a,
    ...b,
    status: worstStatus(a.status, b.status),
    summary: addSummaries(a.summary, b.summary),
    items: [...a.items, ...b.items],
    item_errors: errors.length === 0 ? b.item_errors : errors,
  };
}
