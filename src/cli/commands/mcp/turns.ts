import { TrackerError } from "../../../platform/tracker_error.ts";

/** Lets calls have their turn: one that writes at a time, some that read beside it, a bounded number that wait. */
export interface Turns {
  /**
   * Runs work when its turn has come.
   *
   * @throws {TrackerError} `agent_busy` when too many wait; the reason of the signal when that aborts before its turn.
   */
  run<T>(kind: "reads" | "writes", signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** How many calls run at once, and how many wait. */
export interface TurnLimits {
  readonly readers: number;
  readonly waiting: number;
}

/** Returns turns with nothing running. */
export function createTurns(limits: TurnLimits): Turns {
  const free = { reads: limits.readers, writes: 1 };
  const queues = { reads: new Set<() => void>(), writes: new Set<() => void>() };
  return {
    async run(kind, signal, work) {
      signal.throwIfAborted();
      if (free[kind] > 0) free[kind]--;
      else {
        if (queues.reads.size + queues.writes.size >= limits.waiting) throw busy(limits.waiting);
        await turn(queues[kind], signal);
      }
      try {
        return await work();
      } finally {
        const [next] = queues[kind];
        if (next === undefined) free[kind]++;
        else {
          // The place of the one that ends goes to the one that has waited longest.
          queues[kind].delete(next);
          next();
        }
      }
    },
  };
}

async function turn(queue: Set<() => void>, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => {
    if (queue.delete(resolve)) reject(signal.reason);
  };
  queue.add(resolve);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function busy(waiting: number): TrackerError {
  return new TrackerError({
    code: "agent_busy",
    message: `${waiting} calls wait for their turn already`,
    nextAction: "Wait for the answers of earlier calls, then try again.",
  });
}
