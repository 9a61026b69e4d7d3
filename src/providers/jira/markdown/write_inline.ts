import {
  ATOM_SCHEME,
  type Emphasis,
  isCode,
  isLinkable,
  type Link,
  type Piece,
  type Words,
} from "./draft.ts";
import { sameLink, sameLook } from "./tidy.ts";

/** Where a line stands: a line of a paragraph can be broken, a heading and a cell of a table cannot. */
export type Place = "paragraph" | "line" | "cell";

/** Returns the Markdown of a line in its normal form; empty where it says nothing. */
export function writeInline(pieces: readonly Piece[], place: Place): string {
  const [first] = pieces;
  if (first === undefined) return "";
  const text = pieces.length === 1 && isPlainWords(first)
    ? escaped(first.text, { line: true, inLink: false, next: undefined })
    : asMarkdown(partsOf(pieces, place));
  return place === "cell" ? text.replaceAll("|", "\\|") : text;
}

/** Most lines are words without any look. */
function isPlainWords(piece: Piece): piece is Words {
  return piece.kind === "words" && piece.link === null && piece.emphases.length === 0;
}

/** A part of what is written. */
type Part =
  | { readonly kind: "raw"; text: string }
  | { readonly kind: "mark"; readonly pair: Pair; readonly isOpen: boolean };

/** An emphasis where it begins and where it ends. */
interface Pair {
  readonly mark: Emphasis;
  /** Whether it is written as a tag. */
  isTag: boolean;
}

/** Delimiters of emphasis; what cannot stand where it would is a tag. */
const DELIMITERS: Partial<Record<Emphasis, string>> = { strong: "**", em: "_", strike: "~~" };

const TAGS: Readonly<Record<Exclude<Emphasis, "code">, string>> = {
  strong: "strong",
  em: "em",
  strike: "del",
  underline: "u",
  sub: "sub",
  sup: "sup",
};

/** What is open while pieces are written. */
class Writing {
  readonly parts: Part[] = [];
  readonly #open: Pair[] = [];
  #link: Link | null = null;

  raw(text: string): void {
    const last = this.parts[this.parts.length - 1];
    if (last?.kind === "raw") last.text += text;
    else this.parts.push({ kind: "raw", text });
  }

  /** Opens and closes until just these emphases and this link are open; the link is outside of them. */
  look(emphases: readonly Emphasis[], link: Link | null): void {
    if (!sameLink(this.#link, link)) {
      this.#closeTo(0);
      if (this.#link !== null) this.raw(`](${targetOf(this.#link)})`);
      this.#link = link;
      if (link !== null) this.raw("[");
    }
    if (emphases.length === 0 && this.#open.length === 0) return;
    const stays = this.#open.findIndex(({ mark }) => !emphases.includes(mark));
    if (stays >= 0) this.#closeTo(stays);
    for (const mark of emphases) {
      if (this.#open.some((one) => one.mark === mark)) continue;
      const pair: Pair = { mark, isTag: false };
      this.#open.push(pair);
      this.parts.push({ kind: "mark", pair, isOpen: true });
    }
  }

  get link(): Link | null {
    return this.#link;
  }

  #closeTo(length: number): void {
    while (this.#open.length > length) {
      const pair = this.#open.pop();
      if (pair === undefined) return;
      this.parts.push({ kind: "mark", pair, isOpen: false });
    }
  }
}

function partsOf(pieces: readonly Piece[], place: Place): Part[] {
  const writing = new Writing();
  let line = true;
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index];
    if (piece === undefined) continue;
    if (piece.kind === "break") {
      const before = pieces[index - 1];
      const after = pieces[index + 1];
      const stay = before?.kind === "words" && after?.kind === "words" && sameLook(before, after) &&
        !isCode(before);
      if (!stay) writing.look([], null);
      line = place === "paragraph" && index < pieces.length - 1;
      writing.raw(line ? "\\\n" : "<br>");
      continue;
    }
    if (piece.kind === "words") {
      const code = isCode(piece);
      const link = piece.link !== null && isLinkable(piece.link.href) ? piece.link : null;
      writing.look(code ? [] : piece.emphases, link);
      const next = pieces[index + 1];
      if (code) writing.raw(codeSpan(piece.text));
      else writing.raw(escaped(piece.text, { line, inLink: link !== null, next }));
    } else {
      writing.look([], null);
      writing.raw(otherOf(piece));
    }
    line = false;
  }
  writing.look([], null);
  return writing.parts;
}

function otherOf(piece: Exclude<Piece, Words | { kind: "break" }>): string {
  switch (piece.kind) {
    case "address":
      return `<${piece.url}>`;
    case "picture":
      return `![${label(piece.alt)}](${destination(piece.url)})`;
    case "atom":
      return `${piece.isPicture ? "!" : ""}[${label(piece.words)}](${ATOM_SCHEME}${piece.target})`;
  }
}

function label(words: string): string {
  return escaped(words.replace(/\s+/g, " ").trim(), { line: false, inLink: true, next: undefined });
}

function targetOf({ href, title }: Link): string {
  if (title === null) return destination(href);
  const words = title.replace(/\s+/g, " ").replace(/[\\"]/g, "\\$&").replace(/&/g, "&amp;");
  return `${destination(href)} "${words}"`;
}

/** An address in Markdown: in brackets where it holds what would end it. */
function destination(url: string): string {
  if (url !== "" && /^[^\s<>()\\&]*$/.test(url)) return url;
  const safe = url.replace(/\s/g, (blank) => blank === " " ? " " : encodeURIComponent(blank));
  return `<${safe.replace(/[\\<>]/g, "\\$&").replace(/&/g, "\\&")}>`;
}

/** What code cannot stand between two ticks alone with. */
const CODE_ENDS = /`|^ /;

function codeSpan(text: string): string {
  if (!CODE_ENDS.test(text)) return `\`${text}\``;
  const runs = new Set((text.match(/`+/g) ?? []).map((run) => run.length));
  let length = 1;
  while (runs.has(length)) length++;
  const pad = /^`|`$/.test(text) || (/^ .* $/.test(text) && text.trim() !== "") ? " " : "";
  const fence = "`".repeat(length);
  return `${fence}${pad}${text}${pad}${fence}`;
}

interface Around {
  /** Whether a line begins here. */
  readonly line: boolean;
  readonly inLink: boolean;
  readonly next: Piece | undefined;
}

/** Words with whatever Markdown would read as its own behind a backslash. */
function escaped(text: string, { line, inLink, next }: Around): string {
  const found = text.replace(/[\\`*[\]_~&<!]/g, (mark, at: number) => {
    return isPlain(mark, text.charAt(at - 1), text.charAt(at + 1), inLink, next)
      ? mark
      : `\\${mark}`;
  });
  if (!line || !MAY_BEGIN.test(found)) return found;
  return found.replace(/^\s+/, "").replace(LINE_START, "\\$&")
    .replace(/^(\d{1,9})([.)])/, "$1\\$2");
}

/** What words begin with that may begin a block. */
const MAY_BEGIN = /^[\s\d>|=#:+-]/;

/** What begins a block, underlines a heading or a head of a table. */
const LINE_START = /^(?:[>|=]|#{1,6}(?=\s|$)|:(?=-)|-(?=[-:|\s]|$)|\+(?=\s|$))/;

/** Whether a mark has no meaning where it stands. */
function isPlain(
  mark: string,
  before: string,
  after: string,
  inLink: boolean,
  next: Piece | undefined,
): boolean {
  const ends = after === "" && next !== undefined && next.kind !== "break";
  switch (mark) {
    case "]":
      return !inLink;
    case "_":
      return WORD.test(before) && WORD.test(after);
    case "~":
      return before !== "" && before !== "~" && after !== "" && after !== "~";
    case "&":
      return !ends && !/[#\w]/.test(after);
    case "<":
      return !ends && /^\s?$/.test(after);
    case "!":
      return !ends;
    default:
      return false;
  }
}

const WORD = /^[\p{L}\p{N}]$/u;

/** What Markdown takes for a blank beside an emphasis, or for punctuation, whatever its version. */
const OUTSIDE = /^[\t\n\v\f\r \xa0\u1680\u2000-\u200a\u202f\u205f\u3000!-/:-@[-`{-~]?$/;

function asMarkdown(parts: readonly Part[]): string {
  const [only] = parts;
  if (parts.length === 1 && only?.kind === "raw") return only.text;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index];
    if (part === undefined || part.kind === "raw") continue;
    const before = lastOf(parts[index - 1]);
    const after = firstOf(parts[index + 1]);
    const inner = part.isOpen ? after : before;
    const outer = part.isOpen ? before : after;
    const { pair } = part;
    const stands = DELIMITERS[pair.mark] !== undefined && !/^\s/.test(inner) &&
      (OUTSIDE.test(outer) || (pair.mark !== "em" && WORD.test(inner)));
    if (!stands) pair.isTag = true;
  }
  let text = "";
  for (const part of parts) text += part.kind === "raw" ? part.text : markOf(part);
  return text;
}

function markOf({ pair: { mark, isTag }, isOpen }: Part & { kind: "mark" }): string {
  if (mark === "code") return "";
  if (!isTag) return DELIMITERS[mark] ?? "";
  return `<${isOpen ? "" : "/"}${TAGS[mark]}>`;
}

/** The character beside a mark; another mark is a star, since all of them are punctuation. */
function lastOf(part: Part | undefined): string {
  if (part === undefined) return "";
  if (part.kind === "mark") return "*";
  const two = part.text.slice(-2);
  return (two.codePointAt(0) ?? 0) > 0xffff ? two : two.slice(-1);
}

function firstOf(part: Part | undefined): string {
  if (part === undefined) return "";
  if (part.kind === "mark") return "*";
  const code = part.text.codePointAt(0);
  return code === undefined ? "" : String.fromCodePoint(code);
}
