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
  /** Waits for `ms` milliseconds. */
  sleep(ms: number, options?: SleepOptions): Promise<void>;
  /** Starts a time limit of `ms` milliseconds. It does not keep the process alive by itself. */
  deadline(ms: number): Deadline;
}

/** The real clock. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: (ms, options) =>
      new Promise((resolve, reject) => {
        const signal = options?.signal;
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stop);
          resolve();
        }, ms);
        signal?.addEventListener("abort", stop, { once: true });
      }),
    deadline(ms) {
      const controller = new AbortController();
      const timer = setTimeout(() => controller.abort(timeoutError(ms)), ms);
      Deno.unrefTimer(timer);
      return { signal: controller.signal, clear: () => clearTimeout(timer) };
    },
  };
}

/** The reason a {@link Deadline} aborts with. */
export function timeoutError(ms: number): DOMException {
  return new DOMException(`Timed out after ${ms} ms`, "TimeoutError");
}

/** ISO 8601 in UTC with milliseconds, for a time in milliseconds since 1970. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
