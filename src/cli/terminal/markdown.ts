import { type Block, type ListItem, markdownView } from "../../pages/markdown.ts";
import { sanitize, sanitizeLines } from "./sanitize.ts";
import { type Look, plainWords, wordsOf, wrapped } from "./markdown_words.ts";
import { tableBlockLines } from "./markdown_table.ts";
import { bold, cyan, dim, type Fragment, type Text, text } from "./text.ts";

/** Where a text in Markdown is shown. */
export interface MarkdownPage {
  /** Columns that a line may take. */
  readonly width: number;
  /** Whether bold and the like are seen; otherwise their marks stay. */
  readonly isStyled: boolean;
}

/** Lines of prose that are longer are hard to read. */
const MEASURE = 100;

/** No text is set narrower: the terminal then breaks its lines. */
const NARROWEST = 10;

/**
 * Returns a text in Markdown as the lines of a terminal. Nothing of it is lost: what is too long to be read as Markdown is
 * shown as it is. No character of it acts on the terminal.
 */
export function markdownLines(body: string, { width, isStyled }: MarkdownPage): readonly Text[] {
  const clean = sanitizeLines(body).trimEnd();
  const { blocks, cut } = markdownView(clean);
  if (cut) return clean.split("\n").map((line) => text`${line}`);
  return spaced(blocks, Math.max(NARROWEST, width), { marks: !isStyled });
}

/** How a line is set that is not to end at the edge of a terminal. */
export interface HangingLine {
  /** Blanks in front of all lines but the first. */
  readonly indent: number;
  readonly width: number;
  /** Columns of what stands in front of the first line; the indent unless given. */
  readonly start?: number;
  readonly paint?: (plain: string) => Fragment;
}

/** Sets a line in lines of a terminal, to be written behind what is in front of the first. */
export function hangingLines(
  line: string,
  { indent, width, start = indent, paint }: HangingLine,
): readonly Text[] {
  const room = Math.max(NARROWEST, width - indent);
  const lines = wrapped(plainWords(sanitize(line), paint), room, Math.max(0, start - indent));
  return lines.map((one, at) => at === 0 ? one : text`${" ".repeat(indent)}${one}`);
}

/** Blocks with a blank line between them. */
function spaced(blocks: readonly Block[], width: number, look: Look): readonly Text[] {
  return blocks.flatMap((block, at) => {
    const lines = blockLines(block, width, look);
    return at === 0 ? lines : [text``, ...lines];
  });
}

function blockLines(block: Block, width: number, look: Look): readonly Text[] {
  const measure = Math.min(width, MEASURE);
  switch (block.kind) {
    case "heading": {
      const marks = "#".repeat(block.level);
      const words = wordsOf(block.text, { ...look, paint: bold });
      return behind(wrapped(words, measure - block.level - 1), bold(`${marks} `), block.level + 1);
    }
    case "paragraph":
      return wrapped(wordsOf(block.text, look), measure);
    case "code":
      return block.code.split("\n").map((line) => text`    ${cyan(line)}`);
    case "quote":
      return spaced(block.blocks, Math.max(NARROWEST, width - 2), look)
        .map((line) => String(line) === "" ? dim("│") : text`${dim("│ ")}${line}`);
    case "rule":
      return [dim("─".repeat(Math.min(width, 40)))];
    case "table":
      return tableBlockLines(block, width, look);
    case "list": {
      const { start, items } = block;
      const last = start === null ? "" : `${start + items.length - 1}. `;
      return items.flatMap((item, at) => {
        const mark = start === null ? "• " : `${start + at}. `.padStart(last.length);
        return itemLines(item, start === null && item.checked !== null ? "" : mark, width, look);
      });
    }
  }
}

function itemLines(
  { checked, blocks }: ListItem,
  mark: string,
  width: number,
  look: Look,
): readonly Text[] {
  const box = checked === null ? "" : checked ? "[x] " : "[ ] ";
  const indent = mark.length + box.length;
  const inner = Math.max(NARROWEST, width - indent);
  const lines = blocks.flatMap((block, at) => {
    const own = blockLines(block, inner, look);
    return at === 0 || block.kind === "list" ? own : [text``, ...own];
  });
  return behind(lines, `${mark}${box}`, indent);
}

/** Lines behind a mark; those below it are as far in. */
function behind(lines: readonly Text[], mark: Fragment, indent: number): readonly Text[] {
  const [first = text``, ...rest] = lines;
  return [
    text`${mark}${first}`,
    ...rest.map((line) => String(line) === "" ? line : text`${" ".repeat(indent)}${line}`),
  ];
}
