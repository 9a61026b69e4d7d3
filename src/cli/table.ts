import Table from "cli-table3";
import { harmless } from "./harmless.ts";
import type { Output } from "./output.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Columns with the highest number give way first when the terminal is narrow; 0 never does. */
  readonly yields?: number;
}

const NARROWEST = 6;
const GAP = 2;

/**
 * Writes a table to standard output: aligned, without borders, cut with `…` to the width of a
 * terminal; into a pipe nothing is cut. Every cell is made harmless.
 */
export function writeTable(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  const cells = rows.map((row) => row.map((cell) => harmless(cell)));
  const widths = fit(columns, naturalWidths(columns, cells), output.width);
  const table = new Table({
    chars: NO_BORDERS,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    colWidths: widths.map((width, i) => (i === widths.length - 1 ? width : width + GAP)),
  });
  const shown = cells.map((row) => row.map((cell, i) => cut(cell, widths[i] ?? 0)));
  const titles = columns.map(({ title }, i) => output.style.dim(cut(title, widths[i] ?? 0)));
  table.push(titles, ...shown);
  for (const line of table.toString().split("\n")) output.line(` ${line.trimEnd()}`);
}

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};

function naturalWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): number[] {
  return columns.map((column, i) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[i] ?? "")))
  );
}

function fit(columns: readonly Column[], natural: number[], available: number | null): number[] {
  const widths = [...natural];
  if (available === null) return widths;
  const room = available - 1 - GAP * (columns.length - 1);
  const byYield = columns.map((column, index) => ({ index, yields: column.yields ?? 0 }))
    .filter(({ yields }) => yields > 0)
    .sort((a, b) => b.yields - a.yields);
  for (const { index } of byYield) {
    const excess = widths.reduce((sum, width) => sum + width, 0) - room;
    if (excess <= 0) break;
    const width = widths[index] ?? 0;
    widths[index] = Math.max(Math.min(width, NARROWEST), width - excess);
  }
  return widths;
}

// East Asian wide and fullwidth characters and emoji take two columns.
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}]/u;

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.normalize("NFC")) {
    if (/\p{Mark}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The text in at most `width` columns, cut with `…`. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let shown = "";
  for (const character of text) {
    if (displayWidth(shown + character) > width - 1) break;
    shown += character;
  }
  return `${shown}…`;
}
