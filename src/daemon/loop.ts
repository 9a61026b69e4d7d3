import type { Clock } from "../platform/clock.ts";
import type { Random } from "../platform/random.ts";
import { errorText } from "../platform/tracker_error.ts";
import type { Wake } from "./wake.ts";

/** What one cycle of background work came to. */
export type CycleOutcome =
  /** There was nothing to do. */
  | { readonly kind: "idle" }
  /** `count` events have left the queue. */
  | { readonly kind: "worked"; readonly count: number }
  /** It may work later by itself. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Nothing can be done before a person acts; waiting for that counts as idle. */
  | { readonly kind: "blocked"; readonly reason: string };

/** Times of the loop, in milliseconds. */
export interface LoopTiming {
  /** From one cycle to the next. */
  readonly interval: number;
  /** First wait after a failure; doubled with each further one. */
  readonly firstBackoff: number;
  readonly longestBackoff: number;
  /** Idle time after which the loop ends. */
  readonly idleExit: number;
  /** Longest time between two signs of life. */
  readonly heartbeat: number;
}

/** The daemon's times. Behaviour, Background daemon. */
export const LOOP_TIMING: LoopTiming = {
  interval: 30_000,
  firstBackoff: 500,
  longestBackoff: 300_000,
  idleExit: 15 * 60_000,
  heartbeat: 30_000,
};

/** What the loop works with. */
export interface LoopOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly wake: Wake;
  /** One round of work. */
  readonly cycle: (signal: AbortSignal) => Promise<CycleOutcome>;
  /** Told after every cycle. */
  readonly onCycle?: (outcome: CycleOutcome) => void;
  /** A sign of life, at least every `timing.heartbeat`. */
  readonly onHeartbeat?: () => Promise<void>;
  readonly timing?: LoopTiming;
}

/** Works in cycles until it is stopped or has been idle for long; answers which. */
export async function runLoop(options: LoopOptions): Promise<string> {
  const { clock, wake, timing = LOOP_TIMING } = options;
  let activeAt = clock.monotonic();
  let failures = 0;
  while (wake.stopReason === null) {
    const outcome = await runCycle(options);
    options.onCycle?.(outcome);
    const isFailure = outcome.kind === "failed" || outcome.kind === "blocked";
    failures = isFailure ? failures + 1 : 0;
    if (outcome.kind === "worked" || outcome.kind === "failed") activeAt = clock.monotonic();
    const delay = isFailure ? backoff(failures, options.random, timing) : timing.interval;
    const wokenAt = await pause(options, delay);
    if (wokenAt !== null) activeAt = wokenAt;
    if (clock.monotonic() - activeAt >= timing.idleExit) return "idle";
  }
  return wake.stopReason;
}

/** Milliseconds to wait after the `failures`-th failure in a row, spread by chance. */
export function backoff(failures: number, random: Random, timing: LoopTiming): number {
  const base = timing.firstBackoff * 2 ** Math.min(failures - 1, 30);
  const spread = Math.min(base, timing.longestBackoff) * (0.8 + 0.4 * random.fraction());
  return Math.min(Math.max(spread, timing.firstBackoff), timing.longestBackoff);
}

async function runCycle(options: LoopOptions): Promise<CycleOutcome> {
  try {
    return await options.wake.during(options.cycle);
  } catch (error) {
    return { kind: "failed", reason: errorText(error) };
  }
}

/** Waits, with signs of life in between; when woken by a trigger, answers the time. */
async function pause(options: LoopOptions, ms: number): Promise<number | null> {
  const { clock, wake, timing = LOOP_TIMING } = options;
  for (let left = ms; wake.stopReason === null;) {
    await options.onHeartbeat?.();
    const slice = Math.min(left, timing.heartbeat);
    if (await wake.sleep(clock, slice)) return clock.monotonic();
    left -= slice;
    if (left <= 0) return null;
  }
  return null;
}
