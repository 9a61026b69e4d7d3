import { type AdfNode, attrsOf, contentOf } from "./document.ts";

/** A table by its places. */
export interface Grid {
  /** The cell that begins at a place; `null` where another one covers it, or the row is too short. */
  readonly cells: readonly (readonly (AdfNode | null)[])[];
  /** Whether each place has its own cell, and none reaches further, even below the last row. */
  readonly isRegular: boolean;
}

/** Places of a table that are looked at; a larger one stands as a link. */
const MAX_PLACES = 20_000;

/** Returns the places of a table; `null` for one without cells, with something else in it, or too large. */
export function gridOf(table: AdfNode): Grid | null {
  const rows = contentOf(table);
  if (rows.some(({ type }) => type !== "tableRow")) return null;
  const cells: (AdfNode | null)[][] = rows.map(() => []);
  const taken = new Set<string>();
  let places = 0;
  let width = 0;
  let isJoined = false;
  for (const [y, row] of rows.entries()) {
    let x = 0;
    for (const cell of contentOf(row)) {
      if (cell.type !== "tableCell" && cell.type !== "tableHeader") return null;
      while (taken.has(`${x} ${y}`)) x++;
      const [wide, high] = [
        spanOf(cell, "colspan"),
        Math.min(spanOf(cell, "rowspan"), rows.length - y),
      ];
      isJoined ||= wide > 1 || spanOf(cell, "rowspan") > 1;
      places += wide * high;
      if (places > MAX_PLACES) return null;
      for (let place = 0; place < wide * high; place++) {
        taken.add(`${x + place % wide} ${y + Math.floor(place / wide)}`);
      }
      const line = cells[y] ?? [];
      while (line.length < x) line.push(null);
      line.push(cell);
      x += wide;
      width = Math.max(width, x);
    }
  }
  if (width === 0 || width * rows.length > MAX_PLACES) return null;
  for (const line of cells) while (line.length < width) line.push(null);
  const isFull = cells.every((line) => line.every((cell) => cell !== null));
  return { cells, isRegular: isFull && !isJoined };
}

function spanOf(cell: AdfNode, name: string): number {
  const span = attrsOf(cell)[name];
  return typeof span === "number" && Number.isSafeInteger(span) && span > 1 ? span : 1;
}
