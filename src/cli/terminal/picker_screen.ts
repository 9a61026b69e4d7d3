import type { Output } from "./output.ts";
import { cut, displayWidth } from "./table.ts";
import { bold, dim, joined, type Text, text } from "./text.ts";

/** What is drawn. */
export interface Drawing {
  readonly query: string;
  /** Places of the rows that are found. */
  readonly found: readonly number[];
  /** Which of these is marked. */
  readonly at: number;
}

/** Draws the choices for a picker. */
export interface PickerScreen {
  /** How many rows are shown at once. */
  readonly capacity: () => number;
  readonly draw: (drawing: Drawing) => void;
}

const GAP = 2;
const MARK = 2;
/** The least that is left for the last cell before those in the middle go, and the most that one of these takes. */
const LEAST_LAST = 24;
const MOST_MIDDLE = 20;
const SEARCH = "Search: ";

/** Creates the screen of a picker: question, search, rows and a hint, as much of it as the terminal has room for. */
export function pickerScreen(
  { prompt, stderr }: Pick<Output, "prompt" | "stderr">,
  question: string,
  cells: readonly (readonly string[])[],
): PickerScreen {
  const natural = naturalWidths(cells);
  const height = () => Math.max(2, stderr.rows());
  const hasQuestion = () => height() >= 4;
  const hasHint = () => height() >= 3;
  const capacity = () => height() - 1 - Number(hasQuestion()) - Number(hasHint());
  return {
    capacity,
    draw({ query, found, at }) {
      // A line as wide as the terminal would be broken by some of them.
      const width = Math.max(1, stderr.columns() - 1);
      const page = capacity();
      const first = Math.max(0, Math.min(at - Math.floor(page / 2), found.length - page));
      const widths = cellWidths(natural, width - MARK);
      const count = `  ${found.length} of ${cells.length}`;
      const shown = endOf(query, width - SEARCH.length);
      const left = width - SEARCH.length - displayWidth(shown);
      const lines: Text[] = [
        ...(hasQuestion() ? [bold(cut(question, width))] : []),
        text`${cut(SEARCH, width)}${shown}${dim(displayWidth(count) <= left ? count : "")}`,
        ...found.slice(first, first + page).map((row, place) => {
          const words = cut(line(cells[row] ?? [], widths), width - MARK);
          return first + place === at ? bold(text`> ${words}`) : text`  ${words}`;
        }),
        ...(found.length === 0 ? [text`${cut("  Nothing matches", width)}`] : []),
      ];
      const hint = hasHint() ? text`\x1b[${height()};1H${dim(hintWithin(width))}\x1b[K` : "";
      const row = hasQuestion() ? 2 : 1;
      const column = Math.min(SEARCH.length + displayWidth(shown), width) + 1;
      const body = joined(lines.map((one) => text`${one}\x1b[K`), "\r\n");
      prompt(text`\x1b[H${body}\x1b[J${hint}\x1b[${row};${column}H`);
    },
  };
}

const HINTS = [
  "Type to search, arrows to move, Enter to choose, Escape to leave",
  "Enter to choose, Escape to leave",
  "Enter, Escape",
];

function hintWithin(width: number): string {
  return HINTS.find((hint) => hint.length <= width) ?? "";
}

function naturalWidths(cells: readonly (readonly string[])[]): readonly number[] {
  const widths: number[] = [];
  for (const row of cells) {
    for (const [place, cell] of row.entries()) {
      widths[place] = Math.max(widths[place] ?? 0, displayWidth(cell));
    }
  }
  return widths;
}

/** The widths of the cells but the last, which takes what is left; 0 for those that are left out. */
function cellWidths(natural: readonly number[], width: number): readonly number[] {
  const [first = 0, ...others] = natural;
  const middle = others.slice(0, -1).map((one) => Math.min(one, MOST_MIDDLE));
  const name = Math.min(first, Math.max(1, Math.floor(width / 2)));
  const needed = () =>
    middle.reduce((sum, one) => sum + (one === 0 ? 0 : one + GAP), name + GAP + LEAST_LAST);
  for (let place = middle.length - 1; place >= 0 && needed() > width; place--) middle[place] = 0;
  return [name, ...middle];
}

function line(row: readonly string[], widths: readonly number[]): string {
  return row.flatMap((cell, place) => {
    const width = widths[place];
    if (width === undefined) return [cell];
    if (width === 0) return [];
    const words = cut(cell, width);
    return [words + " ".repeat(Math.max(0, width - displayWidth(words)))];
  }).join(" ".repeat(GAP)).trimEnd();
}

/** The end of a text, as much as fits: what is typed is seen. */
function endOf(words: string, width: number): string {
  const seen = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(words)]
    .map(({ segment }) => segment);
  while (seen.length > 0 && displayWidth(seen.join("")) > width) seen.shift();
  return seen.join("");
}
