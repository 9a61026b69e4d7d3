import type { Clock } from "../../platform/clock.ts";
import type { StopWatch } from "../../platform/watch.ts";

/** What following takes. */
export interface FollowOptions {
  readonly clock: Pick<Clock, "sleep">;
  /** Watches the files that a push reads. */
  readonly watch: (onChange: () => void) => StopWatch;
  /** Pushes; returns whether nothing failed. */
  readonly push: () => Promise<boolean>;
  /** Told of a push that broke off; `waitMs`: the next try follows then, or at the next change. */
  readonly onFailure: (error: unknown, waitMs: number) => void;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/** What is written in one go is pushed in one go, when nothing more has come for so long. */
export const QUIET_MS = 500;

/** A push that failed is tried again after so long, doubled each time up to {@link LONGEST_WAIT_MS}. */
export const FIRST_WAIT_MS = 2_000;

/** See {@link FIRST_WAIT_MS}. */
export const LONGEST_WAIT_MS = 300_000;

/** Pushes now and after every change, until the signal aborts. A push that fails is tried again. */
export async function followLanes(options: FollowOptions): Promise<void> {
  const { clock, push, onFailure, signal } = options;
  let failures = 0;
  while (!signal.aborted) {
    // What changes while a push reads is seen after it.
    const changes = collect(options);
    try {
      let error: unknown = null;
      try {
        failures = await push() ? 0 : failures + 1;
      } catch (caught) {
        error = caught;
        failures++;
      }
      if (signal.aborted) return;
      const waitMs = failures === 0 ? null : waitAfter(failures);
      if (error !== null && waitMs !== null) onFailure(error, waitMs);
      await changes.next(clock, signal, waitMs);
      while (!signal.aborted && await changes.next(clock, signal, QUIET_MS) === "changed");
    } finally {
      changes.stop();
    }
  }
}

/** Returns how long to wait after so many failures in a row. */
export function waitAfter(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20), LONGEST_WAIT_MS);
}

function collect({ watch }: FollowOptions) {
  let hasChanged = false;
  let wake = () => {};
  const stop = watch(() => {
    hasChanged = true;
    wake();
  });
  return {
    stop,
    /** Waits for a change, for so long at most; for ever with `null`. */
    async next(
      clock: Pick<Clock, "sleep">,
      signal: AbortSignal,
      waitMs: number | null,
    ): Promise<"changed" | "quiet"> {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      if (hasChanged || signal.aborted) resolve();
      signal.addEventListener("abort", wake);
      const timer = new AbortController();
      const end = waitMs === null ? [] : [slept(clock, waitMs, timer.signal)];
      await Promise.race([promise, ...end]);
      timer.abort();
      signal.removeEventListener("abort", wake);
      const outcome = hasChanged ? "changed" : "quiet";
      hasChanged = false;
      return outcome;
    },
  };
}

/** A sleep that ends early when it is not needed any more. */
async function slept(clock: Pick<Clock, "sleep">, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
