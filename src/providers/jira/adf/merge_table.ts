import { likeness } from "../markdown/align.ts";
import { keyOf, type Piece, type Table } from "../markdown/draft.ts";
import { tidy } from "../markdown/tidy.ts";
import { buildBlock, filled, tableCell, tableRow } from "./build.ts";
import { type AdfNode, contentOf } from "./document.ts";
import { gridOf } from "./grid.ts";
import { mergeRow, type Merging } from "./merge_row.ts";
import { mergeInline } from "./merge_inline.ts";
import { hiddenIn } from "./words.ts";

/** A table that was edited. */
interface Edited {
  readonly node: AdfNode;
  readonly draft: Table;
  readonly block: Table;
  readonly parent: string;
  readonly merging: Merging;
}

type Line = readonly Piece[];

/** Returns a table after an edit: cells that were not edited are what they were. */
export function mergeTable(edited: Edited): readonly AdfNode[] {
  const { node, draft, block, merging } = edited;
  const grid = gridOf(node);
  if (grid === null) return [];
  if (block.rows.length === 0) return [];
  if (!grid.isRegular) return spanned(edited, grid.cells);
  const rows = contentOf(node);
  const old = draft.rows.map((cells, place) => ({ cells, row: rows[place], place }));
  const placed = mergeRow({
    old,
    fresh: block.rows.map((cells, place) => ({ cells, isHead: block.hasHead && place === 0 })),
    oldKey: ({ cells, place }) => `${draft.hasHead && place === 0} ${keyOf(cells)}`,
    newKey: ({ cells, isHead }) => `${isHead} ${keyOf(cells)}`,
    alike: ({ cells, place }, fresh) =>
      (draft.hasHead && place === 0) === fresh.isHead
        ? likeness(keyOf(cells), keyOf(fresh.cells))
        : 0,
    keep: ({ row }) => row === undefined ? [] : [row],
    merge: ({ row, cells }, fresh) =>
      row === undefined ? [] : [mergeCells(row, cells, fresh.cells, fresh.isHead, merging)],
    build: ({ cells, isHead }) => [tableRow(cells, isHead, merging.building)],
    gone: (gone) => {
      for (const { row } of gone) {
        for (const one of row === undefined ? [] : hiddenIn(row)) merging.building.lost.add(one);
      }
    },
  });
  const content = placed.flatMap(({ nodes }) => nodes);
  return [{ ...node, content: bodied(content, block) }];
}

/** A first row with words that is no head has no cells of a head alone. */
function bodied(rows: readonly AdfNode[], block: Table): readonly AdfNode[] {
  const [first, ...others] = rows;
  const isSeen = block.rows[0]?.some((cell) => cell.length > 0) ?? false;
  if (first === undefined || block.hasHead || !isSeen) return rows;
  const cells = contentOf(first);
  if (!cells.every(({ type }) => type === "tableHeader")) return rows;
  return [{ ...first, content: cells.map((cell) => ({ ...cell, type: "tableCell" })) }, ...others];
}

function mergeCells(
  row: AdfNode,
  old: readonly Line[],
  fresh: readonly Line[],
  isHead: boolean,
  merging: Merging,
): AdfNode {
  const cells = contentOf(row).map((cell, place) => ({ cell, line: old[place] ?? [] }));
  if (old.length === fresh.length) {
    const content = cells.map(({ cell, line }, place) =>
      mergeCell(cell, line, fresh[place] ?? [], merging)
    );
    return { ...row, content };
  }
  const placed = mergeRow({
    old: cells,
    fresh,
    oldKey: ({ line }) => keyOf(line),
    newKey: keyOf,
    alike: ({ line }, other) => likeness(keyOf(line), keyOf(other)),
    keep: ({ cell }) => [cell],
    merge: ({ cell, line }, other) => [mergeCell(cell, line, other, merging)],
    build: (line) => [tableCell(line, isHead, merging.building)],
    gone: (gone) => {
      for (const { cell } of gone) for (const one of hiddenIn(cell)) merging.building.lost.add(one);
    },
  });
  return { ...row, content: placed.flatMap(({ nodes }) => nodes) };
}

/** A table with joined cells keeps its places: only the words of its cells can be edited. */
function spanned(
  { node, draft, block, merging }: Edited,
  grid: readonly (readonly (AdfNode | null)[])[],
): readonly AdfNode[] {
  const { building } = merging;
  const isSame = block.rows.length === draft.rows.length && block.hasHead === draft.hasHead &&
    block.rows.every((row, y) => row.length === draft.rows[y]?.length);
  if (!isSame) return building.refuse();
  const cells = new Map<AdfNode, AdfNode>();
  for (const [y, row] of block.rows.entries()) {
    for (const [x, line] of row.entries()) {
      const [cell, was] = [grid[y]?.[x] ?? null, draft.rows[y]?.[x] ?? []];
      if (cell !== null) cells.set(cell, mergeCell(cell, was, line, merging));
      else if (line.length > 0) return building.refuse();
    }
  }
  const content = contentOf(node).map((row) => ({
    ...row,
    content: contentOf(row).map((cell) => cells.get(cell) ?? cell),
  }));
  return [{ ...node, content }];
}

function mergeCell(cell: AdfNode, was: Line, is: Line, merging: Merging): AdfNode {
  if (keyOf(was) === keyOf(is)) return cell;
  const { building, drafts } = merging;
  const blocks = contentOf(cell);
  const [first, ...others] = blocks;
  if (first === undefined) return { ...cell, content: contentOf(tableCell(is, false, building)) };
  if (others.length === 0 && first.type === "paragraph") {
    return {
      ...cell,
      content: [{ ...first, content: mergeInline(drafts.line(first), is, building) }],
    };
  }
  const old = blocks.map((block) => ({ block, line: tidy(drafts.cellLine(block)) }));
  const placed = mergeRow({
    old,
    fresh: grouped(linesOf(is), old.map(({ line }) => line)),
    oldKey: ({ line }) => keyOf(line),
    newKey: keyOf,
    alike: ({ block, line }, other) =>
      block.type === "paragraph" ? likeness(keyOf(line), keyOf(other)) : 0,
    keep: ({ block }) => [block],
    merge: ({ block }, line) => [
      { ...block, content: mergeInline(drafts.line(block), line, building) },
    ],
    build: (line) => buildBlock({ kind: "paragraph", inline: line }, "tableCell", building),
    gone: (gone) => {
      for (const { block } of gone) {
        if (block.type === "paragraph") continue;
        building.lost.add("lists, headings and the like in a cell of a table become lines");
      }
    },
  });
  return { ...cell, content: filled(placed.flatMap(({ nodes }) => nodes)) };
}

/** Splits a cell at the ends of its lines. */
function linesOf(cell: Line): readonly Line[] {
  const lines: Piece[][] = [[]];
  for (const piece of cell) {
    if (piece.kind === "break") lines.push([]);
    else lines.at(-1)?.push(piece);
  }
  return lines.map((line) => tidy(line));
}

/** Joins lines again that were one block of several lines. */
function grouped(lines: readonly Line[], old: readonly Line[]): readonly Line[] {
  const waiting = new Map<string, (readonly string[])[]>();
  for (const line of old) {
    const [first = "", ...others] = linesOf(line).map(keyOf);
    if (others.length > 0) waiting.set(first, [...waiting.get(first) ?? [], others]);
  }
  const keys = lines.map(keyOf);
  const found: Line[] = [];
  for (let at = 0; at < lines.length; at++) {
    const next = waiting.get(keys[at] ?? "");
    const others = next?.[0];
    const isWhole = others?.every((key, place) => key === keys[at + 1 + place]) ?? false;
    const length = isWhole ? others?.length ?? 0 : 0;
    if (isWhole) next?.shift();
    const group = lines.slice(at, at + 1 + length);
    found.push(group.flatMap((line, place) => place === 0 ? line : [{ kind: "break" }, ...line]));
    at += length;
  }
  return found;
}
