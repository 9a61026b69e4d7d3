import type { Clock } from "../../platform/clock.ts";
import type { RateLimit, Taken } from "../model/rate_limit.ts";
import type { Limiter } from "./limiter.ts";
import { type SharedLimit, SharedLimiter } from "./shared_limiter.ts";

/** What a process has of one bucket. */
interface Lease {
  /** Calls that were taken from the bucket and not made yet. */
  left: number;
  /** Calls that wait for the answer of the bucket. */
  waiting: number;
  /** The bucket is empty until then, on the monotonic clock. */
  emptyUntil: number;
  usedAt: number;
  pending: Promise<void> | null;
}

const MIN_SWEEP = 1000;

/** The part of a burst that a process takes at a time. */
const PART = 50;

/**
 * Limits the calls of all processes of a store without asking it at every call: a process takes a fiftieth of the burst
 * at a time from the shared bucket, and asks again when that is used up. What it has taken and not used is the only
 * inaccuracy. So in any time, all processes together let through the burst, what comes back in that time, and at most
 * a fiftieth of the burst for each process; and a user is refused while as much is unused at the others. A bucket that
 * is empty is not asked again before it can have one.
 */
export class LeasedLimiter implements Limiter {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #shared: SharedLimiter;
  readonly #leases = new Map<string, Lease>();
  #sweepAt = MIN_SWEEP;

  /** Makes a limiter whose buckets start full. */
  constructor(clock: Clock, shared: SharedLimit) {
    this.#clock = clock;
    this.#limit = shared.limit;
    this.#shared = new SharedLimiter(shared);
  }

  /** Calls that a process takes at a time. */
  get batch(): number {
    return Math.max(1, Math.floor(this.#limit.burst / PART));
  }

  take(key: string): Taken | Promise<Taken> {
    const lease = this.#lease(key);
    return this.#takeAtOnce(lease) ?? this.#takeLater(key, lease);
  }

  giveBack(key: string): void {
    this.#lease(key).left += 1;
  }

  #takeAtOnce(lease: Lease): Taken | null {
    const now = this.#clock.monotonic();
    lease.usedAt = now;
    if (lease.left > 0) {
      lease.left -= 1;
      return { wait: 0, used: 0 };
    }
    return now >= lease.emptyUntil
      ? null
      : { wait: Math.ceil((lease.emptyUntil - now) / 1000), used: this.#limit.burst };
  }

  async #takeLater(key: string, lease: Lease): Promise<Taken> {
    for (;;) {
      lease.waiting += 1;
      try {
        await (lease.pending ??= this.#renew(key, lease));
      } finally {
        lease.waiting -= 1;
      }
      const taken = this.#takeAtOnce(lease);
      if (taken !== null) return taken;
    }
  }

  /** Calls that come together wait for one answer, and take what they need with it. */
  async #renew(key: string, lease: Lease): Promise<void> {
    try {
      const wanted = Math.max(this.batch, lease.waiting);
      const { granted, tokens } = await this.#shared.takeSome(key, wanted);
      lease.left += granted;
      if (granted > 0) return;
      const now = this.#clock.monotonic();
      lease.emptyUntil = now + Math.max(1, (1 - tokens) / this.#limit.perSecond * 1000);
    } finally {
      lease.pending = null;
    }
  }

  #lease(key: string): Lease {
    const known = this.#leases.get(key);
    if (known !== undefined) return known;
    this.#forgetIdle();
    const now = this.#clock.monotonic();
    const fresh = { left: 0, waiting: 0, emptyUntil: now, usedAt: now, pending: null };
    this.#leases.set(key, fresh);
    return fresh;
  }

  /** What an idle user leaves unused has come back to the bucket long since. */
  #forgetIdle(): void {
    if (this.#leases.size < this.#sweepAt) return;
    const idleSince = this.#clock.monotonic() - this.batch / this.#limit.perSecond * 1000;
    for (const [key, lease] of this.#leases) {
      if (lease.pending === null && lease.usedAt < idleSince && lease.emptyUntil < idleSince) {
        this.#leases.delete(key);
      }
    }
    this.#sweepAt = Math.max(MIN_SWEEP, this.#leases.size * 2);
  }
}
