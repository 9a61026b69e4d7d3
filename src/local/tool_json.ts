import { isTooDeep } from "../contract/nesting.ts";
import { TrackerError } from "../platform/tracker_error.ts";

/** One element of a list in a tool's answer. */
export type Element =
  | { readonly kind: "value"; readonly value: unknown }
  /** Not JSON, whatever is done for it. */
  | { readonly kind: "unreadable"; readonly message: string };

/**
 * The elements of the list in a tool's answer, parsed one at a time, so that a long answer is never in
 * memory as a whole. The list stands alone, or in an object under `issues`, `items` or `data`, or such an
 * object under `data`; one issue alone counts as a list of it. Prose before the JSON is skipped, and raw
 * control characters inside strings are accepted.
 *
 * @throws {TrackerError} `tool_answer_unreadable`.
 */
export function* answerElements(bytes: Uint8Array): Generator<Element> {
  const start = findList(bytes, findJson(bytes));
  if (bytes[start] === NULL) return;
  if (bytes[start] !== OPEN_LIST) {
    yield parsedElement(bytes, start, skipValue(bytes, start));
    return;
  }
  let at = skipBlanks(bytes, start + 1);
  while (bytes[at] !== CLOSE_LIST) {
    const end = skipValue(bytes, at);
    yield parsedElement(bytes, at, end);
    at = skipBlanks(bytes, end);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
    else if (bytes[at] !== CLOSE_LIST) throw unreadable("the list does not end");
  }
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
/** The first letter of `null`, which some tools write for a list without elements. */
const NULL = 0x6e;
const LIST_KEYS: readonly string[] = ["issues", "items", "data"];
const decoder = new TextDecoder();

/** Where the JSON begins: at the first line that starts with a bracket. */
function findJson(bytes: Uint8Array): number {
  for (let at = skipBlanks(bytes, 0); at < bytes.length;) {
    if (bytes[at] === OPEN_LIST || bytes[at] === OPEN_OBJECT || isNull(bytes, at)) return at;
    const lineEnd = bytes.indexOf(0x0a, at);
    if (lineEnd < 0) break;
    at = skipBlanks(bytes, lineEnd);
  }
  throw unreadable("it holds no JSON");
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === NULL && decoder.decode(bytes.subarray(at, at + 16)).trim() === "null";
}

/** Where the list in the object at `at` begins, or `at` itself. */
function findList(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== OPEN_OBJECT) return at;
  let key = skipBlanks(bytes, at + 1);
  while (bytes[key] === QUOTE) {
    const keyEnd = skipString(bytes, key);
    const name = decoder.decode(bytes.subarray(key + 1, keyEnd - 1));
    const colon = skipBlanks(bytes, keyEnd);
    if (bytes[colon] !== COLON) throw unreadable("a key has no value");
    const value = skipBlanks(bytes, colon + 1);
    if (LIST_KEYS.includes(name)) {
      if (bytes[value] === OPEN_LIST || bytes[value] === NULL) return value;
      if (bytes[value] === OPEN_OBJECT) return findList(bytes, value);
    }
    const end = skipBlanks(bytes, skipValue(bytes, value));
    if (bytes[end] !== COMMA) break;
    key = skipBlanks(bytes, end + 1);
  }
  return at;
}

function parsedElement(bytes: Uint8Array, start: number, end: number): Element {
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

function shallow(value: unknown): Element {
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

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  // A byte order mark counts as blank.
  while (at < bytes.length && isBlank(bytes[at] ?? 0)) at++;
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xef || byte === 0xbb ||
    byte === 0xbf;
}

function skipValue(bytes: Uint8Array, from: number): number {
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

function unreadable(why: string): TrackerError {
  return new TrackerError({
    code: "tool_answer_unreadable",
    message: `Cannot read the tool's answer: ${why}`,
    nextAction: "Check that the tool is a version that tracker knows.",
  });
}
