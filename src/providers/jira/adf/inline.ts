import {
  type Emphasis,
  isAddress,
  isLinkable,
  keyOf,
  type Link,
  oneLine,
  ordered,
  type Piece,
  type Words,
} from "../markdown/draft.ts";
import { dayOf } from "../markdown/day.ts";
import {
  type AdfMark,
  type AdfNode,
  attrsOf,
  hashOf,
  marksOf,
  textAttr,
  textOf,
  wordsIn,
} from "./document.ts";

/** A part of a line of a document, and what is shown of it. */
export interface Shown {
  readonly node: AdfNode;
  readonly piece: Piece;
}

/** Nodes of a document that Markdown shows by a link, by an address or by a character. */
export class Pool {
  readonly #atoms = new Map<string, { readonly node: AdfNode; readonly isBlock: boolean }>();
  readonly #addresses = new Map<string, { readonly node: AdfNode; readonly isBlock: boolean }>();
  readonly #emojis = new Map<string, AdfNode>();
  #pattern: RegExp | null = null;

  /** Keeps a node; the first of those that are shown in the same way. */
  keep({ node, piece }: Shown, isBlock: boolean): void {
    const one = { node, isBlock };
    if (piece.kind === "atom") {
      if (!this.#atoms.has(keyOf(piece))) this.#atoms.set(keyOf(piece), one);
    } else if (piece.kind === "address" && !this.#addresses.has(`${isBlock} ${piece.url}`)) {
      this.#addresses.set(`${isBlock} ${piece.url}`, one);
    } else if (piece.kind === "words" && node.type === "emoji") {
      this.#emojis.set(piece.text, node);
      this.#pattern = null;
    }
  }

  atom(piece: Piece): { readonly node: AdfNode; readonly isBlock: boolean } | null {
    return this.#atoms.get(keyOf(piece)) ?? null;
  }

  address(url: string, isBlock: boolean): AdfNode | null {
    return this.#addresses.get(`${isBlock} ${url}`)?.node ?? null;
  }

  emoji(text: string): AdfNode | null {
    return this.#emojis.get(text) ?? null;
  }

  /** Splits a text at the emojis that the document has. */
  split(text: string): readonly string[] {
    if (this.#emojis.size === 0) return [text];
    this.#pattern ??= new RegExp(
      `(${
        [...this.#emojis.keys()].toSorted((a, b) => b.length - a.length).map(literal).join("|")
      })`,
      "u",
    );
    return text.split(this.#pattern).filter((part) => part !== "");
  }
}

function literal(text: string): string {
  return text.toWellFormed().replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Returns what is shown of a part of a line. */
export function shownInline(node: AdfNode): Shown {
  return { node, piece: pieceOf(node) };
}

function pieceOf(node: AdfNode): Piece {
  switch (node.type) {
    case "text":
      return wordsOf(textOf(node), lookOf(marksOf(node)));
    case "hardBreak":
      return { kind: "break" };
    case "mention": {
      const id = textAttr(node, "id");
      const name = oneLine(textAttr(node, "text")) || id;
      return atom(`mention/${escapedPart(id)}`, name.startsWith("@") ? name : `@${name}`);
    }
    case "emoji": {
      const text = oneLine(textAttr(node, "text")) || oneLine(textAttr(node, "shortName"));
      if (text === "" || text.length > 60 || !text.isWellFormed()) return opaque(node);
      return { kind: "words", text, emphases: [], link: null };
    }
    case "date": {
      const time = textAttr(node, "timestamp");
      const day = /^-?\d{1,15}$/.test(time) ? dayOf(Number(time)) : null;
      return day === null ? opaque(node) : atom(`date/${time}`, day);
    }
    case "status": {
      const color = textAttr(node, "color");
      return atom(`status/${escapedPart(color)}`, oneLine(textAttr(node, "text")));
    }
    case "inlineCard":
      return addressOf(node) ?? opaque(node);
    default:
      return opaque(node);
  }
}

/** Returns the address of a card; `null` when it has none that can be shown as such. */
export function addressOf(node: AdfNode): Piece & { readonly kind: "address" } | null {
  const url = textAttr(node, "url");
  return isAddress(url) && url.isWellFormed() ? { kind: "address", url } : null;
}

/** Returns the link that stands for a node that Markdown cannot express. */
export function opaque(node: AdfNode, isPicture = false): Piece {
  const type = /^[a-z]\w{0,60}$/i.test(node.type) ? node.type : "unknown";
  return { ...atom(`${type}/${hashOf(node)}`, wordsIn(node) || type), isPicture };
}

function wordsOf(text: string, { emphases, link }: Look): Piece {
  return { kind: "words", text, emphases, link };
}

function atom(target: string, words: string): Piece & { readonly kind: "atom" } {
  return { kind: "atom", target, words: oneLine(words.toWellFormed()), isPicture: false };
}

/** A part of an address, without what would end it. */
export function escapedPart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[()'*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
}

/** Emphases that have the name of their mark. */
const NAMED: readonly Emphasis[] = ["strong", "em", "strike", "code", "underline"];

/** What Markdown shows of marks. */
type Look = Pick<Words, "emphases" | "link">;

const PLAIN: Look = { emphases: [], link: null };

/** The looks of one emphasis: most words have none or one. */
const ALONE: Readonly<Record<Emphasis, Look>> = {
  strong: { emphases: ["strong"], link: null },
  em: { emphases: ["em"], link: null },
  strike: { emphases: ["strike"], link: null },
  code: { emphases: ["code"], link: null },
  underline: { emphases: ["underline"], link: null },
  sub: { emphases: ["sub"], link: null },
  sup: { emphases: ["sup"], link: null },
};

/** Returns what Markdown shows of marks. */
export function lookOf(marks: readonly AdfMark[]): Look {
  const [first] = marks;
  if (first === undefined) return PLAIN;
  const only = marks.length === 1 ? emphasisOf(first) : null;
  if (only !== null) return ALONE[only];
  const found = marks.map(emphasisOf).filter((one) => one !== null);
  const link = marks.map(linkOf).find((one) => one !== null) ?? null;
  return { emphases: found.includes("code") ? ["code"] : ordered(found), link };
}

function emphasisOf(mark: AdfMark): Emphasis | null {
  if (mark.type !== "subsup") return NAMED.find((one) => one === mark.type) ?? null;
  const type = attrsOf(mark)["type"];
  return type === "sub" || type === "sup" ? type : null;
}

function linkOf(mark: AdfMark): Link | null {
  const href = textAttr(mark, "href");
  if (mark.type !== "link" || !isLinkable(href) || !href.isWellFormed()) return null;
  return { href, title: oneLine(textAttr(mark, "title")) || null };
}

/** Whether Markdown does not show a mark. */
export function isHidden(mark: AdfMark): boolean {
  return emphasisOf(mark) === null && linkOf(mark) === null;
}
