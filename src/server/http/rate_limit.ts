import type { Clock } from "../../platform/clock.ts";

/** How much one key may do. */
export interface RateLimit {
  /** Calls that may come at once. */
  readonly burst: number;
  /** Calls that are allowed again per second. */
  readonly perSecond: number;
}

const MIN_SWEEP = 1000;

/** Limits by key with a token bucket each, on the monotonic clock. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();
  #sweepAt = MIN_SWEEP;

  /** Makes a limiter whose buckets start full. */
  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Takes one call from the bucket of `key`; answers 0, or how many whole seconds to wait. */
  take(key: string): number {
    const wait = this.wait(key);
    if (wait === 0) this.#bucket(key).tokens -= 1;
    return wait;
  }

  /** Gives one call back that was taken from the bucket of `key`. */
  giveBack(key: string): void {
    const bucket = this.#bucket(key);
    bucket.tokens = Math.min(this.#limit.burst, bucket.tokens + 1);
  }

  /** Takes one call from the bucket of `key`, even when it is empty: a debt that time pays back. */
  spend(key: string): void {
    this.#bucket(key).tokens -= 1;
  }

  /** Returns how many whole calls `key` has spent beyond its bucket; 0 when none. */
  debt(key: string): number {
    return Math.max(0, Math.ceil(-this.#bucket(key).tokens));
  }

  /** Returns how many whole seconds `key` has to wait for its next call; 0 when it need not. */
  wait(key: string): number {
    const bucket = this.#bucket(key);
    return bucket.tokens >= 1
      ? 0
      : Math.max(1, Math.ceil((1 - bucket.tokens) / this.#limit.perSecond));
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
