/** How much may be under way and wait. */
export interface CheckQueueLimits {
  /** Checks at once. */
  readonly running: number;
  /** Checks that wait, of all addresses. */
  readonly waiting: number;
  /** Checks that run and wait, of one address. */
  readonly perAddress: number;
}

/**
 * Lets a few costly checks run at a time and some wait, in order. A password check takes 32 MiB for a
 * while: those of strangers, who may send as many as they like, must not come all at once.
 */
export class CheckQueue {
  readonly #limits: CheckQueueLimits;
  readonly #waiting: (() => void)[] = [];
  readonly #byAddress = new Map<string, number>();
  #running = 0;

  /** Makes an empty queue. */
  constructor(limits: CheckQueueLimits) {
    this.#limits = limits;
  }

  /** Whether a check of this address would find no place now. */
  isFull(address: string): boolean {
    return this.#waiting.length >= this.#limits.waiting ||
      (this.#byAddress.get(address) ?? 0) >= this.#limits.perAddress;
  }

  /** Runs `check` when its turn comes. Ask {@link CheckQueue.isFull} first. */
  async run<T>(address: string, check: () => Promise<T>): Promise<T> {
    this.#count(address, 1);
    try {
      // A place is handed on, not given back: nobody slips in between.
      if (this.#running < this.#limits.running) this.#running += 1;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      try {
        return await check();
      } finally {
        const next = this.#waiting.shift();
        if (next === undefined) this.#running -= 1;
        else next();
      }
    } finally {
      this.#count(address, -1);
    }
  }

  #count(address: string, change: 1 | -1): void {
    const count = (this.#byAddress.get(address) ?? 0) + change;
    if (count === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, count);
  }
}
