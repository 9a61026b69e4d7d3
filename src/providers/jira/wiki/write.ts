import {
  type Block,
  type List,
  type Piece,
  plain,
  type Table,
  type Tasks,
} from "../markdown/draft.ts";
import { NOTHING } from "./read_inline.ts";
import { type WikiWriting, writeWikiInline } from "./write_inline.ts";

/** Macros around a block; one within another of its name cannot be told from its end. */
type Around = ReadonlySet<string>;

const NONE: Around = new Set();

const MACROS: Readonly<Record<string, string>> = {
  NOTE: "info",
  IMPORTANT: "note",
  TIP: "tip",
  SUCCESS: "tip",
  WARNING: "warning",
  CAUTION: "warning",
  CUSTOM: "panel",
  EXPAND: "panel",
};

/** Returns the wiki markup of a block. */
export function writeWiki(block: Block, writing: WikiWriting, around: Around = NONE): string {
  switch (block.kind) {
    case "paragraph":
      return writeWikiInline(block.inline, "lines", writing);
    case "heading":
      return `h${block.level}. ${
        writeWikiInline(withoutBreaks(block.inline, writing), "line", writing)
      }`;
    case "code":
      return code(block.language, block.text, around, writing);
    case "quote":
      return macro("quote", "", block.blocks, around, writing);
    case "panel": {
      const name = MACROS[block.name] ?? "panel";
      const isOther = block.name === "EXPAND" && block.title.trim() === "";
      if (block.name === "SUCCESS" || block.name === "CAUTION" || isOther) {
        writing.lost.add(`the kind of a panel: it becomes ${name}`);
      }
      const title = block.title.replace(/[|{}]/g, " ").trim();
      if (title !== block.title) writing.lost.add("signs in the title of a panel");
      return macro(name, title === "" ? "" : `:title=${title}`, block.blocks, around, writing);
    }
    case "list":
      return list(block, "", writing);
    case "tasks":
      writing.lost.add("tasks become a list with brackets");
      return list(asList(block), "", writing);
    case "table":
      return table(block, writing);
    case "rule":
      return "----";
  }
}

function withoutBreaks(inline: readonly Piece[], writing: WikiWriting): readonly Piece[] {
  if (!inline.some(({ kind }) => kind === "break")) return inline;
  writing.lost.add("the ends of lines within a heading");
  return inline.map((piece) => piece.kind === "break" ? plain(" ") : piece);
}

function code(language: string | null, text: string, around: Around, writing: WikiWriting): string {
  const name = text.includes("{code}") ? "noformat" : "code";
  const closes = [...around, name].some((one) => text.includes(`{${one}}`));
  if (closes || /\{(code|noformat)[:}]/.test(text) && around.size > 0) writing.isRefused = true;
  if (name === "noformat" && language !== null) writing.lost.add("the language of a block of code");
  const given = language === null || name === "noformat" ? "" : `:${language}`;
  return `{${name}${given}}\n${text}\n{${name}}`;
}

function macro(
  name: string,
  given: string,
  blocks: readonly Block[],
  around: Around,
  writing: WikiWriting,
): string {
  const isOut = around.has(name);
  const within = isOut ? around : new Set([...around, name]);
  const text = blocks.map((block) => writeWiki(block, writing, within)).join("\n\n");
  if (!isOut) return `{${name}${given}}\n${text}\n{${name}}`;
  writing.lost.add(`a ${name} within another one becomes part of it`);
  return text;
}

function list({ start, items }: List, signs: string, writing: WikiWriting): string {
  if (start !== null && start !== 1) {
    writing.lost.add("the first number of a list: it begins with 1");
  }
  const marks = `${signs}${start === null ? "*" : "#"}`;
  if (marks.length > 30) writing.isRefused = true;
  return items.map((blocks) => item(marks, blocks, writing)).join("\n");
}

function item(marks: string, blocks: readonly Block[], writing: WikiWriting): string {
  let words: Piece[] | null = null;
  const after: string[] = [];
  for (const block of blocks) {
    if (block.kind === "paragraph" && after.length === 0) {
      if (words !== null) writing.lost.add("paragraphs within an item of a list become lines");
      words = words === null ? [...block.inline] : [...words, { kind: "break" }, ...block.inline];
    } else if (block.kind === "list") after.push(list(block, marks, writing));
    else if (block.kind === "tasks") {
      writing.lost.add("tasks become a list with brackets");
      after.push(list(asList(block), marks, writing));
    } else if (block.kind === "code" && !after.some((one) => /^[*#]/.test(one))) {
      after.push(code(block.language, block.text, NONE, writing));
    } else writing.isRefused = true;
  }
  const line = writeWikiInline(words ?? [], "lines", writing);
  return [`${marks} ${line || `&#${NOTHING};`}`, ...after].join("\n");
}

function asList({ entries }: Tasks): List {
  const items: Block[][] = [];
  for (const entry of entries) {
    if (entry.kind === "tasks") items.at(-1)?.push(asList(entry));
    else {
      const box = plain(entry.isDone ? "[x] " : "[ ] ");
      items.push([{ kind: "paragraph", inline: [box, ...entry.inline] }]);
    }
  }
  return { kind: "list", start: null, items };
}

function table({ hasHead, rows }: Table, writing: WikiWriting): string {
  return rows.map((row, place) => {
    const bar = hasHead && place === 0 ? "||" : "|";
    const cells = row.map((cell) => writeWikiInline(cell, "cell", writing) || " ");
    return `${bar}${cells.join(bar)}${bar}`;
  }).join("\n");
}
