import { type Block, isLanguage, type List, type Piece, plain } from "../markdown/draft.ts";
import { isSilent } from "../markdown/write.ts";
import { tidy } from "../markdown/tidy.ts";
import { readWikiInline } from "./read_inline.ts";

/** A stretch of wiki markup, and what it says. */
export interface WikiBlock {
  /** The text, without the ends of its last line. */
  readonly source: string;
  /** Empty lines and the like before it. */
  readonly gap: string;
  readonly draft: Block;
}

/** Wiki markup by its blocks. */
export interface WikiText {
  readonly blocks: readonly WikiBlock[];
  /** What follows the last block. */
  readonly rest: string;
  /** Macros that Markdown does not know: they stand in it as words. */
  readonly macros: ReadonlySet<string>;
}

/** Macros around blocks, and their names as panels. */
export const PANEL_MACROS: Readonly<Record<string, string>> = {
  info: "NOTE",
  note: "IMPORTANT",
  tip: "TIP",
  warning: "WARNING",
  panel: "CUSTOM",
};

/** Signs of lists that are looked at; a longer row of them is words. */
const MARKER = /^[ \t]*([*#-]{1,30})[ \t]+(?=\S)/;
const OPENING = /^[ \t]*\{(code|noformat|quote|panel|info|note|tip|warning)(:[^{}\r\n]*)?\}/;
const RULE = /^[ \t]*-{4,5}[ \t]*$/;
const HEADING = /^[ \t]*h([1-6])\.[ \t]+/i;
const QUOTED = /^[ \t]*bq\.[ \t]+/i;

/** Reads wiki markup. */
export function readWiki(text: string): WikiText {
  const macros = new Set<string>();
  const { blocks, rest } = new Reading(text, macros).read();
  return { blocks, rest, macros };
}

/** A line with the place where it begins and, with its end, where the next one does. */
interface Line {
  readonly text: string;
  readonly start: number;
  readonly next: number;
}

class Reading {
  readonly #text: string;
  readonly #macros: Set<string>;
  readonly #lines: readonly Line[];
  #at = 0;

  constructor(text: string, macros: Set<string>) {
    this.#text = text;
    this.#macros = macros;
    this.#lines = linesOf(text);
  }

  read(): { readonly blocks: readonly WikiBlock[]; readonly rest: string } {
    const blocks: WikiBlock[] = [];
    let end = 0;
    for (;;) {
      while (this.#line()?.text.trim() === "") this.#at++;
      const first = this.#line();
      if (first === undefined) return { blocks, rest: this.#text.slice(end) };
      const draft = this.#block(first.text);
      const last = this.#lines[this.#at - 1] ?? first;
      const stop = last.start + last.text.length;
      if (isSilent(draft)) continue;
      blocks.push({
        source: this.#text.slice(first.start, stop),
        gap: this.#text.slice(end, first.start),
        draft,
      });
      end = stop;
    }
  }

  #line(): Line | undefined {
    return this.#lines[this.#at];
  }

  #inline(source: string): readonly Piece[] {
    return readWikiInline(source, this.#macros);
  }

  /** Reads a block; at least its first line. */
  #block(first: string): Block {
    const opening = OPENING.exec(first);
    if (opening !== null) {
      const [head, name = "", given = ""] = opening;
      const inner = this.#until(name, head);
      if (inner !== null) return this.#around(name, given.slice(1), inner);
    }
    if (MARKER.test(first) && !RULE.test(first)) return this.#list();
    if (/^[ \t]*\|/.test(first)) return this.#table();
    this.#at++;
    if (RULE.test(first)) return { kind: "rule" };
    const [head, level = "1"] = HEADING.exec(first) ?? [""];
    if (head !== "") {
      const inline = this.#inline(first.slice(head.length))
        .map((piece) => piece.kind === "break" ? plain(" ") : piece);
      return { kind: "heading", level: Number(level), inline: tidy(inline) };
    }
    const [quoted] = QUOTED.exec(first) ?? [""];
    if (quoted !== "") {
      const inline = this.#inline(first.slice(quoted.length));
      const paragraph: Block = { kind: "paragraph", inline };
      return { kind: "quote", blocks: isSilent(paragraph) ? [] : [paragraph] };
    }
    const lines = [first, ...this.#following()];
    return { kind: "paragraph", inline: this.#inline(lines.join("\n")) };
  }

  /** Lines that go on with words. */
  #following(): string[] {
    const lines: string[] = [];
    for (;;) {
      const text = this.#line()?.text;
      if (text === undefined || text.trim() === "" || beginsBlock(text)) return lines;
      lines.push(text);
      this.#at++;
    }
  }

  /** Reads until a macro closes, at the end of a line; `null` where it does not. Code within is skipped. */
  #until(name: string, head: string): string | null {
    const start = (this.#line()?.start ?? 0) + head.length;
    const tag = `{${name}}`;
    const skips = name === "code" || name === "noformat"
      ? null
      : /(?<!\\)\{(code|noformat)(?::[^{}\r\n]*)?\}/g;
    let from = start;
    for (;;) {
      const end = this.#text.indexOf(tag, from);
      if (end < 0) return null;
      if (skips !== null && this.#text.charAt(end - 1) === "\\") {
        from = end + 1;
        continue;
      }
      if (skips !== null) {
        skips.lastIndex = from;
        const code = skips.exec(this.#text);
        if (code !== null && code.index < end) {
          const close = this.#text.indexOf(`{${code[1]}}`, skips.lastIndex);
          if (close >= 0) {
            from = close + (code[1]?.length ?? 0) + 2;
            continue;
          }
        }
      }
      return this.#close(start, end, tag.length);
    }
  }

  #close(start: number, end: number, length: number): string | null {
    let at = this.#at;
    while ((this.#lines[at]?.next ?? Infinity) <= end) at++;
    const line = this.#lines[at];
    if (line === undefined || line.text.slice(end + length - line.start).trim() !== "") return null;
    this.#at = at + 1;
    return this.#text.slice(start, end);
  }

  #around(name: string, given: string, inner: string): Block {
    if (name === "code" || name === "noformat") {
      const text = inner.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
      const language = given.split("|").find((part) => !part.includes("=")) ?? "";
      return {
        kind: "code",
        language: name === "code" && isLanguage(language) ? language : null,
        text: text.replace(/^\n/, "").replace(/\n[ \t]*$/, ""),
      };
    }
    const { blocks } = new Reading(inner, this.#macros).read();
    const drafts = blocks.map(({ draft }) => draft);
    if (name === "quote") return { kind: "quote", blocks: drafts };
    const title = this.#titleOf(given);
    const shown = title === "" ? PANEL_MACROS[name] ?? "CUSTOM" : "EXPAND";
    return { kind: "panel", name: shown, title, blocks: drafts };
  }

  #titleOf(given: string): string {
    const part = given.split("|").find((one) => one.startsWith("title=")) ?? "";
    return part.slice("title=".length).replace(/[\s\0]+/g, " ").trim();
  }

  #list(): Block {
    const items: Item[] = [];
    for (;;) {
      const line = this.#line()?.text ?? "";
      const [head, signs = ""] = MARKER.exec(line) ?? [""];
      const isOther = items.length > 0 && isOrdered(signs) !== isOrdered(items[0]?.signs ?? "");
      if (head === "" || RULE.test(line) || isOther) break;
      this.#at++;
      const words = [line.slice(head.length), ...this.#following()].join("\n");
      const blocks: Block[] = [{ kind: "paragraph", inline: this.#inline(words) }];
      for (;;) {
        const next = this.#line()?.text ?? "";
        const [code, name = "", given = ""] =
          /^[ \t]*\{(code|noformat)(:[^{}\r\n]*)?\}/.exec(next) ?? [""];
        const inner = code === "" ? null : this.#until(name, code);
        if (inner === null) break;
        blocks.push(this.#around(name, given.slice(1), inner));
      }
      items.push({ signs, blocks: blocks.filter((block) => !isSilent(block)) });
    }
    return listOf(items, 1);
  }

  #table(): Block {
    const rows: { readonly cells: (readonly Piece[])[]; readonly isHead: boolean }[] = [];
    const sources: string[] = [];
    while (/^[ \t]*\|/.test(this.#line()?.text ?? "")) {
      const lines: string[] = [];
      do {
        lines.push(this.#line()?.text ?? "");
        this.#at++;
      } while (!/\|[ \t]*$/.test(lines.at(-1) ?? "") && isWords(this.#line()?.text));
      const source = lines.join("\n").trim();
      sources.push(source);
      const cells = cellsOf(source);
      rows.push({
        cells: cells.map(({ text }) => this.#inline(text)),
        isHead: cells.length > 0 && cells.every(({ isHead }) => isHead),
      });
    }
    const width = Math.max(...rows.map(({ cells }) => cells.length));
    if (width < 1 || width * rows.length > 20_000) {
      return { kind: "paragraph", inline: this.#inline(sources.join("\n")) };
    }
    const filled = rows.map((
      { cells },
    ) => [...cells, ...Array<readonly Piece[]>(width - cells.length).fill([])]);
    const hasHead = (rows[0]?.isHead ?? false) && (filled[0] ?? []).some((cell) => cell.length > 0);
    return { kind: "table", hasHead, rows: filled };
  }
}

function isOrdered(signs: string): boolean {
  return signs.startsWith("#");
}

interface Item {
  readonly signs: string;
  readonly blocks: readonly Block[];
}

/** Puts items into lists within each other, by their signs. */
function listOf(items: readonly Item[], depth: number): List {
  const found: Block[][] = [];
  for (let at = 0; at < items.length;) {
    const item = items[at];
    if (item === undefined) break;
    if (item.signs.length <= depth) {
      found.push([...item.blocks]);
      at++;
      continue;
    }
    let end = at;
    const sign = item.signs.charAt(depth);
    while (end < items.length && isWithin(items[end], depth, sign)) end++;
    if (found.length === 0) found.push([]);
    found.at(-1)?.push(listOf(items.slice(at, end), depth + 1));
    at = end;
  }
  const start = items[0]?.signs.charAt(depth - 1) === "#" ? 1 : null;
  return { kind: "list", start, items: found };
}

function isWithin(item: Item | undefined, depth: number, sign: string): boolean {
  return item !== undefined && item.signs.length > depth &&
    (item.signs.charAt(depth) === "#") === (sign === "#");
}

function isWords(line: string | undefined): boolean {
  return line !== undefined && line.trim() !== "" && !/^[ \t]*\|/.test(line);
}

function beginsBlock(line: string): boolean {
  return MARKER.test(line) || OPENING.test(line) || RULE.test(line) || HEADING.test(line) ||
    QUOTED.test(line) || /^[ \t]*\|/.test(line);
}

/** Splits a row at its bars, but for those in links, pictures and code, and behind a backslash. */
function cellsOf(row: string): readonly { readonly text: string; readonly isHead: boolean }[] {
  const cells: { text: string; isHead: boolean }[] = [];
  const parts = row.match(
    /\|\|?|\\[^]|\{\{(?:(?!\}\})[^\r\n]){1,1000}\}\}|\[(?:\\[^\r\n]|[^\\[\]\r\n])*\]|![^\s!|]+\|[^!\r\n|]*!|[^|\\{[!]+|[^]/g,
  ) ?? [];
  for (const part of parts) {
    if (part === "|" || part === "||") cells.push({ text: "", isHead: part === "||" });
    else {
      const last = cells.at(-1);
      if (last !== undefined) last.text += part;
    }
  }
  if (cells.at(-1)?.text.trim() === "") cells.pop();
  return cells;
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const end of text.matchAll(/\r\n|\r|\n/g)) {
    lines.push({ text: text.slice(start, end.index), start, next: end.index + end[0].length });
    start = end.index + end[0].length;
  }
  if (start < text.length) lines.push({ text: text.slice(start), start, next: text.length + 1 });
  return lines;
}
