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
  let light = LIGHT_TIMERS;
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
      const end = () => controller.abort(timeoutError(ms));
      const limit = Math.min(ms, LONGEST_TIMER_MS);
      if (light > 0) {
        light--;
        return { signal: controller.signal, clear: afterLightTimer(limit, end) };
      }
      const timer = setTimeout(end, limit);
      Deno.unrefTimer(timer);
      return { signal: controller.signal, clear: () => clearTimeout(timer) };
    },
  };
}

/** The runtime lets a timer that is longer than this fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * How many deadlines of a process do without `setTimeout`: its first mention has the runtime load what it has of Node,
 * which takes a short command longer than most of its own work. What is used instead can be silenced and not taken back,
 * so a process that sets many deadlines has few of them.
 */
const LIGHT_TIMERS = 64;

/** The longest sleep that does without `setTimeout`, too: one that is given up leaves its timer behind until then. */
const LIGHT_SLEEP_MS = 20;

/** Calls `end` after `ms` milliseconds, unless what is returned is called before. Keeps no process alive. */
function afterLightTimer(ms: number, end: () => void): () => void {
  const signal = AbortSignal.timeout(ms);
  // The method of signals themselves would keep the process alive while somebody listens.
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  addEventListener.call(signal, "abort", end, { once: true });
  return () => removeEventListener.call(signal, "abort", end);
}

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
    const end = () => {
      signal?.removeEventListener("abort", stop);
      resolve();
    };
    const stop = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = startTimer(ms, end);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Calls `end` after `ms` milliseconds, unless what is returned is called before. Keeps the process alive until then. */
function startTimer(ms: number, end: () => void): () => void {
  if (ms <= LIGHT_SLEEP_MS) {
    const light = AbortSignal.timeout(ms);
    light.addEventListener("abort", end, { once: true });
    return () => light.removeEventListener("abort", end);
  }
  const timer = setTimeout(end, ms);
  return () => clearTimeout(timer);
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
