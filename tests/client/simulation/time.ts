import type { Clock } from "../../../src/platform/clock.ts";
import { systemClock } from "../../../src/platform/clock.ts";
import { TEST_START } from "../../support/clock.ts";

/** The time that is really so, which no machine of the simulation knows. */
export class TrueTime {
  #now = TEST_START;

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Lets time pass, in whole milliseconds as machines tell it. */
  advance(ms: number): void {
    this.#now += Math.round(ms);
  }
}

/** A clock that may be wrong. */
export interface WrongClock extends Clock {
  /** How far it is ahead of the time, in milliseconds. */
  readonly ahead: number;
  /** How often it was set: times of before and after are not to be compared. */
  readonly era: number;
  /** Sets it. */
  set(ahead: number): void;
}

/** Returns a clock that is `ahead` of the time; a sleep on it lets the time pass at once. */
export function wrongClock(time: TrueTime, ahead: number): WrongClock {
  const real = systemClock();
  let wrong = ahead;
  let era = 0;
  return {
    get ahead() {
      return wrong;
    },
    get era() {
      return era;
    },
    set(next) {
      wrong = next;
      era++;
    },
    now: () => time.now + wrong,
    monotonic: () => time.now,
    async sleep(ms, options) {
      if (options?.signal?.aborted) throw options.signal.reason;
      time.advance(ms);
      await Promise.resolve();
    },
    deadline: (ms) => real.deadline(ms),
  };
}
