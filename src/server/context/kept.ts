/** How much is kept. */
export interface KeepLimits<T> {
  /** Most of it. */
  readonly most: number;
  /** How much of that one value takes. */
  readonly weigh: (value: T) => number;
}

interface Entry<T> {
  readonly value: T;
  readonly weight: number;
  /** The number of the last question for it. */
  asked: number;
}

/** Keys that are not kept, of which it is known when they were last asked for. */
const MOST_NOTED = 4_096;

/**
 * Keeps values that are asked for more than once. A value takes the place of others only if it was asked for since those
 * were, or was kept so far: so one reader who goes through more than fits drives nothing out, and of what all go through, as much is kept as
 * fits. Whether a value is still true is told by its reader.
 */
export class Kept<T> {
  readonly #limits: KeepLimits<T>;
  /** Those asked for last come last. */
  readonly #entries = new Map<string, Entry<T>>();
  /** When keys that are not kept were last asked for. */
  readonly #noted = new Map<string, number>();
  #questions = 0;
  #weight = 0;

  /** Creates one that is empty. */
  constructor(limits: KeepLimits<T>) {
    this.#limits = limits;
  }

  /** How much is kept now. */
  get weight(): number {
    return this.#weight;
  }

  /** Returns what is kept of a key. */
  find(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    entry.asked = ++this.#questions;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Takes a value that was read for a key, in place of what was kept of it; it may not be kept. */
  offer(key: string, value: T): void {
    const before = this.#lastAsked(key);
    const asked = ++this.#questions;
    const weight = key.length + this.#limits.weigh(value);
    if (before === undefined || !this.#makeRoom(weight, before)) return this.#note(key, asked);
    this.#entries.set(key, { value, weight, asked });
    this.#weight += weight;
  }

  /** Drops all of it. */
  forget(): void {
    this.#entries.clear();
    this.#noted.clear();
    this.#weight = 0;
  }

  /** Returns when a key was last asked for, and takes it out. */
  #lastAsked(key: string): number | undefined {
    const entry = this.#entries.get(key);
    const asked = entry?.asked ?? this.#noted.get(key);
    this.#noted.delete(key);
    if (entry !== undefined) this.#remove(key, entry);
    return asked;
  }

  /** Drops what was asked for before a question, as far as it is needed; returns whether there is room then. */
  #makeRoom(weight: number, before: number): boolean {
    const { most } = this.#limits;
    const older: [string, Entry<T>][] = [];
    let left = this.#weight;
    for (const [key, entry] of this.#entries) {
      if (left + weight <= most || entry.asked > before) break;
      older.push([key, entry]);
      left -= entry.weight;
    }
    if (left + weight > most) return false;
    for (const [key, entry] of older) {
      this.#remove(key, entry);
      this.#note(key, entry.asked);
    }
    return true;
  }

  #remove(key: string, { weight }: Entry<T>): void {
    this.#entries.delete(key);
    this.#weight -= weight;
  }

  #note(key: string, asked: number): void {
    this.#noted.set(key, asked);
    const [oldest] = this.#noted.keys();
    if (this.#noted.size > MOST_NOTED && oldest !== undefined) this.#noted.delete(oldest);
  }
}
