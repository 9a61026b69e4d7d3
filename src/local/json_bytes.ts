import { isTooDeep } from "../contract/nesting.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/** A value as a tool wrote it. */
export type Parsed =
  | { readonly kind: "value"; readonly value: unknown }
  /** Not JSON, whatever is done for it. */
  | { readonly kind: "unreadable"; readonly message: string };

/** A member of an object: its name, and where its value begins. */
export interface Member {
  readonly name: string;
  readonly value: number;
}

/** Bytes that JSON is made of. `NULL` is the first letter of `null`. */
export const BYTES = {
  QUOTE: 0x22,
  COMMA: 0x2c,
  OPEN_LIST: 0x5b,
  CLOSE_LIST: 0x5d,
  OPEN_OBJECT: 0x7b,
  CLOSE_OBJECT: 0x7d,
  NULL: 0x6e,
} as const;

const { QUOTE, COMMA, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT, NULL } = BYTES;
const [BACKSLASH, COLON, LINE_BREAK] = [0x5c, 0x3a, 0x0a];
const MAX_ODD_LIST_BYTES = 64 * 1024;
const decoder = new TextDecoder();

/** Where the next line begins that can be the start of JSON, from `from` on; `null` when none does. */
export function nextDocument(bytes: Uint8Array, from: number): number | null {
  for (let at = skipBlanks(bytes, from); at < bytes.length;) {
    if (isDocumentStart(bytes, at)) return at;
    const lineEnd = bytes.indexOf(LINE_BREAK, at);
    if (lineEnd < 0) break;
    at = skipBlanks(bytes, lineEnd);
  }
  return null;
}

/** A bracket alone is not enough: prose may begin with a word in brackets, such as `[dolt]`. */
function isDocumentStart(bytes: Uint8Array, at: number): boolean {
  const next = bytes[skipBlanks(bytes, at + 1)];
  if (bytes[at] === OPEN_OBJECT) return next === QUOTE || next === CLOSE_OBJECT;
  if (bytes[at] === OPEN_LIST) return next === OPEN_OBJECT || isWholeList(bytes, at);
  return isNull(bytes, at);
}

/** Whether a list that does not hold objects is JSON, and alone on its line. */
function isWholeList(bytes: Uint8Array, at: number): boolean {
  try {
    // Not farther than this: there may be many such lines.
    const near = bytes.subarray(at, at + MAX_ODD_LIST_BYTES);
    const end = skipValue(near, 0);
    const rest = skipBlanks(near, end);
    const isAlone = rest === near.length || near.subarray(end, rest).includes(LINE_BREAK);
    return isAlone && parsedValue(near, 0, end).kind === "value";
  } catch {
    return false;
  }
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === NULL &&
    /^null(?![^\s,\]}])/.test(decoder.decode(bytes.subarray(at, at + 5)));
}

/** The members of an object from the key at `from` on. */
export function* membersFrom(bytes: Uint8Array, from: number): Generator<Member> {
  let key = skipBlanks(bytes, from);
  while (bytes[key] === QUOTE) {
    const keyEnd = skipString(bytes, key);
    const name = decoder.decode(bytes.subarray(key + 1, keyEnd - 1));
    const colon = skipBlanks(bytes, keyEnd);
    if (bytes[colon] !== COLON) throw unreadable("a key has no value");
    const value = skipBlanks(bytes, colon + 1);
    yield { name, value };
    const end = skipBlanks(bytes, skipValue(bytes, value));
    if (bytes[end] !== COMMA) return;
    key = skipBlanks(bytes, end + 1);
  }
}

/** The value between two places. */
export function parsedValue(bytes: Uint8Array, start: number, end: number): Parsed {
  const text = decoder.decode(bytes.subarray(start, end));
  try {
    return shallow(JSON.parse(text));
  } catch {
    // Tried again below with its control characters escaped.
  }
  try {
    return shallow(JSON.parse(escapeControls(text)));
  } catch (error) {
    return { kind: "unreadable", message: error instanceof Error ? error.message : String(error) };
  }
}

/** The value, unless it is nested too deep to be worked on. */
export function shallow(value: unknown): Parsed {
  return isTooDeep(value)
    ? { kind: "unreadable", message: "it is nested too deep" }
    : { kind: "value", value };
}

/** Escapes raw control characters inside strings; between values a line break stays what it is. */
function escapeControls(text: string): string {
  return text.replace(
    /"(?:[^"\\]|\\[\s\S])*"/g,
    (string) =>
      string.replace(
        /\p{Cc}/gu,
        (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
      ),
  );
}

/** The first place from `from` on that holds no blank. */
export function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  // A byte order mark counts as blank.
  while (at < bytes.length && isBlank(bytes[at] ?? 0)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xef || byte === 0xbb ||
    byte === 0xbf;
}

/**
 * Where the value at `from` ends.
 *
 * @throws {TrackerError} `tool_answer_unreadable` when it breaks off.
 */
export function skipValue(bytes: Uint8Array, from: number): number {
  if (isNull(bytes, from)) return from + 4;
  let depth = 0;
  for (let at = from; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = skipString(bytes, at) - 1;
        if (depth === 0) return at + 1;
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth++;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        if (depth === 0) return at;
        if (--depth === 0) return at + 1;
        break;
      case COMMA:
        if (depth === 0) return at;
    }
  }
  throw unreadable("it breaks off");
}

function skipString(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  throw unreadable("it breaks off in a text");
}

/** Returns the failure of a tool's answer that cannot be read; `tool` says which call, and of which version. */
export function unreadable(
  why: string,
  tool: { readonly call: string; readonly version: string } = SOME_TOOL,
): TrackerError {
  return new TrackerError({
    code: "tool_answer_unreadable",
    message: `Cannot read the answer of ${tool.call}: ${why}`,
    nextAction: `Check that ${tool.version}.`,
  });
}

const SOME_TOOL = { call: "the tool", version: "the tool is a version that tracker knows" };
