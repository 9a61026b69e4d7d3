import { MAX_NESTING } from "./nesting.ts";

/** What a JSON document from outside may hold. */
export interface JsonLimits {
  /** Levels of lists and objects inside each other. */
  readonly levels: number;
  /** Values in all: texts, numbers, lists, objects and the rest. */
  readonly values: number;
}

/** Which of the {@link JsonLimits} a document exceeds. */
export type JsonExcess = keyof JsonLimits;

/** Limits of an answer of a host: ten thousand issues of two hundred values each. */
export const ANSWER_LIMITS: JsonLimits = { levels: MAX_NESTING, values: 2_000_000 };

/**
 * Tells which limit a JSON document exceeds; `null` when it keeps both. Looks at the bytes alone, so that a small
 * document that would take gigabytes of memory is refused before anything is parsed. Expects no valid JSON: of any
 * bytes, it says what a parser would have to hold at most. Counts an empty list or object as two values.
 */
export function jsonExcess(json: Uint8Array, limits: JsonLimits): JsonExcess | null {
  let levels = 0;
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case OPEN_LIST:
      case OPEN_OBJECT:
        if (++levels > limits.levels) return "levels";
        if (++values > limits.values) return "values";
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        levels--;
        break;
      case COMMA:
        if (++values > limits.values) return "values";
    }
  }
  return null;
}

/** In UTF-8 none of these bytes is a part of another character. */
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Returns the quote that ends the string at `start`; the end of the bytes when none does. */
function endOfString(json: Uint8Array, start: number): number {
  for (let at = json.indexOf(QUOTE, start + 1); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return json.length;
}
