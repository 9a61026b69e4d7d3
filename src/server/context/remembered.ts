import type { HostStore } from "../store/store.ts";

/** What is asked for, and when. */
export interface Question {
  /** Tells it from all other questions to the same memory. */
  readonly key: string;
  /** What the store said of its state when the call began (`HostStore.version`). */
  readonly version: number | null;
}

/** How much a memory holds. */
export interface MemoryLimits<T> {
  /** Most of it. */
  readonly most: number;
  /** How much of that one value takes; more than `most` is not kept. */
  readonly weigh: (value: T) => number;
}

/**
 * Keeps what was read from the store while nothing is written to it, by whatever process: the first write ends all of
 * it. It is for what follows from the store alone. What also depends on the time is decided by its reader.
 */
export class Remembered<T> {
  readonly #limits: MemoryLimits<T>;
  readonly #values = new Map<string, T>();
  #version: number | null = null;
  #weight = 0;

  /** Creates an empty memory. */
  constructor(limits: MemoryLimits<T>) {
    this.#limits = limits;
  }

  /** Returns what `work` reads, or has read of the same state. What it throws is not kept. */
  async read(
    store: HostStore,
    { key, version }: Question,
    work: () => Promise<T>,
  ): Promise<T> {
    if (version === null) return await work();
    if (version !== this.#version) {
      this.#forget();
      this.#version = version;
      // While much is written, nothing is worth keeping.
      return await work();
    }
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = await work();
    // All of it was read from one state, if that is still the state.
    if (await store.version() === version && this.#version === version) this.#keep(key, value);
    return value;
  }

  #keep(key: string, value: T): void {
    const weight = key.length + this.#limits.weigh(value);
    if (weight > this.#limits.most || this.#values.has(key)) return;
    if (this.#weight + weight > this.#limits.most) this.#forget();
    this.#values.set(key, value);
    this.#weight += weight;
  }

  #forget(): void {
    if (this.#weight === 0) return;
    this.#values.clear();
    this.#weight = 0;
  }
}
