import type { Clock } from "./clock.ts";

/** Milliseconds between two looks. */
const EVERY_MS = 50;
/** Milliseconds that the longest delay is told for, at least. */
const KEPT_MS = 60_000;

/** Watches how long work keeps everything else in the process waiting. */
export interface LoopDelay {
  /** Returns the longest time of the last one to two minutes, in milliseconds. */
  longestMs(): number;
  /** Ends the watching. */
  stop(): void;
}

/** Starts to watch: asks to be called every 50 ms, and sees how late that happens. */
export function watchLoop(clock: Clock): LoopDelay {
  let longest = 0;
  let before = 0;
  let last = clock.monotonic();
  let since = last;
  const timer = setInterval(() => {
    const now = clock.monotonic();
    longest = Math.max(longest, now - last - EVERY_MS);
    last = now;
    if (now - since < KEPT_MS) return;
    since = now;
    before = longest;
    longest = 0;
  }, EVERY_MS);
  return {
    longestMs: () => Math.max(longest, before),
    stop: () => clearInterval(timer),
  };
}
