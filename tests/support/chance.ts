/** Chance that is the same for the same seed, so that a run can be seen again. */
import { hex, type Random } from "../../src/platform/random.ts";

/** Chance of a seed. */
export interface Chance {
  /** Returns a number in [0, 1). */
  fraction(): number;
  /** Returns a whole number in [0, n). */
  below(n: number): number;
  /** Returns true once in `n` times. */
  once(n: number): boolean;
  /** Returns one of the values; fails without any. */
  pick<T>(values: readonly T[]): T;
  /** Returns one of the values, the first of them every other time; fails without any. */
  hot<T>(values: readonly T[]): T;
}

/** What a suite plays is the same each time: a commit is not failed by what another one brought. */
const USUAL_SEED = 1;

/**
 * Returns the seed of a test: the one that its own variable names, else that of all tests in `TRACKER_SEEDS`, else
 * always the same. The value `random` draws one; the test says which.
 */
export function seedOf(
  variable: string,
  environment: (name: string) => string | undefined = (name) => Deno.env.get(name),
): number {
  for (const name of [variable, "TRACKER_SEEDS"]) {
    const value = environment(name);
    if (value === undefined) continue;
    if (value === "random") return crypto.getRandomValues(new Uint32Array(1))[0] ?? USUAL_SEED;
    if (!/^\d+$/.test(value)) throw new Error(`${name} is a whole number or "random": ${value}`);
    return Number(value);
  }
  return USUAL_SEED;
}

/** A small generator of numbers in [0, 1), the same for the same seed. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Returns the chance of a seed. */
export function chanceOf(seed: number): Chance {
  const fraction = generator(seed);
  const below = (n: number) => Math.floor(fraction() * n);
  const at = <T>(values: readonly T[], place: number): T => {
    const value = values[place];
    if (value === undefined) throw new Error("There is nothing to pick from");
    return value;
  };
  return {
    fraction,
    below,
    once: (n) => below(n) === 0,
    pick: (values) => at(values, below(values.length)),
    hot: (values) => at(values, below(2) === 0 ? 0 : below(values.length)),
  };
}

/** Returns a machine's random numbers of a seed. */
export function seededRandom(seed: number): Random {
  const fraction = generator(seed);
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(fraction() * 256));
  return {
    fraction,
    bytes,
    uuid() {
      const digits = hex(bytes(16));
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${
        digits.slice(17, 20)
      }-${digits.slice(20)}`;
    },
  };
}
