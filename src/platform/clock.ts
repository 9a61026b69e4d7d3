/** How a pending sleep or deadline may be ended early. */
export interface SleepOptions {
  /** Ends the sleep early by rejecting with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A time limit that has been started. */
export interface Deadline {
  /** Aborts with a `TimeoutError` when the time is up. */
  readonly signal: AbortSignal;
  /** Stops the limit; must be called when the guarded work has ended. */
  clear(): void;
}

/** Time: wall, monotonic, waiting. */
export interface Clock {
  /** Wall time in milliseconds since 1970. */
  now(): number;
  /** Monotonic time in milliseconds from an arbitrary start. */
  monotonic(): number;
  /** Waits for `ms` milliseconds; with 0, until what has come meanwhile has had its turn, which takes no time by itself. */
  sleep(ms: number, options?: SleepOptions): Promise<void>;
  /** Starts a time limit of `ms` milliseconds. It does not keep the process alive by itself. */
  deadline(ms: number): Deadline;
}

/** Returns the real clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    async sleep(ms, options) {
      if (ms <= 0) return await turns(options?.signal);
      let left = ms;
      for (; left > LONGEST_TIMER_MS; left -= LONGEST_TIMER_MS) {
        await timer(LONGEST_TIMER_MS, options?.signal);
      }
      await timer(left, options?.signal);
    },
    deadline(ms) {
      const controller = new AbortController();
      const timer = setTimeout(
        () => controller.abort(timeoutError(ms)),
        Math.min(ms, LONGEST_TIMER_MS),
      );
      Deno.unrefTimer(timer);
      return { signal: controller.signal, clear: () => clearTimeout(timer) };
    },
  };
}

/** The runtime lets a timer that is longer than this fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Rounds of the event loop in which what has come is read, and begins: a timer would wait a millisecond or two. */
const TURNS = 4;

async function turns(signal: AbortSignal | undefined): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    signal?.throwIfAborted();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  signal?.throwIfAborted();
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(running);
      reject(signal?.reason);
    };
    const running = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Returns the reason a {@link Deadline} aborts with. */
export function timeoutError(ms: number): DOMException {
  return new DOMException(`Timed out after ${ms} ms`, "TimeoutError");
}

/** The last time that {@link isoTime} can write, in milliseconds since 1970. */
export const LAST_TIME_MS = 8_640_000_000_000_000;

/** ISO 8601 in UTC with milliseconds, for a time in milliseconds since 1970. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
