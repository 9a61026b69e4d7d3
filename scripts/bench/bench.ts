/** One thing that is measured: a closure that is run once for each round. */
export interface Case {
  /** Short name, such as `tracker --version`. */
  readonly name: string;
  /** Runs it once. Work that must not be measured belongs into {@link Bench.cases}. */
  run(): Promise<void> | void;
  /** The ratio to the baseline's median that is still fine; none is judged without it. */
  readonly limit?: number;
}

/** What a benchmark hands to the harness. */
export interface Prepared {
  /** What the ratios are of; measured in the same run, in turn with the others. */
  readonly baseline: Case;
  readonly cases: readonly Case[];
  /** Facts of the run that a reader may want, such as a resident size in bytes. */
  facts?(): Readonly<Record<string, number | string>>;
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

/** Times in milliseconds. */
export interface Times {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The times of one case, and how many times the baseline's median its median is. */
export interface CaseResult extends Times {
  readonly name: string;
  readonly ratio: number;
  readonly limit: number | null;
}

/** All that one benchmark has found; the baseline is the first case. */
export interface BenchResult {
  readonly name: string;
  readonly rounds: number;
  readonly cases: readonly CaseResult[];
  readonly facts: Readonly<Record<string, number | string>>;
}

/** Runs one benchmark; `null` when it cannot be measured here. `now` is a steady clock, in ms. */
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
    // In turn, so that a slow moment of the machine falls on all of them; round 0 only warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, one] of cases.entries()) {
        const started = now();
        await one.run();
        if (round > 0) samples[index]?.push(now() - started);
      }
    }
    const all = samples.map(times);
    const base = all[0]?.median ?? 0;
    return {
      name: bench.name,
      rounds,
      cases: cases.map((one, index) => {
        const found = all[index] ?? times([]);
        return {
          name: one.name,
          ...found,
          ratio: base === 0 ? 0 : found.median / base,
          limit: one.limit ?? null,
        };
      }),
      facts: prepared.facts?.() ?? {},
    };
  } finally {
    await prepared.clean?.();
  }
}

/** Least, middle and greatest of some samples. */
export function times(samples: readonly number[]): Times {
  const sorted = samples.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const middle = sorted.length % 2 === 1
    ? sorted[half]
    : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
  return { min: sorted[0] ?? 0, median: middle ?? 0, max: sorted.at(-1) ?? 0 };
}

/** The cases that took more than their limit. */
export function tooSlow(result: BenchResult): readonly CaseResult[] {
  return result.cases.filter((one) => one.limit !== null && one.ratio > one.limit);
}

/** A table of one result for people. */
export function table(result: BenchResult): string {
  const head = ["", "min ms", "median ms", "max ms", "ratio", "limit"];
  const rows = result.cases.map((one) => [
    one.name,
    one.min.toFixed(1),
    one.median.toFixed(1),
    one.max.toFixed(1),
    `${one.ratio.toFixed(2)}x`,
    one.limit === null ? "" : `${one.limit}x${one.ratio > one.limit ? "  TOO SLOW" : ""}`,
  ]);
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0)));
  const text = lines.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  );
  const facts = Object.entries(result.facts).map(([name, value]) => `${name}: ${value}`);
  return [...text, ...facts].join("\n");
}
