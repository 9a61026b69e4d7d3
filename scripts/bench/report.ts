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

/** What to commit of some results: `before`, with what was measured now in its place. */
export function ratiosOf(results: readonly BenchResult[], before: Ratios = {}): Ratios {
  const measured = results.map(({ name, cases }) => [
    name,
    Object.fromEntries(
      cases.filter(({ name, of }) => name !== of)
        .map((one) => [one.name, Number(one.ratio.median.toFixed(2))]),
    ),
  ]);
  const all: Ratios = { ...before, ...Object.fromEntries(measured) };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1));
}

/** A line for each case whose ratio is notably another than the committed one. */
export function changes(result: BenchResult, committed: Ratios): string[] {
  return result.cases.flatMap(({ name, ratio }) => {
    const before = committed[result.name]?.[name];
    if (before === undefined || before === 0) return [];
    const percent = 100 * (ratio.median / before - 1);
    if (Math.abs(percent) < NOTABLE_PERCENT) return [];
    const word = percent > 0 ? "slower" : "faster";
    return [`${name}: ${Math.abs(percent).toFixed(0)} % ${word} than the baseline's ${before}x`];
  });
}
