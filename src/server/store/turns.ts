/** Lets one work at a time, in the order in which they came. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  /** Whether no work runs or waits. */
  get isFree(): boolean {
    return !this.#isTaken;
  }

  /** How much work waits for its turn. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `work` when its turn comes: at once when it is free. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#isTaken = true;
    try {
      return await work();
    } finally {
      // The turn is handed on, not given back, so that no other work slips in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#isTaken = false;
      else next();
    }
  }
}
