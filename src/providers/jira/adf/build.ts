import type { Block, Piece, Task, Tasks, Words } from "../markdown/draft.ts";
import { plain } from "../markdown/draft.ts";
import { type AdfNode, hashOf } from "./document.ts";
import { PANELS } from "./drafts.ts";
import type { Pool } from "./inline.ts";
import { joined, newTokens, shownMarks, textNode } from "./words.ts";

/** What is known while a document is written. */
export class Building {
  readonly pool: Pool;
  readonly lost: Set<string> = new Set();
  /** Whether there is something that the format cannot hold. */
  isRefused = false;
  readonly #salt: string;
  #ids = 0;

  constructor(pool: Pool, salt: string) {
    this.pool = pool;
    this.#salt = salt;
  }

  /** Returns an id for a node within the document: the same for the same edit. */
  id(): string {
    const [a, b] = [hashOf([this.#salt, this.#ids++]), hashOf([this.#ids, this.#salt])];
    return `${a.slice(0, 8)}-${a.slice(8, 12)}-${b.slice(0, 12)}`;
  }

  refuse(): readonly AdfNode[] {
    this.isRefused = true;
    return [];
  }
}

const LEAVES = ["paragraph", "bulletList", "orderedList", "codeBlock", "mediaSingle", "extension"];
const MORE = [...LEAVES, "heading", "taskList", "rule", "decisionList", "mediaGroup"];
const MOST = [...MORE, "panel", "blockquote", "table", "blockCard", "embedCard"];

/** Which nodes may stand in which. */
const WITHIN: Readonly<Record<string, readonly string[]>> = {
  doc: [...MOST, "expand", "bodiedExtension", "layoutSection", "syncBlock", "bodiedSyncBlock"],
  expand: [...MOST, "nestedExpand"],
  nestedExpand: [...MORE, "panel", "blockquote"],
  panel: [...MORE, "blockCard"],
  blockquote: [...LEAVES, "mediaGroup"],
  listItem: [...LEAVES, "taskList"],
  tableCell: [...MORE, "panel", "blockquote", "blockCard", "embedCard", "nestedExpand"],
};

function mayStand(type: string, parent: string): boolean {
  return WITHIN[parent]?.includes(type) ?? false;
}

/** Returns the nodes of blocks in a node of the type `parent`. */
export function buildBlocks(
  blocks: readonly Block[],
  parent: string,
  building: Building,
): readonly AdfNode[] {
  return blocks.flatMap((block) => buildBlock(block, parent, building));
}

/** Returns the nodes of one block; most often one. */
export function buildBlock(block: Block, parent: string, building: Building): readonly AdfNode[] {
  switch (block.kind) {
    case "paragraph":
      return paragraph(block.inline, parent, building);
    case "heading":
      if (mayStand("heading", parent)) return [heading(block.level, block.inline, building)];
      building.lost.add("a heading within another block becomes strong words");
      return paragraph(block.inline.map(strong), parent, building);
    case "code":
      return [codeBlock(block.language, block.text)];
    case "quote": {
      const content = buildBlocks(
        block.blocks,
        mayStand("blockquote", parent) ? "blockquote" : parent,
        building,
      );
      if (mayStand("blockquote", parent)) return [{ type: "blockquote", content: filled(content) }];
      building.lost.add("a quote within another block becomes part of that block");
      return content;
    }
    case "panel":
      return panel(block, parent, building);
    case "list": {
      const content = block.items.map((item) => listItem(buildBlocks(item, "listItem", building)));
      if (block.start === null) return [{ type: "bulletList", content }];
      return [{ type: "orderedList", attrs: { order: block.start }, content }];
    }
    case "tasks":
      if (mayStand("taskList", parent)) return [taskList(block, building)];
      building.lost.add("tasks within another block become a list with brackets");
      return buildBlock(asList(block), parent, building);
    case "table": {
      if (!mayStand("table", parent)) return building.refuse();
      const content = block.rows.map((row, place) =>
        tableRow(row, block.hasHead && place === 0, building)
      );
      return content.length === 0 ? [] : [{ type: "table", content }];
    }
    case "rule":
      if (mayStand("rule", parent)) return [{ type: "rule" }];
      building.lost.add("a line across another block becomes three hyphens");
      return paragraph([plain("---")], parent, building);
  }
}

/** Returns the content of what may not be empty. */
export function filled(content: readonly AdfNode[]): readonly AdfNode[] {
  return content.length === 0 ? [{ type: "paragraph", content: [] }] : content;
}

/** Returns an item of a list: it begins with a line, with code or with a picture. */
export function listItem(content: readonly AdfNode[]): AdfNode {
  return { type: "listItem", content: itemContent(content) };
}

/** Returns the content of an item of a list. */
export function itemContent(content: readonly AdfNode[]): readonly AdfNode[] {
  const first = content[0]?.type ?? "";
  return /^(paragraph|codeBlock|mediaSingle|extension)$/.test(first)
    ? content
    : [{ type: "paragraph", content: [] }, ...content];
}

/** Returns a block of code. */
export function codeBlock(language: string | null, text: string): AdfNode {
  const attrs = language === null ? {} : { attrs: { language } };
  return { type: "codeBlock", ...attrs, content: text === "" ? [] : [textNode(text, [])] };
}

function heading(level: number, inline: readonly Piece[], building: Building): AdfNode {
  return { type: "heading", attrs: { level }, content: buildInline(inline, building) };
}

function strong(piece: Piece): Piece {
  if (piece.kind !== "words" || piece.emphases.includes("code")) return piece;
  return { ...piece, emphases: ["strong", ...piece.emphases.filter((one) => one !== "strong")] };
}

/** Returns a paragraph, or the node that stands alone in it. */
function paragraph(
  inline: readonly Piece[],
  parent: string,
  building: Building,
): readonly AdfNode[] {
  const alone = inline.length === 1 ? inline[0] : undefined;
  const block = alone === undefined ? null : blockOf(alone, building);
  if (block !== null) return mayStand(block.type, parent) ? [block] : building.refuse();
  return [{ type: "paragraph", content: buildInline(inline, building) }];
}

/** The block that a piece alone on its line stands for. */
function blockOf(piece: Piece, { pool }: Building): AdfNode | null {
  if (piece.kind === "picture") {
    const alt = piece.alt === "" ? {} : { alt: piece.alt };
    const media = { type: "media", attrs: { type: "external", url: piece.url, ...alt } };
    return { type: "mediaSingle", attrs: { layout: "center" }, content: [media] };
  }
  if (piece.kind === "address") return pool.address(piece.url, true);
  const known = piece.kind === "atom" ? pool.atom(piece) : null;
  return known?.isBlock === true ? known.node : null;
}

const PANEL_TYPES = new Map(Object.entries(PANELS).map(([type, name]) => [name, type]));

/** Returns the kind of a panel by its name. */
export function panelType(name: string): string {
  return PANEL_TYPES.get(name) ?? "info";
}

function panel(
  block: Block & { kind: "panel" },
  parent: string,
  building: Building,
): readonly AdfNode[] {
  const isExpand = block.name === "EXPAND";
  const type = !isExpand ? "panel" : parent === "doc" ? "expand" : "nestedExpand";
  if (mayStand(type, parent)) {
    const content = filled(buildBlocks(block.blocks, type, building));
    const attrs = isExpand ? { title: block.title } : { panelType: panelType(block.name) };
    return [{ type, attrs, content }];
  }
  building.lost.add("a panel within another block becomes part of that block");
  const title = block.title === "" ? [] : paragraph([strong(plain(block.title))], parent, building);
  return [...title, ...buildBlocks(block.blocks, parent, building)];
}

function taskList({ entries }: Tasks, building: Building): AdfNode {
  const content = entries.map((entry) =>
    entry.kind === "tasks" ? taskList(entry, building) : taskItem(entry, building)
  );
  return { type: "taskList", attrs: { localId: building.id() }, content };
}

/** Returns one task. */
export function taskItem({ isDone, inline }: Task, building: Building): AdfNode {
  const attrs = { localId: building.id(), state: isDone ? "DONE" : "TODO" };
  return { type: "taskItem", attrs, content: buildInline(inline, building) };
}

function asList({ entries }: Tasks): Block {
  const items: Block[][] = [];
  for (const entry of entries) {
    if (entry.kind === "tasks") items.at(-1)?.push(asList(entry));
    else {items.push([{
        kind: "paragraph",
        inline: [plain(entry.isDone ? "[x] " : "[ ] "), ...entry.inline],
      }]);}
  }
  return { kind: "list", start: null, items };
}

/** Returns a row of a table. */
export function tableRow(
  row: readonly (readonly Piece[])[],
  isHead: boolean,
  building: Building,
): AdfNode {
  return { type: "tableRow", content: row.map((cell) => tableCell(cell, isHead, building)) };
}

/** Returns a cell of a table. */
export function tableCell(inline: readonly Piece[], isHead: boolean, building: Building): AdfNode {
  const content = [{ type: "paragraph", content: buildInline(inline, building) }];
  return { type: isHead ? "tableHeader" : "tableCell", attrs: {}, content };
}

/** Returns the nodes of a line. */
export function buildInline(inline: readonly Piece[], building: Building): readonly AdfNode[] {
  const tokens = newTokens(inline, building.pool);
  return joined(tokens.flatMap(({ piece, node }) => node ?? inlineNode(piece, building)));
}

/** Returns the nodes of a part of a line. */
export function inlineNode(piece: Piece, building: Building): readonly AdfNode[] {
  switch (piece.kind) {
    case "words":
      return words(piece);
    case "break":
      return [{ type: "hardBreak" }];
    case "address":
      return [building.pool.address(piece.url, false) ?? card(piece.url)];
    case "picture":
      building.lost.add("a picture within a line becomes a link");
      return [linked(piece.alt || piece.url || "a picture", piece.url)];
    case "atom":
      return atom(piece, building);
  }
}

function words(piece: Words): readonly AdfNode[] {
  return piece.text === "" ? [] : [textNode(piece.text, shownMarks(piece))];
}

function linked(text: string, href: string): AdfNode {
  return textNode(text, [{ type: "link", attrs: { href } }]);
}

/** What Jira shows an address by that is no link of words. */
function card(url: string): AdfNode {
  return { type: "inlineCard", attrs: { url } };
}

function atom(piece: Piece & { kind: "atom" }, building: Building): readonly AdfNode[] {
  const known = building.pool.atom(piece);
  if (known?.isBlock === true) return building.refuse();
  if (known !== null) return [known.node];
  const made = madeOf(piece);
  if (made !== null) return [made];
  const said = piece.words || "a link without words";
  building.lost.add(`“${said}” stands for something that is not in this text: its words stay`);
  return piece.words === "" ? [] : [textNode(piece.words, [])];
}

const COLORS = /^(neutral|purple|blue|red|yellow|green|#[0-9a-f]{6})$/i;

/** A mention, a status or a date that was written by hand. */
function madeOf({ target, words }: Piece & { kind: "atom" }): AdfNode | null {
  const slash = target.indexOf("/");
  const value = decoded(target.slice(slash + 1));
  switch (target.slice(0, Math.max(slash, 0))) {
    case "mention":
      return value === "" ? null : { type: "mention", attrs: { id: value, text: words } };
    case "status":
      return words === "" || !COLORS.test(value)
        ? null
        : { type: "status", attrs: { text: words, color: value } };
    case "date":
      return /^-?\d{1,15}$/.test(value) ? { type: "date", attrs: { timestamp: value } } : null;
    default:
      return null;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}
