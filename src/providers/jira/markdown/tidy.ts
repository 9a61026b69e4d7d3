import { isAddress, isCode, type Link, type Piece, type Words } from "./draft.ts";

/** What stands for a blank, whatever Jira has there. */
const BLANKS = /[\r\n\0\u2028\u2029]+/g;

/**
 * Returns a line in its normal form: words of one look joined, no blanks at the ends of lines, and blanks between
 * words with just the emphases from the outermost on that the words on both sides have.
 */
export function tidy(pieces: readonly Piece[]): Piece[] {
  const line = new Line();
  for (const piece of pieces) {
    if (piece.kind !== "words") line.add(piece);
    else if (isCode(piece)) line.addCode(piece);
    else line.addWords(piece);
  }
  return line.pieces.map(asAddress);
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
    if (text !== "") this.add({ ...words, text, emphases: ["code"] });
  }

  addWords(words: Words): void {
    const text = words.text.replace(BLANKS, " ");
    const middle = text.trim();
    if (middle === "") return this.#addBlank(words, text);
    if (middle === words.text) return this.add(words);
    const start = text.indexOf(middle);
    this.#addBlank(words, text.slice(0, start));
    this.add({ ...words, text: middle });
    this.#addBlank(words, text.slice(start + middle.length));
  }

  #addBlank(words: Words, text: string): void {
    if (text === "") return;
    const last = this.pieces.at(-1);
    if (last === undefined || last.kind === "break") return;
    const blank = this.#blank;
    this.#blank = blank === null ? { ...words, text } : { ...blank, text: blank.text + text };
  }

  #join(piece: Piece): void {
    const last = this.pieces.at(-1);
    if (piece.kind === "words" && last?.kind === "words" && sameLook(last, piece)) {
      this.pieces[this.pieces.length - 1] = { ...last, text: last.text + piece.text };
    } else this.pieces.push(piece);
  }
}

/** A link that says its own address is an address. */
function asAddress(piece: Piece): Piece {
  if (piece.kind !== "words" || piece.link === null || piece.link.href !== piece.text) return piece;
  const isOnly = piece.emphases.length === 0 && piece.link.title === null;
  return isOnly && isAddress(piece.text) ? { kind: "address", url: piece.text } : piece;
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
