import { type BenchResult, type CaseResult, type Figure, tooSlow } from "./bench.ts";

/** Median ratios by benchmark and case: what is committed, since times hold on one machine only. */
export type Ratios = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A ratio that differs from the committed one by less, in percent, is taken for the same. */
export const NOTABLE_PERCENT = 20;

/** A table of one result for people. */
export function table(result: BenchResult): string {
  const slow = tooSlow(result);
  const lines = [
    ["", "median ms", "ratio min", "median", "max", "limit", ""],
    ...result.cases.map((one) => caseRow(one, result, slow)),
    ...result.figures.map((figure) => figureRow(figure, slow)),
  ];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((row) => row[column]?.length ?? 0))) ?? [];
  return lines.map((row) =>
    row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 || column === row.length - 1 ? cell.padEnd(width) : cell.padStart(width);
    }).join("  ").trimEnd()
  ).join("\n");
}

function caseRow(one: CaseResult, result: BenchResult, slow: readonly string[]): string[] {
  const { name, of, times, ratio, limit } = one;
  const first = result.cases[0]?.name;
  const remarks = [
    of === first ? "" : `of: ${of}`,
    slow.includes(name) ? "TOO SLOW" : "",
  ];
  return [
    name,
    times.median.toFixed(1),
    `${ratio.min.toFixed(2)}x`,
    `${ratio.median.toFixed(2)}x`,
    `${ratio.max.toFixed(2)}x`,
    limit === null ? "" : `${limit}x`,
    remarks.filter((text) => text !== "").join("  "),
  ];
}

function figureRow(figure: Figure, slow: readonly string[]): string[] {
  const { name, value, unit, limit } = figure;
  return [
    name,
    "",
    "",
    `${rounded(value)} ${unit}`,
    "",
    limit === undefined ? "" : `${limit} ${unit}`,
    slow.includes(name) ? "TOO MUCH" : "",
  ];
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

/**
 * What to commit of some results: `before`, with what was measured now in its place, and without benchmarks that are not
 * among the `names` of those there are.
 */
export function ratiosOf(
  results: readonly BenchResult[],
  before: Ratios,
  names: readonly string[],
): Ratios {
  const measured = results.map(({ name, cases }) => [
    name,
    Object.fromEntries(
      cases.filter(({ name, of }) => name !== of)
        .map((one) => [one.name, Number(one.ratio.median.toFixed(2))]),
    ),
  ]);
  const all: Ratios = { ...before, ...Object.fromEntries(measured) };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => names.includes(name))
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

/** A line for each committed benchmark that is not among the `names` of those there are. */
export function unknown(committed: Ratios, names: readonly string[]): string[] {
  return Object.keys(committed).filter((name) => !names.includes(name))
    .map((name) => `${name}: in the baseline, and there is no such benchmark`);
}

/**
 * A line for each case whose ratio is notably another than the committed one, and for each that only one of the two has:
 * a case may need a program that this machine does not have.
 */
export function changes(result: BenchResult, committed: Ratios): string[] {
  const before = committed[result.name];
  if (before === undefined) return [`${result.name}: not in the baseline`];
  const measured = result.cases.filter(({ name, of }) => name !== of);
  const gone = Object.keys(before).filter((name) => !measured.some((one) => one.name === name));
  return [
    ...measured.flatMap(({ name, ratio }) => changeOf(name, ratio.median, before[name])),
    ...gone.map((name) => `${name}: in the baseline, not measured`),
  ];
}

function changeOf(name: string, now: number, before: number | undefined): string[] {
  if (before === undefined) return [`${name}: not in the baseline`];
  if (before === 0) return [];
  const percent = 100 * (now / before - 1);
  if (Math.abs(percent) < NOTABLE_PERCENT) return [];
  const word = percent > 0 ? "slower" : "faster";
  return [`${name}: ${Math.abs(percent).toFixed(0)} % ${word} than the baseline's ${before}x`];
}
