import { type Clock, timeoutError } from "../../src/platform/clock.ts";

/** A clock for tests: `sleep` advances it at once, and says how long each sleep was. */
export interface TestClock extends Clock {
  /** Every `sleep` so far, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Lets time pass; deadlines in between fire. */
  advance(ms: number): void;
  /** Lets time pass up to the next deadline; false when there is none. */
  advanceToDeadline(): boolean;
  /** Moves only the wall clock, as an adjustment of the system's time does. */
  setWallTime(ms: number): void;
}

/** 2026-03-01T12:00:00Z. */
export const TEST_START: number = Date.UTC(2026, 2, 1, 12, 0, 0);

/** Makes a test clock that shows `start` (milliseconds since 1970). */
export function testClock(start: number = TEST_START): TestClock {
  let wall = start;
  let steady = 1_000;
  const sleeps: number[] = [];
  const deadlines = new Set<{ at: number; ms: number; controller: AbortController }>();
  const advance = (ms: number) => {
    wall += ms;
    steady += ms;
    for (const due of [...deadlines].sort((a, b) => a.at - b.at)) {
      if (due.at > steady) break;
      deadlines.delete(due);
      due.controller.abort(timeoutError(due.ms));
    }
  };
  return {
    sleeps,
    advance,
    now: () => wall,
    monotonic: () => steady,
    setWallTime(ms) {
      wall = ms;
    },
    async sleep(ms, options) {
      if (options?.signal?.aborted) throw options.signal.reason;
      sleeps.push(ms);
      advance(ms);
      // Others that wait get their turn, as they would in real time.
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
      if (options?.signal?.aborted) throw options.signal.reason;
    },
    deadline(ms) {
      const entry = { at: steady + ms, ms, controller: new AbortController() };
      deadlines.add(entry);
      return { signal: entry.controller.signal, clear: () => void deadlines.delete(entry) };
    },
    advanceToDeadline() {
      const next = Math.min(...[...deadlines].map((entry) => entry.at));
      if (!Number.isFinite(next)) return false;
      advance(Math.max(0, next - steady));
      return true;
    },
  };
}
