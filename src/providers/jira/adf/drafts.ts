import {
  type Block,
  isLanguage,
  isLinkable,
  oneLine,
  type Piece,
  plain,
  type Task,
  type Tasks,
} from "../markdown/draft.ts";
import { isSilent } from "../markdown/write.ts";
import { tidy } from "../markdown/tidy.ts";
import { type AdfNode, attrsOf, contentOf, textAttr, textOf } from "./document.ts";
import { addressOf, opaque, Pool, type Shown, shownInline } from "./inline.ts";
import { gridOf } from "./grid.ts";

/** Levels of nodes that are shown; what is deeper stands as a link. */
const MAX_DEPTH = 40;

/** A block of a document, and what Markdown shows of it. */
export interface Drafted {
  readonly node: AdfNode;
  readonly draft: Block;
  /** Whether nothing of it is seen. */
  readonly isSilent: boolean;
}

/** Names of panels by their kind. */
export const PANELS: Readonly<Record<string, string>> = {
  info: "NOTE",
  note: "IMPORTANT",
  tip: "TIP",
  warning: "WARNING",
  error: "CAUTION",
  success: "SUCCESS",
  custom: "CUSTOM",
};

/** Reads documents into drafts, and keeps the nodes that a draft only names. */
export class Drafts {
  readonly pool: Pool = new Pool();

  /** Returns the blocks within a node. */
  within(node: AdfNode, depth = 0): readonly Drafted[] {
    return contentOf(node).map((one) => this.#drafted(one, depth + 1));
  }

  /** Returns what is shown of a line of a node. */
  line(node: AdfNode): readonly Shown[] {
    return contentOf(node).map((one) => {
      const shown = shownInline(one);
      this.pool.keep(shown, false);
      return shown;
    });
  }

  #drafted(node: AdfNode, depth: number): Drafted {
    const draft = (depth > MAX_DEPTH ? null : this.#draft(node, depth)) ?? this.#opaque(node);
    return { node, draft, isSilent: isSilent(draft) };
  }

  #inline(node: AdfNode): readonly Piece[] {
    return tidy(this.line(node).map(({ piece }) => piece));
  }

  #blocks(node: AdfNode, depth: number): readonly Block[] {
    return this.within(node, depth).filter((one) => !one.isSilent).map(({ draft }) => draft);
  }

  /** Returns `null` for what Markdown cannot express. */
  #draft(node: AdfNode, depth: number): Block | null {
    switch (node.type) {
      case "paragraph":
        return { kind: "paragraph", inline: this.#inline(node) };
      case "heading":
        return { kind: "heading", level: levelOf(node), inline: this.#inline(node) };
      case "codeBlock":
        return { kind: "code", language: languageOf(node), text: codeOf(node) };
      case "blockquote":
        return { kind: "quote", blocks: this.#blocks(node, depth) };
      case "panel": {
        const name = PANELS[textAttr(node, "panelType")] ?? "CUSTOM";
        return { kind: "panel", name, title: "", blocks: this.#blocks(node, depth) };
      }
      case "expand":
      case "nestedExpand": {
        const title = oneLine(textAttr(node, "title"));
        return { kind: "panel", name: "EXPAND", title, blocks: this.#blocks(node, depth) };
      }
      case "bulletList":
      case "orderedList":
        return this.#list(node, depth);
      case "taskList":
        return this.#tasks(node, depth);
      case "table":
        return this.#table(node, depth);
      case "rule":
        return { kind: "rule" };
      case "mediaSingle":
        return this.#picture(node);
      case "blockCard":
      case "embedCard":
        return this.#card(node);
      default:
        return null;
    }
  }

  #opaque(node: AdfNode): Block {
    const piece = opaque(node, node.type === "mediaSingle");
    this.pool.keep({ node, piece }, true);
    return { kind: "paragraph", inline: [piece] };
  }

  #card(node: AdfNode): Block | null {
    const piece = "datasource" in attrsOf(node) ? null : addressOf(node);
    if (piece === null) return null;
    this.pool.keep({ node, piece }, true);
    return { kind: "paragraph", inline: [piece] };
  }

  #picture(node: AdfNode): Block | null {
    const [media, ...others] = contentOf(node);
    if (media === undefined || others.length > 0) return null;
    const [type, url] = [textAttr(media, "type"), textAttr(media, "url")];
    if (type !== "external" || !isLinkable(url) || !url.isWellFormed()) return null;
    const alt = oneLine(textAttr(media, "alt"));
    return { kind: "paragraph", inline: [{ kind: "picture", url, alt }] };
  }

  #list(node: AdfNode, depth: number): Block | null {
    const items = contentOf(node);
    if (items.length === 0 || items.some(({ type }) => type !== "listItem")) return null;
    const start = node.type === "bulletList" ? null : startOf(node);
    return { kind: "list", start, items: items.map((item) => this.#blocks(item, depth + 1)) };
  }

  #tasks(node: AdfNode, depth: number): Tasks | null {
    const entries: (Task | Tasks)[] = [];
    for (const entry of contentOf(node)) {
      if (entry.type === "taskItem") {
        const isDone = textAttr(entry, "state") === "DONE";
        entries.push({ kind: "task", isDone, inline: this.#inline(entry) });
        continue;
      }
      const follows = entries.at(-1)?.kind === "task" && entry.type === "taskList";
      const nested = follows && depth < MAX_DEPTH ? this.#tasks(entry, depth + 1) : null;
      if (nested === null) return null;
      entries.push(nested);
    }
    return entries.length === 0 ? null : { kind: "tasks", entries };
  }

  #table(node: AdfNode, depth: number): Block | null {
    const grid = gridOf(node);
    if (grid === null) return null;
    const rows = grid.cells.map((row) =>
      row.map((cell) => cell === null ? [] : tidy(this.#cell(cell, depth + 2, "")))
    );
    const isHead = contentOf(contentOf(node)[0] ?? node).every(({ type }) =>
      type === "tableHeader"
    );
    const hasHead = isHead && (rows[0] ?? []).some((cell) => cell.length > 0);
    return { kind: "table", hasHead, rows };
  }

  /** Returns the lines of a cell: a table of Markdown has no blocks in its cells. */
  #cell(node: AdfNode, depth: number, mark: string): readonly Piece[] {
    const lines = contentOf(node).map((one, place) => {
      const first = place === 0 && mark !== "" ? [plain(mark)] : [];
      return [...first, ...this.cellLine(one, depth)];
    });
    return lines.flatMap((line, place) => place === 0 ? line : [{ kind: "break" }, ...line]);
  }

  /** Returns the lines of a block in a cell. */
  cellLine(node: AdfNode, depth = 0): readonly Piece[] {
    const [items, numbered] = [contentOf(node), node.type === "orderedList"];
    if (node.type === "paragraph" || node.type === "heading") return this.#inline(node);
    const isList = numbered || node.type === "bulletList";
    if (isList && depth < MAX_DEPTH && items.every(({ type }) => type === "listItem")) {
      return items.flatMap((item, place) => {
        const line = this.#cell(item, depth + 2, numbered ? `${startOf(node) + place}. ` : "• ");
        return place === 0 ? line : [{ kind: "break" }, ...line];
      });
    }
    const drafted = this.#opaque(node);
    return drafted.kind === "paragraph" ? drafted.inline : [];
  }
}

function levelOf(node: AdfNode): number {
  const level = attrsOf(node)["level"];
  return typeof level === "number" && level >= 1 && level <= 6 ? Math.floor(level) : 1;
}

function startOf(node: AdfNode): number {
  const order = attrsOf(node)["order"];
  const isStart = typeof order === "number" && Number.isSafeInteger(order) && order >= 0;
  return isStart && order + contentOf(node).length < 999_999_999 ? order : 1;
}

function languageOf(node: AdfNode): string | null {
  const language = textAttr(node, "language");
  return isLanguage(language) ? language : null;
}

function codeOf(node: AdfNode): string {
  return contentOf(node).map(textOf).join("").replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
}
