import {
  type Block,
  isLanguage,
  type List,
  type Panel,
  type Piece,
  plain,
  type Table,
  type Tasks,
} from "./draft.ts";
import { tidy } from "./tidy.ts";
import { writeInline } from "./write_inline.ts";

/** Returns the Markdown of blocks. Each block that says something is read back as one block. */
export function writeMarkdown(blocks: readonly Block[]): string {
  return writeBlocks(blocks, "\n\n");
}

/** Which mark a list has: two lists that follow each other have different ones, else they would be one. */
type Turn = 0 | 1;

const BULLETS = ["-", "*"] as const;
const DELIMITERS = [".", ")"] as const;

/** The largest number that Markdown takes for one of a list. */
const MAX_NUMBER = 999_999_999;

function writeBlocks(blocks: readonly Block[], gap: "\n" | "\n\n"): string {
  let text = "";
  let turn: Turn = 0;
  let last: string | null = null;
  for (const block of blocks) {
    const sort = sortOf(block);
    turn = sort !== null && sort === last && turn === 0 ? 1 : 0;
    const written = writeBlock(block, turn);
    if (written === "") continue;
    if (text !== "") text += gap === "\n" && mayFollow(written, last) ? "\n" : "\n\n";
    text += written;
    last = sort ?? block.kind;
  }
  return text;
}

function sortOf(block: Block): string | null {
  if (block.kind === "tasks") return "bullets";
  return block.kind === "list" ? block.start === null ? "bullets" : "numbers" : null;
}

/** Whether a list may follow a line of words without an empty line between. */
function mayFollow(written: string, last: string | null): boolean {
  return last === "paragraph" && /^(?:[-*]|1[.)]) \S/.test(written);
}

function writeBlock(block: Block, turn: Turn): string {
  switch (block.kind) {
    case "paragraph":
      return writeInline(block.inline, "paragraph");
    case "heading":
      return `${"#".repeat(block.level)} ${headingWords(block.inline)}`.trimEnd();
    case "code":
      return fenced(block.text, block.language);
    case "quote":
      return prefixed(writeMarkdown(block.blocks), "> ", "> ") || ">";
    case "panel":
      return writePanel(block);
    case "list":
      return writeList(block, turn);
    case "tasks":
      return writeTasks(block, turn);
    case "table":
      return writeTable(block);
    case "rule":
      return "---";
  }
}

function headingWords(inline: readonly Piece[]): string {
  return writeInline(inline, "line").replace(/(^|\s)(#+)$/, "$1\\$2");
}

function fenced(text: string, language: string | null): string {
  const lines = text.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
  let longest = 2;
  for (const run of lines.match(/`{3,}/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  const info = language !== null && isLanguage(language) ? language : "";
  return `${fence}${info}\n${lines}${lines === "" ? "" : "\n"}${fence}`;
}

/** Puts a mark before the first line, and another before all others; empty lines carry no blanks. */
function prefixed(text: string, first: string, others: string): string {
  if (text === "") return "";
  if (!text.includes("\n")) return first + text;
  return text.split("\n").map((line, place) => {
    const prefix = place === 0 ? first : others;
    return line === "" ? prefix.trimEnd() : `${prefix}${line}`;
  }).join("\n");
}

function writePanel({ name, title, blocks }: Panel): string {
  const words = title === "" ? "" : writeInline(tidy([plain(title)]), "line");
  const head = `> [!${name}]${words === "" ? "" : ` ${words}`}`;
  const body = prefixed(writeMarkdown(blocks), "> ", "> ");
  if (body === "") return head;
  const first = firstOf(blocks);
  return first?.kind === "paragraph" ? `${head}\n${body}` : `${head}\n>\n${body}`;
}

/** The first block that says something. */
function firstOf(blocks: readonly Block[]): Block | undefined {
  return blocks.find((block) => !isSilent(block));
}

function writeList({ start, items }: List, turn: Turn): string {
  const first = start !== null && start + items.length <= MAX_NUMBER ? start : 1;
  return items.map((blocks, place) => {
    const mark = start === null ? BULLETS[turn] : `${first + place}${DELIMITERS[turn]}`;
    return writeItem(mark, blocks);
  }).join("\n");
}

function writeItem(mark: string, blocks: readonly Block[]): string {
  const body = writeBlocks(blocks, "\n");
  if (body === "") return mark;
  const indent = " ".repeat(mark.length + 1);
  const first = firstOf(blocks);
  const stands = first?.kind === "paragraph" || first?.kind === "code";
  return stands ? prefixed(body, `${mark} `, indent) : `${mark}\n${prefixed(body, indent, indent)}`;
}

function writeTasks({ entries }: Tasks, turn: Turn): string {
  const mark = BULLETS[turn];
  return entries.map((entry) => {
    if (entry.kind === "tasks") return prefixed(writeTasks(entry, 0), "  ", "  ");
    const words = writeInline(entry.inline, "paragraph");
    const box = `${mark} [${entry.isDone ? "x" : " "}]`;
    return words === "" ? box : prefixed(words, `${box} `, "  ");
  }).join("\n");
}

function writeTable({ hasHead, rows }: Table): string {
  const width = Math.max(1, ...rows.slice(0, 1).map((row) => row.length));
  const lines = rows.map((row) => rowOf(row.map((cell) => writeInline(cell, "cell")), width));
  const rule = rowOf(Array.from({ length: width }, () => "---"), width);
  const head = hasHead ? lines.splice(0, 1) : [rowOf([], width)];
  return [...head, rule, ...lines].join("\n");
}

function rowOf(cells: readonly string[], width: number): string {
  const filled = Array.from({ length: width }, (_, place) => cells[place] ?? "");
  return `|${filled.map((cell) => cell === "" ? "  " : ` ${cell} `).join("|")}|`;
}

/** Whether a block is not seen in Markdown: a paragraph without words. */
export function isSilent(block: Block): boolean {
  return block.kind === "paragraph" && block.inline.length === 0;
}
