import { sanitize, sanitizeJson, sanitizeLines } from "./sanitize.ts";

/**
 * A text that a terminal can be shown: our own words and colours, and foreign values that are sanitized. Only the
 * functions of this file make one.
 */
class SafeText {
  readonly #marked: string;

  constructor(marked: string) {
    this.#marked = marked;
  }

  /** Returns the text with its colours, or without them. */
  render(color: boolean): string {
    return color ? this.#marked : this.#marked.replace(STYLE_CODES, "");
  }

  /** Returns the text without colours. */
  toString(): string {
    return this.render(false);
  }
}

export type { SafeText as Text };

/** What a text is made of. A plain string may be foreign: it becomes one sanitized line. */
export type Fragment = SafeText | string | number;

/**
 * Composes a text: the literal parts are ours and stay as they are, each value is a {@link Fragment}.
 *
 * @example text`${DONE} Signed in to ${host}.`
 */
export function text(literals: TemplateStringsArray, ...values: readonly Fragment[]): SafeText {
  return new SafeText(
    literals.map((literal, at) => literal + (at < values.length ? marked(values[at] ?? "") : ""))
      .join(""),
  );
}

/** Sanitizes a foreign text of several lines, such as the body of an issue; all but the first begin with `indent`. */
export function multiline(body: string, indent = ""): SafeText {
  return new SafeText(sanitizeLines(body).replaceAll("\n", `\n${indent}`));
}

/** Escapes in JSON what would act on a terminal; it holds the same data. */
export function jsonText(json: string): SafeText {
  return new SafeText(sanitizeJson(json));
}

/** Joins fragments with a separator of ours. */
export function joined(fragments: readonly Fragment[], separator: string): SafeText {
  return new SafeText(fragments.map(marked).join(separator));
}

/** Fills a sanitized line with blanks to a length. */
export function padEnd(value: string, length: number): SafeText {
  return new SafeText(sanitize(value).padEnd(length));
}

/** Sanitizes a line and shortens it to a length; `…` stands for what is left out. */
export function excerpt(value: string, length: number): string {
  const line = sanitize(value);
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** Makes a fragment bold. */
export function bold(fragment: Fragment): SafeText {
  return styled(fragment, 1, 22);
}

/** Makes a fragment dim. */
export function dim(fragment: Fragment): SafeText {
  return styled(fragment, 2, 22);
}

/** Makes a fragment green. */
export function green(fragment: Fragment): SafeText {
  return styled(fragment, 32, 39);
}

/** Makes a fragment yellow. */
export function yellow(fragment: Fragment): SafeText {
  return styled(fragment, 33, 39);
}

/** Makes a fragment blue. */
export function blue(fragment: Fragment): SafeText {
  return styled(fragment, 34, 39);
}

/** Makes a fragment red. */
export function red(fragment: Fragment): SafeText {
  return styled(fragment, 31, 39);
}

/** Makes a fragment cyan. */
export function cyan(fragment: Fragment): SafeText {
  return styled(fragment, 36, 39);
}

/** Makes a fragment italic. */
export function italic(fragment: Fragment): SafeText {
  return styled(fragment, 3, 23);
}

/** Underlines a fragment. */
export function underlined(fragment: Fragment): SafeText {
  return styled(fragment, 4, 24);
}

/** Strikes a fragment through. */
export function struck(fragment: Fragment): SafeText {
  return styled(fragment, 9, 29);
}

function styled(fragment: Fragment, open: number, close: number): SafeText {
  const words = marked(fragment);
  return new SafeText(words === "" ? "" : `\u001b[${open}m${words}\u001b[${close}m`);
}

function marked(fragment: Fragment): string {
  return fragment instanceof SafeText ? fragment.render(true) : sanitize(String(fragment));
}

const STYLE_CODES = new RegExp(
  `${String.fromCharCode(0x1b)}\\[(?:1|2|3|4|9|22|23|24|29|31|32|33|34|36|39)m`,
  "g",
);

/** Begins a line about something that succeeded. */
export const DONE = green("✓");

/** Begins a line about something that succeeded in part, or needs attention. */
export const ATTENTION = yellow("!");

/** Begins a line about something that failed. */
export const FAILED = red("✗");

/** Removes what stands in the line of a terminal. */
export const CLEAR_LINE = text`\r\u001b[2K`;
