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
  return new JsonCount(limits).add(json);
}

/** Does the same in steps of so many bytes, with pauses between them. */
export async function jsonExcessInSteps(
  json: Uint8Array,
  limits: JsonLimits,
  pause: () => Promise<void>,
  step: number = STEP_BYTES,
): Promise<JsonExcess | null> {
  const count = new JsonCount(limits);
  for (let at = 0; at < json.length; at += step) {
    const excess = count.add(json.subarray(at, at + step));
    if (excess !== null) return excess;
    await pause();
  }
  return null;
}

const STEP_BYTES = 1024 * 1024;

/** Counts the levels and the values of a document whose bytes come in parts. */
class JsonCount {
  readonly #limits: JsonLimits;
  #levels = 0;
  #values = 1;
  #isInString = false;
  /** Whether a backslash before these bytes escapes the first of them. */
  #isEscaped = false;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /** Counts the next bytes; returns the limit that is exceeded with them. */
  add(json: Uint8Array): JsonExcess | null {
    const limits = this.#limits;
    let [levels, values] = [this.#levels, this.#values];
    for (let at = this.#isInString ? this.#endOfString(json, 0) + 1 : 0; at < json.length; at++) {
      switch (json[at]) {
        case QUOTE:
          this.#isInString = true;
          at = this.#endOfString(json, at + 1);
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
    [this.#levels, this.#values] = [levels, values];
    return null;
  }

  /** Returns the quote that ends the string whose bytes begin at `start`; the end of the bytes when none does. */
  #endOfString(json: Uint8Array, start: number): number {
    // Most strings are names and words: to call for the search of a quote takes longer than to look at each byte.
    const near = this.#isEscaped ? start : Math.min(start + NEAR, json.length);
    for (let at = start; at < near; at++) {
      const byte = json[at];
      if (byte === BACKSLASH) break;
      if (byte !== QUOTE) continue;
      this.#isInString = false;
      return at;
    }
    for (let at = json.indexOf(QUOTE, start); at >= 0; at = json.indexOf(QUOTE, at + 1)) {
      if (this.#isEscapedAt(json, start, at)) continue;
      this.#isInString = false;
      this.#isEscaped = false;
      return at;
    }
    this.#isEscaped = this.#isEscapedAt(json, start, json.length);
    return json.length;
  }

  #isEscapedAt(json: Uint8Array, start: number, at: number): boolean {
    let from = at;
    while (from > start && json[from - 1] === BACKSLASH) from--;
    const isOdd = (at - from) % 2 === 1;
    return from === 0 && this.#isEscaped ? !isOdd : isOdd;
  }
}

/** Bytes of a string that are looked at one by one. */
const NEAR = 32;

/** In UTF-8 none of these bytes is a part of another character. */
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
