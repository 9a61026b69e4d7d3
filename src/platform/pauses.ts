import type { Clock } from "./clock.ts";

/** Lets other work of the process have its turn, where this one has computed for long. */
export type Pause = () => Promise<void>;

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
