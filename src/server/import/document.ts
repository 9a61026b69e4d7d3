import type { BytesReader } from "../../platform/bytes_reader.ts";
import { ByteScanner, END } from "./byte_scanner.ts";

/** Where the bytes of a record are, and what they are. */
export interface RecordBytes {
  /** Counts records or lines from 1. */
  readonly line: number;
  /** Where they begin and end. */
  readonly from: number;
  readonly to: number;
  /** The bytes, until the next record is asked for; `null` when they are too many. */
  readonly bytes: Uint8Array | null;
}

/** A step of a scan that has found nothing yet: others may have their turn. */
export const NOTHING_YET = null;

/** Steps that find nothing, and values of which the caller says whether they are JSON. */
type Scan<Result> = Generator<Uint8Array | typeof NOTHING_YET, Result, boolean>;

const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The members of an object that may hold its records, the first list of them does. */
const LISTS = ["items", "issues", "data"];

/** Whether bytes are one JSON document. */
export type Outline =
  /** They are, and this is where the records of its list begin, behind the bracket. */
  | { readonly kind: "list"; readonly from: number }
  /** They are not, or it holds no list. `at` is where that became clear; `null` for the end. */
  | { readonly kind: "other"; readonly at: number | null };

/**
 * Tells whether all of the bytes from a place on are one JSON document that holds a list of records: an array, or an object
 * with one as its member `items`, `issues` or `data`. Yields each value that is neither such a list nor the object itself:
 * the caller answers whether it is JSON.
 */
export function* outlineOf(source: BytesReader, from: number): Scan<Outline> {
  const scanner = new ByteScanner(source, from);
  const found = yield* listIn(scanner);
  if (found !== null && scanner.passBlank() === END) return { kind: "list", from: found };
  return { kind: "other", at: scanner.peek() === END ? null : scanner.place };
}

/** Passes a document; returns where the records of its list begin, or `null` when it is none or holds none. */
function* listIn(scanner: ByteScanner): Scan<number | null> {
  const first = scanner.passBlank();
  if (first === OPEN_LIST) {
    const from = scanner.place + 1;
    return (yield* passList(scanner)) ? from : null;
  }
  if (first !== OPEN_OBJECT) return null;
  const lists = new Map<string, number>();
  scanner.step();
  for (;;) {
    if (scanner.passBlank() !== QUOTE) return null;
    const name = nameAt(scanner);
    if (name === null || scanner.passBlank() !== COLON) return null;
    scanner.step();
    // Of two members with one name, the last one counts.
    lists.delete(name);
    if (scanner.passBlank() === OPEN_LIST) {
      lists.set(name, scanner.place + 1);
      if (!(yield* passList(scanner))) return null;
    } else {
      scanner.keep();
      yield* passValue(scanner);
      const bytes = scanner.taken();
      if (bytes !== null && !(yield bytes)) return null;
    }
    const next = scanner.passBlank();
    if (next !== COMMA && next !== CLOSE_OBJECT) return null;
    scanner.step();
    if (next === CLOSE_OBJECT) break;
  }
  const name = LISTS.find((name) => lists.has(name));
  return name === undefined ? null : lists.get(name) ?? null;
}

function nameAt(scanner: ByteScanner): string | null {
  scanner.keep();
  const isWhole = scanner.passString();
  const bytes = scanner.taken();
  if (!isWhole || bytes === null) return null;
  try {
    const name: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}

function* passList(scanner: ByteScanner): Scan<boolean> {
  scanner.step();
  if (scanner.passBlank() === CLOSE_LIST) {
    scanner.step();
    return true;
  }
  for (;;) {
    scanner.keep();
    yield* passValue(scanner);
    const bytes = scanner.taken();
    if (bytes !== null && !(yield bytes)) return false;
    const next = scanner.passBlank();
    if (next !== COMMA && next !== CLOSE_LIST) return false;
    scanner.step();
    if (next === CLOSE_LIST) return true;
  }
}

/** Returns the records of a list of a document that {@link outlineOf} has found. */
export function* recordsInList(
  source: BytesReader,
  from: number,
): Generator<RecordBytes | typeof NOTHING_YET> {
  const scanner = new ByteScanner(source, from);
  if (scanner.passBlank() === CLOSE_LIST) return;
  for (let line = 1;; line++) {
    scanner.passBlank();
    const start = scanner.place;
    scanner.keep();
    yield* passValue(scanner);
    yield { line, from: start, to: scanner.place, bytes: scanner.taken() };
    if (scanner.passBlank() !== COMMA) return;
    scanner.step();
  }
}

/** Returns the lines; the `\n` after one belongs to none. */
export function* linesIn(
  source: BytesReader,
  from: number,
): Generator<RecordBytes | typeof NOTHING_YET> {
  const scanner = new ByteScanner(source, from);
  for (let line = 1;; line++) {
    if (scanner.peek() === END) return;
    const start = scanner.place;
    scanner.keep();
    scanner.passUntil(0x0a);
    yield { line, from: start, to: scanner.place, bytes: scanner.taken() };
    if (scanner.peek() !== END) scanner.step();
  }
}

/**
 * Passes a value, with what is blank behind it when it is no list, no object and no string. What stands in it is for
 * `JSON.parse` to judge: a value that is none ends somewhere.
 */
function* passValue(scanner: ByteScanner): Generator<typeof NOTHING_YET, void, unknown> {
  let depth = 0;
  let reads = scanner.reads;
  for (;;) {
    if (scanner.reads !== reads) {
      reads = scanner.reads;
      yield NOTHING_YET;
    }
    switch (scanner.peek()) {
      case END:
        return;
      case QUOTE:
        if (!scanner.passString()) return;
        if (depth === 0) return;
        continue;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (depth === 0) return;
        depth--;
        scanner.step();
        if (depth === 0) return;
        continue;
      case COMMA:
        if (depth === 0) return;
    }
    scanner.step();
  }
}
