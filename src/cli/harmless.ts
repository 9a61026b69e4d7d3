// C0 and C1 controls, and the invisible characters that reorder or hide text.
const UNSAFE = /\p{Cc}|[\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;
// Whole escape sequences go, so that no `[31m` is left behind by the bare character.
const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const ESCAPES = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[ -/]*[0-~])`,
  "g",
);

/**
 * A text from a host, a tool or a file as one line that a terminal can be shown: no control or
 * reordering characters, line breaks and tabs as blanks.
 */
export function harmless(text: string): string {
  return text.replace(ESCAPES, "").replace(/[\r\n\t]+/g, " ").replace(UNSAFE, "");
}

/** Like {@link harmless}, for texts of several lines: line breaks and tabs stay. */
export function harmlessLines(text: string): string {
  return text.replace(ESCAPES, "").replace(/\r\n?/g, "\n")
    .replace(UNSAFE, (character) => (character === "\n" || character === "\t" ? character : ""));
}
