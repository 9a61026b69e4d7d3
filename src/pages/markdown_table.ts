import { type Inline, inlineOf } from "./markdown_inline.ts";

/** How the cells of a column are set; `null` where the text does not say. */
export type Alignment = "left" | "center" | "right" | null;

/** A table: every row has a cell for each column. */
export interface TableBlock {
  readonly kind: "table";
  readonly alignments: readonly Alignment[];
  readonly head: readonly (readonly Inline[])[];
  readonly rows: readonly (readonly (readonly Inline[])[])[];
}

const MOST_COLUMNS = 30;
const DASHES = /^ *(:?)-+(:?) *$/;

/** Whether a table begins here: a line of titles above a line of as many dashes. */
export function beginsTable(first: string, second: string): boolean {
  if (!first.includes("|") || !/^[ |:-]+$/.test(second) || !second.includes("-")) return false;
  const dashes = cellsOf(second);
  const isLine = second.includes("|") && dashes.every((cell) => DASHES.test(cell));
  return isLine && dashes.length <= MOST_COLUMNS && cellsOf(first).length === dashes.length;
}

/** Reads the lines of a table that begins as {@link beginsTable} says; cells too many are dropped, as elsewhere. */
export function tableOf([titles = "", dashes = "", ...lines]: readonly string[]): TableBlock {
  const alignments = cellsOf(dashes).map(alignmentOf);
  const row = (line: string) => {
    const cells = cellsOf(line);
    return alignments.map((_, at) => inlineOf((cells[at] ?? "").trim()));
  };
  return { kind: "table", alignments, head: row(titles), rows: lines.map(row) };
}

function alignmentOf(dashes: string): Alignment {
  const [, left = "", right = ""] = DASHES.exec(dashes) ?? [];
  if (left !== "" && right !== "") return "center";
  return left !== "" ? "left" : right !== "" ? "right" : null;
}

/** The cells of a line. A bar behind a backslash is part of its cell, in code as well. */
function cellsOf(line: string): string[] {
  const cells = [""];
  for (const [part] of line.trim().matchAll(/\\\||[^|\\]+|[^]/g)) {
    if (part === "|") cells.push("");
    else cells.push((cells.pop() ?? "") + (part === "\\|" ? "|" : part));
  }
  if (cells[0]?.trim() === "" && cells.length > 1) cells.shift();
  if (cells.at(-1)?.trim() === "" && cells.length > 1) cells.pop();
  return cells;
}
