import type { Piece, Words } from "../markdown/draft.ts";
import { keyOf } from "../markdown/draft.ts";
import { sameLook } from "../markdown/tidy.ts";
import { type AdfMark, type AdfNode, attrsOf, contentOf, marksOf } from "./document.ts";
import { isHidden, type Pool, type Shown } from "./inline.ts";

/** A word, a blank, a sign, or another part of a line. */
export interface Token {
  /** The same for tokens that say the same. */
  readonly key: string;
  readonly piece: Piece;
  /** What of a document it is; `null` for what was written. */
  readonly node: AdfNode | null;
}

/** Returns the tokens of a line of a document. */
export function oldTokens(line: readonly Shown[]): readonly Token[] {
  return line.flatMap(({ node, piece }) => {
    if (node.type === "emoji") return [{ key: emojiKey(piece), piece, node }];
    if (piece.kind !== "words") return [{ key: keyOf(piece), piece, node }];
    return parts(piece).map((part) => ({ key: wordKey(part), piece: part, node }));
  });
}

/** Returns the tokens of a line that was written; emojis that the document has are told from words. */
export function newTokens(pieces: readonly Piece[], pool: Pool): readonly Token[] {
  return withLinks(pieces, pool).flatMap((piece) => {
    if (piece.kind !== "words") return [{ key: keyOf(piece), piece, node: null }];
    if (piece.emphases.length > 0 || piece.link !== null) return partsAsTokens(piece);
    return pool.split(piece.text).flatMap((text) => {
      const part = { ...piece, text };
      return pool.emoji(text) === null
        ? partsAsTokens(part)
        : [{ key: emojiKey(part), piece: part, node: pool.emoji(text) }];
    });
  });
}

/**
 * Returns a line with its addresses as links. One stays a card where the document has a card with it, and becomes one
 * beside a link to the same: two links with no more than blanks between them would be one, with the words of both.
 */
function withLinks(pieces: readonly Piece[], pool: Pool): readonly Piece[] {
  const found: Piece[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind !== "address") {
      found.push(piece);
      continue;
    }
    const link = linkTo(piece.url);
    const around = [
      seenOf(found.at(-1), found.at(-2)),
      seenOf(pieces[index + 1], pieces[index + 2]),
    ];
    const touches = around.some((one) => one?.kind === "words" && sameLook(one, link));
    found.push(touches || pool.address(piece.url, false) !== null ? piece : link);
  }
  return found;
}

/** Returns what is beside a piece, or behind the blank that is. */
function seenOf(beside: Piece | undefined, further: Piece | undefined): Piece | undefined {
  return beside !== undefined && isBlank(beside) ? further : beside;
}

function linkTo(url: string): Words {
  return { kind: "words", text: url, emphases: [], link: { href: url, title: null } };
}

function partsAsTokens(piece: Words): readonly Token[] {
  return parts(piece).map((part) => ({ key: wordKey(part), piece: part, node: null }));
}

function emojiKey(piece: Piece): string {
  return `emoji ${piece.kind === "words" ? piece.text : ""}`;
}

function parts(words: Words): readonly Words[] {
  const found = words.text.match(/[\s\0]+|[\p{L}\p{N}\p{M}_]+|[^]/gu) ?? [];
  return found.map((text) => ({ ...words, text }));
}

function wordKey(words: Words): string {
  const isCode = words.emphases.includes("code");
  if (isBlank(words) && !isCode) return words.text.replace(/[\r\n\0\u2028\u2029]+/g, " ");
  return `${words.text} ${keyOf([words.emphases, words.link])}`;
}

/** Whether words are blanks. */
export function isBlank(piece: Piece): boolean {
  return piece.kind === "words" && /^[\s\0]*$/.test(piece.text);
}

/** Returns the marks of a token of a document that Markdown does not show. */
export function hiddenMarks({ node }: Token): readonly AdfMark[] {
  return node?.type === "text" ? marksOf(node).filter(isHidden) : [];
}

/** Returns the marks that Markdown shows of words. */
export function shownMarks({ emphases, link }: Words): readonly AdfMark[] {
  const found: AdfMark[] = [];
  if (link !== null) {
    const title = link.title === null ? {} : { title: link.title };
    found.push({ type: "link", attrs: { href: link.href, ...title } });
  }
  for (const emphasis of emphases) {
    if (emphasis === "sub" || emphasis === "sup") {
      if (emphasis === "sup" && emphases.includes("sub")) continue;
      found.push({ type: "subsup", attrs: { type: emphasis } });
    } else found.push({ type: emphasis });
  }
  return found;
}

/** Joins nodes of text with the same marks. */
export function joined(nodes: readonly AdfNode[]): readonly AdfNode[] {
  const found: AdfNode[] = [];
  for (const node of nodes) {
    const last = found.at(-1);
    if (node.type === "text" && last?.type === "text" && sameMarks(last, node)) {
      found[found.length - 1] = { ...last, text: `${last.text}${node.text}` };
    } else found.push(node);
  }
  return found;
}

function sameMarks(a: AdfNode, b: AdfNode): boolean {
  return JSON.stringify(marksOf(a)) === JSON.stringify(marksOf(b));
}

/** Returns a node of text; its `marks` are left out where there are none. */
export function textNode(text: string, marks: readonly AdfMark[]): AdfNode {
  return marks.length === 0 ? { type: "text", text } : { type: "text", text, marks };
}

/** Returns marks that may stand together: those of code are few. */
export function together(
  shown: readonly AdfMark[],
  hidden: readonly AdfMark[],
): readonly AdfMark[] {
  const isCode = shown.some(({ type }) => type === "code");
  const types = new Set(shown.map(({ type }) => type));
  return [
    ...shown,
    ...hidden.filter(({ type }) => !types.has(type) && (!isCode || type === "annotation")),
  ];
}

const MARK_WORDS: Readonly<Record<string, string>> = {
  textColor: "the colour",
  backgroundColor: "the background colour",
  annotation: "a comment",
  fontSize: "the size",
  border: "a border",
  alignment: "the alignment",
  indentation: "the indentation",
  breakout: "the width",
  link: "a link",
};

/** Says what a mark is. */
export function wordsOfMark({ type }: AdfMark): string {
  return MARK_WORDS[type] ?? `the mark ${JSON.stringify(type.slice(0, 40))}`;
}

/** Says what of a node Markdown does not show. */
export function hiddenIn(node: AdfNode): readonly string[] {
  const found = new Set<string>();
  const waiting = [node];
  for (;;) {
    const next = waiting.pop();
    if (next === undefined) return [...found];
    for (const mark of marksOf(next)) if (isHidden(mark)) found.add(wordsOfMark(mark));
    const attrs = attrsOf(next);
    if ("colwidth" in attrs) found.add("the widths of columns");
    if ("background" in attrs) found.add("the background colour of cells");
    if ("panelColor" in attrs || "panelIcon" in attrs) found.add("the look of a panel");
    for (const one of contentOf(next)) waiting.push(one);
  }
}
