import { type Inline, inlineOf } from "./markdown_inline.ts";
import { beginsTable, type TableBlock, tableOf } from "./markdown_table.ts";
import { visible } from "./visible.ts";

/** A part of a text in Markdown. Blocks hold data only: the page makes elements of them, never markup. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: readonly Inline[] }
  | { readonly kind: "paragraph"; readonly text: readonly Inline[] }
  | { readonly kind: "code"; readonly code: string }
  | { readonly kind: "quote"; readonly blocks: readonly Block[] }
  | { readonly kind: "rule" }
  | TableBlock
  | {
    readonly kind: "list";
    /** The number of its first item; `null` for a list without numbers. */
    readonly start: number | null;
    readonly items: readonly ListItem[];
  };

/** An item of a list. */
export interface ListItem {
  /** Whether the task is done; `null` for an item that is no task. */
  readonly checked: boolean | null;
  readonly blocks: readonly Block[];
}

/** A text as blocks. */
export interface MarkdownView {
  readonly blocks: readonly Block[];
  /** The text was too long to be shown whole. */
  readonly cut: boolean;
}

const MOST_CHARACTERS = 40_000;
const MOST_LINES = 2_000;
const DEEPEST = 5;

/**
 * Reads a small part of Markdown: headings, paragraphs, lists, tasks, tables, code, quotes, rules and what stands in a
 * line.
 * What it does not know, HTML above all, stays text. Bounded in length and depth.
 */
export function markdownView(text: string): MarkdownView {
  const start = text.slice(0, MOST_CHARACTERS);
  const lines = start.trimEnd().split(/\r\n?|\n/);
  const shown = lines.slice(0, MOST_LINES).map((line) => visible(line.replaceAll("\t", "    ")));
  const cut = text.trimEnd().length > start.trimEnd().length || lines.length > MOST_LINES;
  return { blocks: withoutSkips(blocksOf(shown, 0)), cut };
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6}) +(.*)$/;
const RULE = /^ {0,3}(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)/;
const TASK = /^\[([ xX])\] /;

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const end = line.trim() === "" ? at + 1 : blockEnd(lines, at, depth);
    if (line.trim() !== "") blocks.push(blockOf(lines.slice(at, end), depth));
    at = end;
  }
  return blocks;
}

/** Where the block that begins at a line ends. */
function blockEnd(lines: readonly string[], start: number, depth: number): number {
  const first = lines[start] ?? "";
  const until = (ends: (line: string, at: number) => boolean) => {
    let at = start + 1;
    while (at < lines.length && !ends(lines[at] ?? "", at)) at++;
    return at;
  };
  const fence = FENCE.exec(first)?.[1];
  if (fence !== undefined) {
    return Math.min(lines.length, until((line) => closes(line, fence)) + 1);
  }
  if (HEADING.test(first) || RULE.test(first)) return start + 1;
  if (depth < DEEPEST && QUOTE.test(first)) return until((line) => !QUOTE.test(line));
  if (depth < DEEPEST && ITEM.test(first)) {
    const isOrdered = /\d/.test(ITEM.exec(first)?.[2] ?? "");
    return until((line, at) => {
      if (line.trim() === "") return !belongsToList(lines[at + 1] ?? "", isOrdered);
      return !belongsToList(line, isOrdered) && beginsBlock(line);
    });
  }
  if (beginsTable(first, lines[start + 1] ?? "")) {
    return until((line, at) => at > start + 1 && (line.trim() === "" || beginsBlock(line)));
  }
  return until((line, at) =>
    line.trim() === "" || beginsBlock(line) || beginsTable(line, lines[at + 1] ?? "")
  );
}

function closes(line: string, fence: string): boolean {
  const found = /^ {0,3}(`{3,}|~{3,}) *$/.exec(line)?.[1];
  return found !== undefined && found[0] === fence[0] && found.length >= fence.length;
}

function beginsBlock(line: string): boolean {
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((pattern) => pattern.test(line));
}

/** An item of the same kind, or what is indented below one. */
function belongsToList(line: string, isOrdered: boolean): boolean {
  if (line.startsWith("  ") && line.trim() !== "") return true;
  const mark = RULE.test(line) ? undefined : ITEM.exec(line)?.[2];
  return mark !== undefined && /\d/.test(mark) === isOrdered;
}

function blockOf(lines: readonly string[], depth: number): Block {
  const first = lines[0] ?? "";
  const fence = FENCE.exec(first)?.[1];
  if (fence !== undefined) {
    const isClosed = lines.length > 1 && closes(lines.at(-1) ?? "", fence);
    return { kind: "code", code: lines.slice(1, isClosed ? -1 : undefined).join("\n") };
  }
  const [, marks = "", title = ""] = HEADING.exec(first) ?? [];
  if (marks !== "") {
    return { kind: "heading", level: marks.length, text: inlineOf(withoutClosingMarks(title)) };
  }
  if (RULE.test(first)) return { kind: "rule" };
  if (depth < DEEPEST && QUOTE.test(first)) {
    const inside = lines.map((line) => line.replace(QUOTE, ""));
    return { kind: "quote", blocks: blocksOf(inside, depth + 1) };
  }
  if (depth < DEEPEST && ITEM.test(first)) return listOf(lines, depth);
  if (beginsTable(first, lines[1] ?? "")) return tableOf(lines);
  return { kind: "paragraph", text: inlineOf(lines.map((line) => line.trim()).join("\n")) };
}

/** A title without the marks that may stand behind it, too. */
function withoutClosingMarks(title: string): string {
  const text = title.trim();
  let end = text.length;
  while (text[end - 1] === "#") end--;
  return end === 0 || text[end - 1] === " " ? text.slice(0, end).trimEnd() : text;
}

function listOf(lines: readonly string[], depth: number): Block {
  const items: string[][] = [];
  const first = ITEM.exec(lines[0] ?? "")?.[2] ?? "";
  let indent = 0;
  for (const line of lines) {
    const [mark, blanks = "", sign = ""] = ITEM.exec(line) ?? [];
    const isAlike = /\d/.test(sign) === /\d/.test(first) && blanks.length < indent;
    if (mark !== undefined && (items.length === 0 || isAlike)) {
      indent = Math.max(2, mark.trimEnd().length + 1);
      items.push([line.slice(mark.length)]);
    } else {
      const inside = /^ */.exec(line)?.[0].length ?? 0;
      items.at(-1)?.push(line.slice(Math.min(indent, inside)));
    }
  }
  return {
    kind: "list",
    start: /\d/.test(first) ? Number.parseInt(first, 10) : null,
    items: items.map((own) => itemOf(own, depth)),
  };
}

function itemOf([first = "", ...rest]: readonly string[], depth: number): ListItem {
  const mark = TASK.exec(first)?.[1];
  const lines = mark === undefined ? [first, ...rest] : [first.replace(TASK, ""), ...rest];
  return {
    checked: mark === undefined ? null : mark !== " ",
    blocks: blocksOf(lines, depth + 1),
  };
}

/** The headings as an outline: the first is of level 1, and none is more than one below the heading before. */
function withoutSkips(blocks: readonly Block[]): Block[] {
  let last = 0;
  return blocks.map((block) => {
    if (block.kind !== "heading") return inner(block);
    last = Math.min(block.level, last + 1);
    return { ...block, level: last };
  });
}

/** A heading in a list or a quote is no part of the outline: it is a paragraph in bold. */
function inner(block: Block): Block {
  if (block.kind === "quote") return { ...block, blocks: block.blocks.map(flat) };
  if (block.kind !== "list") return block;
  const items = block.items.map((item) => ({ ...item, blocks: item.blocks.map(flat) }));
  return { ...block, items };
}

function flat(block: Block): Block {
  if (block.kind !== "heading") return inner(block);
  return { kind: "paragraph", text: [{ kind: "strong", parts: block.text }] };
}
