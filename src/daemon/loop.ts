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
  /** Longest time between two looks at whether it may still run. */
  readonly look: number;
}

/** The daemon's times (behaviour.md, Background daemon). */
export const LOOP_TIMING: LoopTiming = {
  interval: 30_000,
  firstBackoff: 500,
  longestBackoff: 300_000,
  idleExit: 15 * 60_000,
  heartbeat: 30_000,
  look: 5_000,
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
  /** A look at whether it may still run, and a sign of life when one is due; at least every `timing.look`. */
  readonly onLook?: () => Promise<void>;
  readonly timing?: LoopTiming;
}

/** Works in cycles until it is stopped or has been idle for long; answers which. */
export async function runLoop(options: LoopOptions): Promise<string> {
  const { clock, wake, timing = LOOP_TIMING } = options;
  // Only pending work counts as activity: being asked for nothing does not keep a process alive.
  let activeAt = clock.monotonic();
  let failures = 0;
  while (wake.stopReason === null) {
    const outcome = await runCycle(options);
    options.onCycle?.(outcome);
    const isFailure = outcome.kind === "failed" || outcome.kind === "blocked";
    failures = isFailure ? failures + 1 : 0;
    if (outcome.kind === "worked" || outcome.kind === "failed") activeAt = clock.monotonic();
    const delay = isFailure ? backoff(failures, options.random, timing) : timing.interval;
    await pause(options, delay);
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

/** Waits until it is time or a trigger wakes it, with a look around in between. */
async function pause(options: LoopOptions, ms: number): Promise<void> {
  const { clock, wake, timing = LOOP_TIMING } = options;
  for (let left = ms; wake.stopReason === null;) {
    await options.onLook?.();
    const slice = Math.min(left, timing.look);
    if (await wake.sleep(clock, slice)) return;
    left -= slice;
    if (left <= 0) return;
  }
}
