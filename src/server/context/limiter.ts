import type { Clock } from "../../platform/clock.ts";
import { type RateLimit, type Taken, waitFor } from "../model/rate_limit.ts";

/** Limits calls by key, with a token bucket each. */
export interface Limiter {
  /** Takes one call from the bucket of `key`, unless it is empty. */
  take(key: string): Taken | Promise<Taken>;
  /** Gives one call back that was taken from the bucket of `key`. */
  giveBack(key: string): void | Promise<void>;
}

const MIN_SWEEP = 1000;

/** Limits the calls of one process, on the monotonic clock. */
export class MemoryLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  #sweepAt = MIN_SWEEP;

  /** Makes a limiter whose buckets start full. */
  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  take(key: string): Taken {
    const bucket = this.#bucket(key);
    const wait = waitFor(bucket.tokens, this.#limit);
    if (wait === 0) bucket.tokens -= 1;
    return { wait, used: this.#limit.burst - bucket.tokens };
  }

  giveBack(key: string): void {
    const bucket = this.#bucket(key);
    bucket.tokens = Math.min(this.#limit.burst, bucket.tokens + 1);
  }

  #bucket(key: string): { tokens: number; at: number } {
    const now = this.#clock.monotonic();
    const known = this.#buckets.get(key);
    if (known === undefined) {
      this.#forgetFull(now);
      const fresh = { tokens: this.#limit.burst, at: now };
      this.#buckets.set(key, fresh);
      return fresh;
    }
    known.tokens = this.#refilled(known, now);
    known.at = now;
    return known;
  }

  #refilled(bucket: { tokens: number; at: number }, now: number): number {
    const gained = Math.max(0, now - bucket.at) / 1000 * this.#limit.perSecond;
    return Math.min(this.#limit.burst, bucket.tokens + gained);
  }

  /** A full bucket says nothing that a missing one would not. Looks through all only when they have doubled. */
  #forgetFull(now: number): void {
    if (this.#buckets.size < this.#sweepAt) return;
    for (const [key, bucket] of this.#buckets) {
      if (this.#refilled(bucket, now) >= this.#limit.burst) this.#buckets.delete(key);
    }
    this.#sweepAt = Math.max(MIN_SWEEP, this.#buckets.size * 2);
  }
}
