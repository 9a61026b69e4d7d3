/** One thing that is measured: a closure that is run once for each round. */
export interface Case {
  /** Short name, such as `tracker --version`. */
  readonly name: string;
  /**
   * Runs it once. Work that must not be measured belongs into {@link Case.before} or `prepare`. A case that has measured
   * itself returns the milliseconds.
   */
  run(): Promise<number | void> | number | void;
  /** Makes ready for one run; not measured. */
  before?(): Promise<void> | void;
  /** Name of an earlier case that its ratio is of, or its own for another baseline; the first unless given. */
  readonly of?: string;
  /** The ratio that is still fine; none is judged without it. */
  readonly limit?: number;
}

/** A number that is no ratio of times, such as a resident size. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** What `value` counts: `MB`, `ms`, … */
  readonly unit: string;
  /** The value that is still fine; none is judged without it. */
  readonly limit?: number;
}

/** What a benchmark hands to the harness. */
export interface Prepared {
  /** What the ratios are of; measured in the same run, in turn with the others. */
  readonly baseline: Case;
  readonly cases: readonly Case[];
  /** Asked for after the last round. */
  figures?(): readonly Figure[];
  /** Stops and removes what was made. */
  clean?(): Promise<void>;
}

/** A benchmark: each file beside this one exports one as `bench`. */
export interface Bench {
  /** Name on the command line. */
  readonly name: string;
  /** One line: what is compared with what. */
  readonly what: string;
  /** Rounds that are measured, after one that is not. */
  readonly rounds: number;
  /** Makes what is needed; `null`, after a printed reason, when it cannot be measured here. */
  prepare(): Promise<Prepared | null>;
}

/** Least, middle and greatest. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** What one case has taken. */
export interface CaseResult {
  readonly name: string;
  /** Name of the case its ratio is of; its own for the baseline. */
  readonly of: string;
  /** Milliseconds. */
  readonly times: Spread;
  /** How many times the time of `of` it took, round by round; judged by the median. */
  readonly ratio: Spread;
  readonly limit: number | null;
}

/** All that one benchmark has found; the baseline is the first case. */
export interface BenchResult {
  readonly name: string;
  readonly rounds: number;
  readonly cases: readonly CaseResult[];
  readonly figures: readonly Figure[];
}

/**
 * Runs one benchmark; `null` when it cannot be measured here. What looks too slow after all rounds is measured on
 * for as many again, since a busy machine is more common than a slow program. `now` is a steady clock, in ms.
 */
export async function measure(
  bench: Bench,
  rounds: number = bench.rounds,
  now: () => number = () => performance.now(),
): Promise<BenchResult | null> {
  const prepared = await bench.prepare();
  if (prepared === null) return null;
  try {
    const cases = [prepared.baseline, ...prepared.cases];
    const samples = cases.map((): number[] => []);
    await runRounds(cases, 1, now);
    await runRounds(cases, rounds, now, samples);
    let results = resultsOf(cases, samples);
    if (results.some(isTooSlow)) {
      await runRounds(cases, rounds, now, samples);
      results = resultsOf(cases, samples);
    }
    const measured = samples[0]?.length ?? 0;
    return {
      name: bench.name,
      rounds: measured,
      cases: results,
      figures: prepared.figures?.() ?? [],
    };
  } finally {
    await prepared.clean?.();
  }
}

/** In turn, so that a slow moment of the machine falls on all of them. */
async function runRounds(
  cases: readonly Case[],
  rounds: number,
  now: () => number,
  samples: readonly number[][] = [],
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const [index, one] of cases.entries()) {
      await one.before?.();
      const started = now();
      const measured = await one.run();
      samples[index]?.push(measured ?? now() - started);
    }
  }
}

function resultsOf(cases: readonly Case[], samples: readonly number[][]): CaseResult[] {
  return cases.map((one, index) => {
    const place = one.of === undefined ? 0 : cases.findIndex(({ name }) => name === one.of);
    const of = cases[place];
    if (of === undefined) throw new Error(`No case is called "${one.of}"`);
    const taken = samples[index] ?? [];
    const base = samples[place] ?? [];
    return {
      name: one.name,
      of: of.name,
      times: spread(taken),
      // Of the same round: what slows the machine down for a while is in both.
      ratio: spread(taken.map((ms, round) => ratioOf(ms, base[round] ?? 0))),
      limit: one.limit ?? null,
    };
  });
}

function ratioOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Least, middle and greatest of some samples. */
export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const middle = sorted.length % 2 === 1
    ? sorted[half]
    : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median: middle ?? 0, max: sorted.at(-1) ?? 0 };
}

/** A number of milliseconds that is the aim where the least that could do the same takes `floorMs`. */
export interface Goal {
  readonly ms: number;
  readonly floorMs: number;
}

/**
 * The most that a goal allows where the least that could do the same takes `floorMs`: the goal itself on a machine as fast
 * as the one it was set on, or faster, and as many times the floor on a slower one.
 */
export function goalHere({ ms, floorMs: there }: Goal, floorMs: number): number {
  return ms * Math.max(1, floorMs / there);
}

/** Names of the cases and figures that are above their limit. */
export function tooSlow(result: BenchResult): readonly string[] {
  return [
    ...result.cases.filter(isTooSlow),
    ...result.figures.filter(isTooMuch),
  ].map(({ name }) => name);
}

function isTooSlow({ ratio, limit }: CaseResult): boolean {
  return limit !== null && ratio.median > limit;
}

function isTooMuch({ value, limit }: Figure): boolean {
  return limit !== undefined && value > limit;
}
