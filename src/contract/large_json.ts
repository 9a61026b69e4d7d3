import { PartedText } from "./parted_text.ts";

/** Characters that are parsed at once: some milliseconds. */
const PIECE = 512 * 1024;

/**
 * Parses a JSON document as `JSON.parse` does, a large one in pieces with pauses between them. A text of many
 * megabytes that stands in it as one string is parsed at once.
 *
 * @param piece Characters of a piece.
 * @throws {SyntaxError} when the document is not JSON.
 */
export async function parseLargeJson(
  text: string | PartedText,
  pause: () => Promise<void>,
  piece: number = PIECE,
): Promise<unknown> {
  if (text.length <= piece) return JSON.parse(text.toString());
  const parted = typeof text === "string" ? new PartedText([text]) : text;
  return await new Pieces(parted, pause, piece).parse();
}

/** A list or an object whose end is not reached yet. */
interface Open {
  readonly isList: boolean;
  /** Where its bracket stands. */
  readonly start: number;
  /** From where on its text is not parsed yet. */
  from: number;
  /** Where its present member begins. */
  member: number;
  /** What is parsed of it; `null` while it is nothing. */
  value: unknown[] | Record<string, unknown> | null;
  /** Whether the last of what is parsed was a member of its own, which a comma or the end has to follow. */
  isAfterMember: boolean;
}

/**
 * Goes through the text once. Members that are large have been parsed when their end is reached; what stands between
 * them is cut at commas, and `JSON.parse` judges each piece.
 */
class Pieces {
  readonly #text: PartedText;
  readonly #pause: () => Promise<void>;
  readonly #piece: number;
  readonly #open: Open[] = [];

  constructor(text: PartedText, pause: () => Promise<void>, piece: number) {
    this.#text = text;
    this.#pause = pause;
    this.#piece = piece;
  }

  async parse(): Promise<unknown> {
    const text = this.#text;
    let part = text.partAt(0);
    let end = part.text.length;
    for (let at = 0; at < text.length; at++) {
      if (at >= end) {
        part = text.partAt(at);
        end = part.start + part.text.length;
      }
      switch (part.text.charCodeAt(at - part.start)) {
        case QUOTE:
          at = endOfString(text, at);
          break;
        case OPEN_LIST:
          this.#begin(at, true);
          break;
        case OPEN_OBJECT:
          this.#begin(at, false);
          break;
        case COMMA:
          if (this.#comma(at)) await this.#pause();
          break;
        case CLOSE_LIST:
        case CLOSE_OBJECT: {
          const whole = this.#end(at, text.charCodeAt(at) === CLOSE_LIST);
          if (whole !== null) return whole;
        }
      }
    }
    // No list and no object that is large, or the end is missing.
    return JSON.parse(text.toString());
  }

  #begin(at: number, isList: boolean): void {
    const from = at + 1;
    this.#open.push({ isList, start: at, from, member: from, value: null, isAfterMember: false });
  }

  /** Returns whether a piece was parsed. */
  #comma(at: number): boolean {
    const open = this.#open.at(-1);
    if (open === undefined) throw malformed();
    open.member = at + 1;
    if (open.isAfterMember) this.#requireBlank(open.from, at);
    else if (at - open.from < this.#piece) return false;
    else this.#add(open, at);
    open.from = at + 1;
    open.isAfterMember = false;
    return true;
  }

  /** Returns the value of the whole document when this is its end. */
  #end(at: number, isList: boolean): unknown[] | Record<string, unknown> | null {
    const open = this.#open.pop();
    if (open === undefined || open.isList !== isList) throw malformed();
    const { value } = open;
    if (value === null) {
      // It is small, and is parsed with what stands around it.
      if (this.#open.length === 0) this.#requireBlank(at + 1, this.#text.length);
      return null;
    }
    if (open.isAfterMember) this.#requireBlank(open.from, at);
    else this.#add(open, at);
    const outer = this.#open.at(-1);
    if (outer === undefined) {
      this.#requireBlank(0, open.start);
      this.#requireBlank(at + 1, this.#text.length);
      return value;
    }
    this.#addMember(outer, open.start, value);
    outer.from = outer.member = at + 1;
    outer.isAfterMember = true;
    return null;
  }

  /** Adds the members from where the text is not parsed yet to `end`; there has to be one at least. */
  #add(open: Open, end: number): void {
    const text = this.#text.slice(open.from, end);
    if (open.isList) {
      const parsed: unknown[] = JSON.parse(`[${text}]`);
      if (parsed.length === 0) throw malformed();
      const value = open.value ??= [];
      if (Array.isArray(value)) { for (const one of parsed) value.push(one); }
    } else {
      const parsed: Record<string, unknown> = JSON.parse(`{${text}}`);
      const members = Object.entries(parsed);
      if (members.length === 0) throw malformed();
      const value = open.value ??= {};
      for (const [key, one] of members) define(value, key, one);
    }
  }

  /** Adds a member that is parsed already and whose bracket stands at `start`, after what stands before it. */
  #addMember(open: Open, start: number, member: unknown): void {
    if (open.isAfterMember) throw malformed();
    if (open.member > open.from) this.#add(open, open.member - 1);
    if (open.isList) {
      this.#requireBlank(open.member, start);
      const value = open.value ??= [];
      if (Array.isArray(value)) value.push(member);
    } else {
      const [key] = Object.keys(JSON.parse(`{${this.#text.slice(open.member, start)}[]}`));
      if (key === undefined) throw malformed();
      define(open.value ??= {}, key, member);
    }
  }

  /** What is no blank is found in the first part that it stands in: the rest of a large text is not joined for it. */
  #requireBlank(from: number, to: number): void {
    for (let at = from; at < to;) {
      const { text, start } = this.#text.partAt(at);
      if (!/^[ \t\r\n]*$/.test(text.slice(at - start, to - start))) throw malformed();
      at = start + text.length;
    }
  }
}

/** `__proto__` is a member as any other. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function malformed(): SyntaxError {
  return new SyntaxError("The document is not JSON");
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Returns the quote that ends the string at `start`; the end of the text when none does. */
function endOfString(text: PartedText, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let from = at;
    while (text.charCodeAt(from - 1) === BACKSLASH) from--;
    if ((at - from) % 2 === 0) return at;
  }
  return text.length;
}
