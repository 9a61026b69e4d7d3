import type { Clock } from "./clock.ts";

/** Lets other work of the process have its turn, where this one has computed for long. */
export type Pause = () => Promise<void>;

/**
 * Milliseconds after which a request has left for a host that is near, so that work may keep the process busy: to connect
 * and to write takes several rounds of the event loop.
 */
export const LEAVES_MS = 2;

/** Milliseconds that work computes before others have their turn. */
const TURN_MS = 20;

/** Returns the pauses of one piece of work, which begins now. Call it between small steps: most calls only look at the time. */
export function pausesOf(clock: Clock): Pause {
  let since = clock.monotonic();
  return async () => {
    if (clock.monotonic() - since < TURN_MS) return;
    await clock.sleep(0);
    since = clock.monotonic();
  };
}
