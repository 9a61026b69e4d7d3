import type { Emphasis, Link, Piece, Words } from "../markdown/draft.ts";
import { isWikiAddress, mayClose, mayOpen, SIGNS, wikiOfAtom } from "./read_inline.ts";

/** Where a line stands: in a table, bars are escaped and lines are broken by `\\`. */
export type WikiPlace = "lines" | "line" | "cell";

/** What is known while wiki markup is written. */
export interface WikiWriting {
  /** Macros that the text had: they are written as they are. */
  readonly macros: ReadonlySet<string>;
  /** What the text loses, in plain words. */
  readonly lost: Set<string>;
  isRefused: boolean;
}

const SIGN_OF = new Map(
  Object.entries(SIGNS).map(([sign, mark]): [Emphasis, string] => [mark, sign]),
);

/** An address takes in what follows it, up to a blank or a bracket. */
const ENDS_IN_ADDRESS = /\b[a-z][a-z0-9+.]{1,15}:\/\/[^\s[\]|{}!\\]+$/iu;

/** Characters of an address that are looked at. */
const MAX_ADDRESS = 2_000;

/** Returns the wiki markup of a line. */
export function writeWikiInline(
  pieces: readonly Piece[],
  place: WikiPlace,
  writing: WikiWriting,
): string {
  let text = "";
  for (const [at, piece] of pieces.entries()) {
    const isStart = text === "" || text.endsWith("\n");
    text += pieceOf(piece, {
      before: ENDS_IN_ADDRESS.test(text.slice(-MAX_ADDRESS)) ? "x" : text.slice(-1),
      after: pieces[at + 1],
      isStart,
      place,
      writing,
    });
  }
  return text;
}

interface Around {
  readonly before: string;
  readonly after: Piece | undefined;
  readonly isStart: boolean;
  readonly place: WikiPlace;
  readonly writing: WikiWriting;
}

function pieceOf(piece: Piece, around: Around): string {
  switch (piece.kind) {
    case "break":
      return around.place === "lines" && !around.isStart && around.after !== undefined &&
          around.after.kind !== "break"
        ? "\n"
        : around.place === "lines" && around.after !== undefined
        ? "\\\\\n"
        : "\\\\";
    case "words":
      return words(piece, around);
    case "address":
      return `[${address(piece.url)}]`;
    case "picture":
      return /^[^\s!|{}]+$/.test(piece.url) && /^[a-z]+:\/\//i.test(piece.url)
        ? picture(piece, around)
        : words({ kind: "words", text: piece.alt || piece.url, emphases: [], link: null }, around);
    case "atom": {
      const found = wikiOfAtom(piece.target);
      if (found !== null) return found;
      around.writing.lost.add(
        `“${piece.words}” stands for something that is not here: its words stay`,
      );
      return words({ kind: "words", text: piece.words, emphases: [], link: null }, around);
    }
  }
}

function picture({ url, alt }: Piece & { kind: "picture" }, { writing }: Around): string {
  if (alt !== "") writing.lost.add(`the words of a picture, “${alt}”`);
  return `!${url}!`;
}

function address(url: string): string {
  return url.replace(/[|[\]{}\s]/g, (mark) => encodeURIComponent(mark));
}

function words(given: Words, around: Around): string {
  const piece = withLink(given, around.writing);
  const { link } = piece;
  if (piece.emphases.includes("code")) return code(piece, around);
  const isWithin = piece.emphases.length > 0;
  const inner = link === null
    ? escaped(piece.text, around, isWithin)
    : `[${escaped(piece.text, around, true, true)}|${address(link.href)}${titleOf(link)}]`;
  const isPlain = isOutside(around.before) && isOutside(firstOf(around.after)) &&
    !/^\s|\s$/.test(piece.text) && piece.emphases.length === 1 &&
    !ENDS_IN_ADDRESS.test(piece.text.slice(-MAX_ADDRESS));
  return piece.emphases.toReversed().reduce((text, emphasis) => {
    const sign = SIGN_OF.get(emphasis) ?? "";
    const mark = isPlain ? sign : `{${sign}}`;
    return `${mark}${text}${mark}`;
  }, inner);
}

function titleOf({ title }: Link): string {
  return title === null ? "" : `|${title}`;
}

/** Leaves out what of a link wiki markup cannot hold. */
function withLink(piece: Words, { lost }: WikiWriting): Words {
  const { link } = piece;
  if (link === null) return piece;
  if (!isWikiAddress(link.href) || /%(7C|5B|5D|7B|7D)/.test(link.href)) {
    lost.add(`the address of the link “${piece.text.slice(0, 60)}”`);
    return { ...piece, link: null };
  }
  if (link.title === null || !/[|[\]{}\\]|^\s|\s$/.test(link.title)) return piece;
  lost.add(`the title of the link “${piece.text.slice(0, 60)}”`);
  return { ...piece, link: { ...link, title: null } };
}

/** Whether an emphasis may end beside a character. */
function isOutside(character: string): boolean {
  return /^[\s.,;:()"']?$/.test(character);
}

function firstOf(piece: Piece | undefined): string {
  if (piece === undefined || piece.kind === "break") return "";
  return piece.kind === "words" && piece.emphases.length === 0 && piece.link === null
    ? piece.text.charAt(0)
    : "*";
}

function code({ text, link }: Words, around: Around): string {
  if (link !== null) around.writing.lost.add(`the link of “${text}”`);
  const isEnded = /^[{}]|\}\}|\}$|[\r\n]|\{[a-z]+[:}]/.test(text);
  if (
    text !== "" && text.length <= 1000 && !isEnded &&
    !(around.place === "cell" && text.includes("|"))
  ) {
    return `{{${text}}}`;
  }
  around.writing.lost.add(`the look of code of “${text.slice(0, 60)}”`);
  return escaped(text, around, false);
}

const URL_OR_MACRO =
  /\b[a-z][a-z0-9+.]{1,15}:\/\/[^\s[\]|{}!\\]{1,1900}|\{[a-z]+(?::[^{}\r\n]*)?\}/giu;

/** Words with whatever wiki markup would read as its own behind a backslash, addresses left alone. */
function escaped(text: string, around: Around, isWithin: boolean, isLabel = false): string {
  let found = "";
  let last = 0;
  for (const match of isLabel ? [] : text.matchAll(URL_OR_MACRO)) {
    if (match[0].startsWith("{") && !around.writing.macros.has(match[0])) continue;
    found += signs(text, last, match.index, around, isWithin, isLabel) + match[0];
    last = match.index + match[0].length;
  }
  found += signs(text, last, text.length, around, isWithin, isLabel);
  return around.isStart && !isWithin ? startOfLine(found) : found;
}

function signs(
  text: string,
  from: number,
  to: number,
  around: Around,
  isWithin: boolean,
  isLabel: boolean,
): string {
  return text.slice(from, to).replace(/[*_+^~\-{}[\]!|\\&]/g, (mark, offset: number) => {
    const at = from + offset;
    const before = at === 0 ? (isWithin ? "*" : around.before) : text.charAt(at - 1);
    const after = at + 1 === text.length
      ? (isWithin ? "*" : firstOf(around.after))
      : text.charAt(at + 1);
    if (mark === "\\") {
      return /[\\*_+^~\-{}[\]!|#?]/.test(after) || at + 1 === text.length ? "&#92;" : mark;
    }
    if (mark === "&") return after === "#" ? "&#38;" : mark;
    if (mark === "|") return isLabel || around.place === "cell" ? "\\|" : mark;
    if (mark === "]") return isLabel ? "\\]" : mark;
    if (mark === "}") return mark;
    if (mark === "!") {
      return /^\s$/.test(after) || (after === "" && around.after === undefined) ? mark : "\\!";
    }
    if (mark === "{" || mark === "[") return `\\${mark}`;
    return isLabel || mayOpen(before, after) || mayClose(before, after) ? `\\${mark}` : mark;
  });
}

/** Words that begin a line like a block do not begin one. */
function startOfLine(text: string): string {
  return text.trimStart().replace(/^(?:[#|*-])/, "\\$&")
    .replace(/^(h)(?=[1-6]\. )|^(b)(?=q\. )/i, (letter) => `&#${letter.charCodeAt(0)};`);
}
