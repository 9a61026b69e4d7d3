import { type Emphasis, isAddress, isCode, type Link, type Piece, type Words } from "./draft.ts";

/** What stands for a blank, whatever Jira has there. */
const BLANKS = /[\r\n\0\u2028\u2029]+/g;

/**
 * Returns a line in its normal form: words of one look joined, no blanks at the ends of lines, and blanks between
 * words with just the emphases from the outermost on that the words on both sides have.
 */
export function tidy(pieces: readonly Piece[]): Piece[] {
  const [only] = pieces;
  if (pieces.length === 1 && only?.kind === "words" && isTidy(only)) return [asAddress(only)];
  const line = new Line();
  for (const piece of pieces) {
    if (piece.kind !== "words") line.add(piece);
    else if (isCode(piece)) line.addCode(piece);
    else line.addWords(piece);
  }
  for (let at = 0; at < line.pieces.length; at++) {
    const piece = line.pieces[at];
    if (piece?.kind === "words" && piece.link !== null) line.pieces[at] = asAddress(piece);
  }
  return line.pieces;
}

/** Whether words that stand alone are in their normal form. */
function isTidy(words: Words): boolean {
  const { text } = words;
  return text !== "" && text.trim() === text && text.search(BLANKS) < 0 && !isCode(words);
}

/** A line that is put together in its normal form. */
class Line {
  readonly pieces: Piece[] = [];
  /** Blanks behind the last piece: what comes next says how they look. */
  #blank: Words | null = null;

  add(piece: Piece): void {
    const blank = this.#blank;
    this.#blank = null;
    // Blanks at the end of a line are not seen.
    if (blank !== null && piece.kind !== "break") {
      this.#join(between(blank, this.pieces.at(-1), piece));
    }
    this.#join(piece);
  }

  addCode(words: Words): void {
    const text = words.text.replace(BLANKS, " ");
    if (text !== "") this.add({ kind: "words", text, emphases: CODE, link: words.link });
  }

  addWords(words: Words): void {
    const text = words.text.replace(BLANKS, " ");
    const middle = text.trim();
    if (middle === "") return this.#addBlank(words, text);
    if (middle === words.text) return this.add(words);
    const start = text.indexOf(middle);
    this.#addBlank(words, text.slice(0, start));
    this.add(withText(words, middle));
    this.#addBlank(words, text.slice(start + middle.length));
  }

  #addBlank(words: Words, text: string): void {
    if (text === "") return;
    const last = this.pieces.at(-1);
    if (last === undefined || last.kind === "break") return;
    const blank = this.#blank;
    this.#blank = blank === null ? withText(words, text) : withText(blank, blank.text + text);
  }

  #join(piece: Piece): void {
    const last = this.pieces.at(-1);
    if (piece.kind === "words" && last?.kind === "words" && sameLook(last, piece)) {
      this.pieces[this.pieces.length - 1] = withText(last, last.text + piece.text);
    } else this.pieces.push(piece);
  }
}

const CODE: readonly Emphasis[] = ["code"];

/** Returns words of the same look. */
function withText({ emphases, link }: Words, text: string): Words {
  return { kind: "words", text, emphases, link };
}

/** A link that says its own address is an address. */
function asAddress(words: Words): Piece {
  if (words.link === null || words.link.href !== words.text) return words;
  const isOnly = words.emphases.length === 0 && words.link.title === null;
  return isOnly && isAddress(words.text) ? { kind: "address", url: words.text } : words;
}

function between(blank: Words, before: Piece | undefined, after: Piece): Words {
  if (
    before?.kind !== "words" || after.kind !== "words" || !sameLink(before.link, after.link)
  ) return { ...blank, emphases: [], link: null };
  const apart = before.emphases.findIndex((one, at) =>
    one === "code" || one !== after.emphases[at]
  );
  const emphases = apart < 0 ? before.emphases : before.emphases.slice(0, apart);
  return { ...blank, emphases, link: before.link };
}

/** Whether words look the same. */
export function sameLook(a: Words, b: Words): boolean {
  return sameLink(a.link, b.link) && a.emphases.length === b.emphases.length &&
    a.emphases.every((one, place) => one === b.emphases[place]);
}

/** Whether two links lead to the same, and are called the same. */
export function sameLink(a: Link | null, b: Link | null): boolean {
  return a === b || (a?.href === b?.href && a?.title === b?.title);
}
