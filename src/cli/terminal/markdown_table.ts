import type { Alignment, TableBlock } from "../../pages/markdown_table.ts";
import { displayWidth } from "./table.ts";
import { bold, dim, joined, type Text, text } from "./text.ts";
import { type Look, widthOf, type Word, wordsOf, wrapped } from "./markdown_words.ts";

const GAP = 2;
const NARROWEST = 8;

/** Returns a table as lines: cells wrap where it is too wide, and become a list where even that does not help. */
export function tableBlockLines(
  { alignments, head, rows }: TableBlock,
  width: number,
  look: Look,
): readonly Text[] {
  const titles = head.map((cell) => wordsOf(cell, { ...look, paint: bold }));
  const cells = rows.map((row) => row.map((cell) => wordsOf(cell, look)));
  const natural = titles.map((title, column) =>
    Math.max(1, ...[title, ...cells.map((row) => row[column] ?? [])].map(widthOf))
  );
  const widths = fitting(natural, width);
  if (widths === null) return listed(titles, cells, width);
  const row = (words: readonly Word[][]) => rowLines(words, { widths, alignments });
  return [
    ...row(titles),
    dim(widths.map((one) => "─".repeat(one)).join(" ".repeat(GAP))),
    ...cells.flatMap(row),
  ];
}

/** The widest columns give way first; `null` where they would become too narrow to be read. */
function fitting(natural: readonly number[], width: number): readonly number[] | null {
  const room = width - GAP * (natural.length - 1);
  const limited = (limit: number) => natural.map((one) => Math.min(one, limit));
  const total = (widths: readonly number[]) => widths.reduce((sum, one) => sum + one, 0);
  let limit = Math.max(...natural);
  while (limit > NARROWEST && total(limited(limit)) > room) limit--;
  const widths = limited(limit);
  return total(widths) > room ? null : widths;
}

function rowLines(
  words: readonly Word[][],
  { widths, alignments }: {
    readonly widths: readonly number[];
    readonly alignments: readonly Alignment[];
  },
): Text[] {
  const columns = words.map((cell, column) => wrapped(cell, widths[column] ?? 0));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const cells = columns.map((lines, column) =>
      aligned(lines[at] ?? text``, widths[column] ?? 0, alignments[column] ?? null)
    );
    const last = columns.findLastIndex((lines) => String(lines[at] ?? "") !== "");
    return joined(
      cells.slice(0, last + 1).map(({ before, line, after }, column) =>
        text`${before}${line}${column === last ? "" : after}`
      ),
      " ".repeat(GAP),
    );
  });
}

function aligned(line: Text, width: number, alignment: Alignment) {
  const rest = Math.max(0, width - displayWidth(String(line)));
  const before = alignment === "right" ? rest : alignment === "center" ? Math.floor(rest / 2) : 0;
  return { before: " ".repeat(before), line, after: " ".repeat(rest - before) };
}

/** A line for each cell, with the title of its column; a blank line between rows. */
function listed(
  titles: readonly Word[][],
  rows: readonly Word[][][],
  width: number,
): readonly Text[] {
  return rows.flatMap((row, number) => {
    const lines = row.flatMap((cell, column) => {
      if (cell.length === 0) return [];
      const title = titles[column] ?? [];
      const colon: Word[] = title.length === 0 ? [] : [{ plain: ":", paint: bold, isApart: false }];
      const [first, ...rest] = cell;
      const spaced = first === undefined ? [] : [{ ...first, isApart: title.length > 0 }, ...rest];
      return wrapped([...title, ...colon, ...spaced], width);
    });
    return number === 0 ? lines : [text``, ...lines];
  });
}
