import type { Token } from "markdown-it";
import {
  type Block,
  type List,
  oneLine,
  PANEL_NAMES,
  type Piece,
  type Task,
  type Tasks,
} from "./draft.ts";
import { MAX_LEVEL, PARSER, readInline } from "./read_inline.ts";
import { isSilent } from "./write.ts";

/** Returns the blocks of Markdown; `null` when they are nested too deeply to be read. */
export function readMarkdown(markdown: string): readonly Block[] | null {
  const source = markdown.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
  const env = {};
  const tokens: Token[] = [];
  PARSER.block.parse(source, PARSER, env, tokens);
  if (tokens.some((token) => token.level >= MAX_LEVEL - 1)) return null;
  return new Reading(tokens, env).blocks();
}

const PANEL = /^\[!([A-Z]+)\](?:[ \t]+([^\n]*))?(?:\n|$)/;
const BOX = /^\[([ xX])\](?:\s|$)/;

/** An item of a list; `task` where its first line has a box. */
interface Item {
  readonly task: Task | null;
  readonly blocks: readonly Block[];
}

/** Reads tokens of blocks, one after the other. */
class Reading {
  readonly #tokens: readonly Token[];
  readonly #env: Record<string, unknown>;
  #at = 0;

  constructor(tokens: readonly Token[], env: Record<string, unknown>) {
    this.#tokens = tokens;
    this.#env = env;
  }

  /** Reads until the end of what is open. */
  blocks(): Block[] {
    const found: Block[] = [];
    for (;;) {
      const token = this.#next();
      if (token === null || token.nesting < 0) return found;
      const block = this.#block(token);
      if (block !== null && !isSilent(block)) found.push(block);
    }
  }

  #next(): Token | null {
    return this.#tokens[this.#at++] ?? null;
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  #block(token: Token): Block | null {
    switch (token.type) {
      case "paragraph_open":
        return { kind: "paragraph", inline: this.#inline() };
      case "heading_open":
        return { kind: "heading", level: Number(token.tag.slice(1)), inline: this.#inline() };
      case "fence":
      case "code_block":
        return {
          kind: "code",
          language: /^[\w+#.-]+(?=\s|$)/.exec(token.info.trim())?.[0] ?? null,
          text: token.content.replace(/\n$/, ""),
        };
      case "blockquote_open":
        return this.#quote();
      case "bullet_list_open":
        return this.#list(null);
      case "ordered_list_open":
        return this.#list(Number(token.attrGet("start") ?? 1));
      case "table_open":
        return this.#table();
      case "hr":
        return { kind: "rule" };
      default:
        return null;
    }
  }

  /** Reads the line of what is open, and its end. */
  #inline(): readonly Piece[] {
    const source = this.#next()?.content ?? "";
    this.#next();
    return readInline(source, this.#env);
  }

  #quote(): Block {
    const line = this.#peek(1);
    const head = this.#peek()?.type === "paragraph_open" ? PANEL.exec(line?.content ?? "") : null;
    const [whole, name = "", words = ""] = head ?? [""];
    if (line === undefined || !PANEL_NAMES.includes(name)) {
      return { kind: "quote", blocks: this.blocks() };
    }
    const title = name === "EXPAND" ? words : "";
    const rest = line.content.slice(whole.length);
    const body = title === "" && words !== "" ? `${words}\n${rest}` : rest;
    const first: Block = { kind: "paragraph", inline: readInline(body, this.#env) };
    this.#at += 3;
    const blocks = [...(isSilent(first) ? [] : [first]), ...this.blocks()];
    return { kind: "panel", name, title: oneLine(this.#plain(title)), blocks };
  }

  #plain(source: string): string {
    return readInline(source, this.#env)
      .map((piece) =>
        piece.kind === "words" ? piece.text : piece.kind === "atom" ? piece.words : ""
      )
      .join("");
  }

  #list(start: number | null): List | Tasks {
    const items: Item[] = [];
    while (this.#next()?.type === "list_item_open") items.push(this.#item());
    const entries = start === null ? tasksOf(items) : null;
    if (entries !== null) return { kind: "tasks", entries };
    return { kind: "list", start, items: items.map(({ blocks }) => blocks) };
  }

  #item(): Item {
    const source = this.#peek()?.type === "paragraph_open" ? this.#peek(1)?.content ?? "" : "";
    const box = BOX.exec(source);
    const blocks = this.blocks();
    if (box === null) return { task: null, blocks };
    const inline = readInline(source.slice(box[0].length), this.#env);
    return { task: { kind: "task", isDone: box[1] !== " ", inline }, blocks };
  }

  /** Returns `null` for a table without a row. */
  #table(): Block | null {
    const rows: (readonly Piece[])[][] = [];
    for (;;) {
      const token = this.#next();
      if (token === null || token.type === "table_close") break;
      if (token.type === "tr_open") rows.push([]);
      if (token.type === "th_open" || token.type === "td_open") rows.at(-1)?.push(this.#inline());
    }
    const hasHead = (rows[0] ?? []).some((cell) => cell.length > 0);
    const seen = hasHead ? rows : rows.slice(1);
    return seen.length === 0 ? null : { kind: "table", hasHead, rows: seen };
  }
}

/** Returns the tasks of items that all have a box, and besides their line only further tasks. */
function tasksOf(items: readonly Item[]): readonly (Task | Tasks)[] | null {
  const found: (Task | Tasks)[] = [];
  for (const { task, blocks } of items) {
    if (task === null) return null;
    found.push(task);
    const nested: (Task | Tasks)[] = [];
    for (const block of blocks.slice(1)) {
      if (block.kind !== "tasks") return null;
      nested.push(...block.entries);
    }
    if (nested.length > 0) found.push({ kind: "tasks", entries: nested });
  }
  return found;
}
