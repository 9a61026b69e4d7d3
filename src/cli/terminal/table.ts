import { sanitize } from "./sanitize.ts";
import type { Output } from "./output.ts";
import { dim, type Fragment, joined, type Text, text } from "./text.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Columns with the highest number give way first when the terminal is narrow; 0 never does. */
  readonly yields?: number;
  /** How narrow it may become by yielding; the last columns go before it does. 6 unless given. */
  readonly least?: number;
  /** Columns with the highest number are left out first where even the narrowest do not fit; 0 never is. */
  readonly leaves?: number;
  /** Colours what the row with this number has in the column. */
  readonly paint?: (cell: string, row: number) => Fragment;
}

const NARROWEST = 6;
const GAP = 2;

/** Writes a table to standard output; see {@link tableLines}. */
export function writeTable(
  output: Pick<Output, "result" | "width">,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  for (const line of tableLines(columns, rows, output.width)) output.result(line);
}

/**
 * Returns the lines of a table: aligned, without borders, cut with `…` to the width of a terminal; for a pipe
 * (`null`) nothing is cut. Each cell is sanitized.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly Text[] {
  const cells = sanitized(rows);
  const natural = naturalWidths([columns.map(({ title }) => title), ...cells]);
  const shown = placesThatFit(columns, natural, width);
  const of = <T>(row: readonly T[]) => shown.flatMap((place) => row[place] ?? []);
  const left = of(columns);
  const widths = fit(left, of(natural), width);
  const isTooWide = width !== null && widths.reduce((sum, one) => sum + one + GAP, -1) > width;
  const filled = (row: readonly string[]) =>
    padded(of(row).map((cell, i) => cut(cell, widths[i] ?? 0)), widths);
  const line = (row: readonly string[], paint: (cell: string, place: number) => Fragment) => {
    const words = filled(row);
    // Where even the narrowest columns do not fit, the last ones are cut off, with a `…`.
    if (isTooWide) return text` ${cut(words.join(" ".repeat(GAP)).trimEnd(), width - 1)}`;
    const last = words.findLastIndex((cell) => cell.trim() !== "");
    const cells = words.slice(0, last + 1)
      .map((cell, place) => paint(place === last ? cell.trimEnd() : cell, place));
    return text` ${joined(cells, " ".repeat(GAP))}`;
  };
  return [
    dim(line(columns.map(({ title }) => title), (cell) => cell)),
    ...cells.map((row, number) =>
      line(row, (cell, place) => left[place]?.paint?.(cell, number) ?? cell)
    ),
  ];
}

/** Returns rows as aligned lines without titles, sanitized. */
export function alignedRows(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = sanitized(rows);
  const widths = naturalWidths(cells);
  return cells.map((row) => padded(row, widths).join(" ".repeat(GAP)));
}

function sanitized(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.map(sanitize));
}

function padded(row: readonly string[], widths: readonly number[]): readonly string[] {
  return row.map((cell, i) =>
    cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - displayWidth(cell)))
  );
}

function naturalWidths(rows: readonly (readonly string[])[]): number[] {
  const [first = []] = rows;
  return first.map((_, i) => Math.max(...rows.map((row) => displayWidth(row[i] ?? ""))));
}

/** The places of the columns that fit at their narrowest; those of least use are left out. */
function placesThatFit(
  columns: readonly Column[],
  natural: readonly number[],
  available: number | null,
): number[] {
  const places = columns.map((_, place) => place);
  if (available === null) return places;
  const narrowest = (place: number) => {
    const { yields = 0, least = NARROWEST } = columns[place] ?? { title: "" };
    const width = natural[place] ?? 0;
    return yields > 0 ? Math.min(width, least) : width;
  };
  for (;;) {
    const needed = places.reduce((sum, place) => sum + narrowest(place) + GAP, 1 - GAP);
    const [leaving] = places.filter((place) => (columns[place]?.leaves ?? 0) > 0)
      .toSorted((a, b) => (columns[b]?.leaves ?? 0) - (columns[a]?.leaves ?? 0));
    if (needed <= available || leaving === undefined) return places;
    places.splice(places.indexOf(leaving), 1);
  }
}

function fit(columns: readonly Column[], natural: number[], available: number | null): number[] {
  const widths = [...natural];
  if (available === null) return widths;
  const room = available - 1 - GAP * (columns.length - 1);
  const byYield = columns
    .map(({ yields = 0, least = NARROWEST }, index) => ({ index, yields, least }))
    .filter(({ yields }) => yields > 0)
    .sort((a, b) => b.yields - a.yields);
  for (const { index, least } of byYield) {
    const excess = widths.reduce((sum, width) => sum + width, 0) - room;
    if (excess <= 0) break;
    const width = widths[index] ?? 0;
    widths[index] = Math.max(Math.min(width, least), width - excess);
  }
  return widths;
}

// East Asian wide and fullwidth characters; emoji are told by their own property.
const WIDE =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{17000}-\u{18CFF}\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]/u;
// Drawn as a picture: by itself, when asked for by the selector, or as two letters of a flag.
const PICTURE = /^(?:\p{Emoji_Presentation}|\p{Emoji}\uFE0F|\p{Regional_Indicator}{2})/u;
const UNSEEN = /^[\p{Mark}\p{Cf}\p{Cc}]+$/u;
const PLAIN = /^[\x20-\x7E]*$/;

/** Returns how many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += graphemeWidth(segment);
  return width;
}

/** Cuts a text with `…` to at most `width` columns. */
export function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let shown = "";
  let taken = 0;
  for (const { segment } of graphemes(text)) {
    taken += graphemeWidth(segment);
    if (taken > width - 1) break;
    shown += segment;
  }
  return `${shown}…`;
}

/** The characters of a text as people see them. */
export function graphemes(text: string): Iterable<{ readonly segment: string }> {
  return new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text);
}

function graphemeWidth(grapheme: string): number {
  if (UNSEEN.test(grapheme)) return 0;
  return WIDE.test(grapheme) || PICTURE.test(grapheme) ? 2 : 1;
}
