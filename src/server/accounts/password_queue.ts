/** How much may be under way and wait. */
export interface CheckQueueLimits {
  /** Checks at once. */
  readonly running: number;
  /** Checks that wait, in all lanes. */
  readonly waiting: number;
  /** Checks that run and wait in one lane. */
  readonly perLane: number;
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
  readonly #byLane = new Map<string, number>();
  #waitingCount = 0;
  #running = 0;

  /** Creates an empty queue. */
  constructor(limits: CheckQueueLimits) {
    this.#limits = limits;
  }

  /** Returns whether a check in this lane would find no place now. */
  isFull(lane: string): boolean {
    return this.#waitingCount >= this.#limits.waiting ||
      (this.#byLane.get(lane) ?? 0) >= this.#limits.perLane;
  }

  /**
   * Runs `check` when its turn comes, after `delay`, which keeps a place in the lane but none among those
   * that run. Ask {@link CheckQueue.isFull} first.
   */
  async run<T>(
    lane: string,
    check: () => Promise<T>,
    delay: () => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    this.#count(lane, 1);
    try {
      await delay();
      // A place is handed on, not given back, so that no other check slips in between.
      if (this.#running < this.#limits.running) this.#running += 1;
      else await new Promise<void>((resolve) => this.#wait(lane, resolve));
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

  #wait(lane: string, resolve: () => void): void {
    this.#waitingCount += 1;
    const others = this.#waiting.get(lane);
    if (others === undefined) this.#waiting.set(lane, [resolve]);
    else others.push(resolve);
  }

  /** Returns the first of the lane whose turn it is; that lane goes to the end. */
  #next(): (() => void) | undefined {
    for (const [lane, waiting] of this.#waiting) {
      const next = waiting.shift();
      this.#waiting.delete(lane);
      if (waiting.length > 0) this.#waiting.set(lane, waiting);
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
