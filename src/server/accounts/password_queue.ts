/** How much may be under way and wait. */
export interface CheckQueueLimits {
  /** Checks at once. */
  readonly running: number;
  /** Checks that wait, in all lanes. */
  readonly waiting: number;
  /** Checks that run and wait in one lane. */
  readonly perLane: number;
}

/** How a check is run. */
export interface CheckOptions {
  /** Comes before the check; it keeps a place in the lane but none among those that run. */
  readonly prepare?: () => Promise<void>;
  /** Whether it comes before those of all others that are not so. */
  readonly isFirst?: () => boolean;
}

/**
 * Lets a few costly checks run at a time and some wait. A password check takes 32 MiB for a while: those
 * of strangers, who may send as many as they like, must not come all at once. Each lane waits for itself,
 * and the lanes take turns, so that a flood in one of them does not hold up the others.
 */
export class CheckQueue {
  readonly #limits: CheckQueueLimits;
  /** Who waits, by lane; the lane whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  /** Who waits and comes before them. */
  readonly #first = new Map<string, (() => void)[]>();
  readonly #byLane = new Map<string, number>();
  #waitingCount = 0;
  #running = 0;

  /** Creates an empty queue. */
  constructor(limits: CheckQueueLimits) {
    this.#limits = limits;
  }

  /** Returns whether as many checks wait as may. */
  isFull(): boolean {
    return this.#waitingCount >= this.#limits.waiting;
  }

  /** Returns whether as many checks run and wait in a lane as may. */
  isLaneFull(lane: string): boolean {
    return (this.#byLane.get(lane) ?? 0) >= this.#limits.perLane;
  }

  /**
   * Runs `check` when its turn comes. Ask {@link CheckQueue.isFull} and {@link CheckQueue.isLaneFull} first.
   */
  async run<T>(
    lane: string,
    check: () => Promise<T>,
    { prepare, isFirst }: CheckOptions = {},
  ): Promise<T> {
    this.#count(lane, 1);
    try {
      await prepare?.();
      // A place is handed on, not given back, so that no other check slips in between.
      if (this.#running < this.#limits.running) this.#running += 1;
      else await this.#turn(lane, isFirst?.() === true);
      try {
        return await check();
      } finally {
        const next = this.#next();
        if (next === undefined) this.#running -= 1;
        else next();
      }
    } finally {
      this.#count(lane, -1);
    }
  }

  async #turn(lane: string, isFirst: boolean): Promise<void> {
    this.#waitingCount += 1;
    const lanes = isFirst ? this.#first : this.#waiting;
    await new Promise<void>((resolve) => {
      const others = lanes.get(lane);
      if (others === undefined) lanes.set(lane, [resolve]);
      else others.push(resolve);
    });
  }

  /** Returns the first of the lane whose turn it is; that lane goes to the end. */
  #next(): (() => void) | undefined {
    const lanes = this.#first.size > 0 ? this.#first : this.#waiting;
    for (const [lane, waiting] of lanes) {
      const next = waiting.shift();
      lanes.delete(lane);
      if (waiting.length > 0) lanes.set(lane, waiting);
      if (next === undefined) continue;
      this.#waitingCount -= 1;
      return next;
    }
    return undefined;
  }

  #count(lane: string, change: 1 | -1): void {
    const count = (this.#byLane.get(lane) ?? 0) + change;
    if (count === 0) this.#byLane.delete(lane);
    else this.#byLane.set(lane, count);
  }
}
