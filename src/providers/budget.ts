import type { Clock } from "../platform/clock.ts";
import { ProviderError } from "./remote.ts";

/** What a provider says of the calls that are left, in one of its counts. */
export interface BudgetLeft {
  /** The provider's name of the count, such as `core` or `complexity`. */
  readonly name: string;
  readonly left: number;
  /** Calls, or points, in the whole span. */
  readonly limit: number;
  /** When the count begins again, in milliseconds since 1970. */
  readonly resetsAt: number;
}

/** How a provider counts. */
export interface BudgetRules {
  /** Reads what an answer says; empty when it says nothing. `now` is milliseconds since 1970. */
  read(headers: Headers, now: number): readonly BudgetLeft[];
  /** Milliseconds between two writes at least; 0 for none. */
  readonly writeGapMs: number;
}

/** A provider takes no calls for no longer than this, in milliseconds; what says more is a mistake. */
export const LONGEST_LIMIT_MS: number = 24 * 60 * 60_000;

/** The share of a budget that is left to others who use the same credential. */
const RESERVE = 0.02;

/**
 * What a connection may still ask of its provider, as the provider says it: nothing is guessed. Kept for as long as the
 * process works for the connection.
 */
export class Budget {
  readonly #clock: Clock;
  readonly #rules: BudgetRules;
  readonly #counts = new Map<string, BudgetLeft>();
  #closedUntil = 0;
  #nextWriteAt = 0;

  /** Creates a budget about which nothing is known yet. */
  constructor(clock: Clock, rules: BudgetRules) {
    this.#clock = clock;
    this.#rules = rules;
  }

  /** The count of which the smallest share is left; `null` while the provider has said nothing. */
  get tightest(): BudgetLeft | null {
    const now = this.#clock.now();
    let found: BudgetLeft | null = null;
    for (const count of this.#counts.values()) {
      if (count.resetsAt <= now) continue;
      if (found === null || count.left / count.limit < found.left / found.limit) found = count;
    }
    return found;
  }

  /**
   * Waits until a write may follow the one before.
   *
   * @throws {ProviderError} `limited` when the budget is used up; the reason of `signal`.
   */
  async takeTurn(isWrite: boolean, signal: AbortSignal): Promise<void> {
    this.#requireLeft();
    if (!isWrite || this.#rules.writeGapMs === 0) return;
    const now = this.#clock.now();
    const at = Math.max(now, this.#nextWriteAt);
    // Taken before the wait, so that two who come at once do not write at once.
    this.#nextWriteAt = at + this.#rules.writeGapMs;
    if (at > now) await this.#clock.sleep(at - now, { signal });
  }

  /** Takes note of what an answer says. */
  note(headers: Headers): void {
    const now = this.#clock.now();
    for (const count of this.#rules.read(headers, now)) {
      const resetsAt = Math.min(count.resetsAt, now + LONGEST_LIMIT_MS);
      if (count.limit > 0) this.#counts.set(count.name, { ...count, resetsAt });
    }
  }

  /** Nothing more is asked until then, in milliseconds since 1970. */
  close(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until);
  }

  #requireLeft(): void {
    const now = this.#clock.now();
    if (this.#closedUntil > now) throw limited(this.#closedUntil);
    const { tightest } = this;
    if (tightest !== null && tightest.left <= Math.floor(tightest.limit * RESERVE)) {
      throw limited(tightest.resetsAt);
    }
  }
}

/** Returns the failure of a call for which there is no budget until then, in milliseconds since 1970. */
export function limited(until: number): ProviderError {
  return new ProviderError({ kind: "limited", until }, "The provider takes no more calls for now");
}
