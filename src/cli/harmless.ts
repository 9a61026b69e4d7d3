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

/**
 * A text on its way out, some of which may have come from elsewhere: nothing but line breaks, tabs and the
 * marks of `Style` gets through. The last line of defence; what is known to be foreign is made
 * {@link harmless} where it is put into words.
 */
export function shown(text: string): string {
  if (!HAS_UNSAFE.test(text)) return text;
  return text.split(OWN_MARKS).map((part, index) => index % 2 === 1 ? part : harmlessLines(part))
    .join("");
}

/** JSON with the characters escaped that would harm a terminal; it says the same. */
export function harmlessJson(json: string): string {
  return json.replace(
    UNSAFE,
    (character) =>
      character === "\n"
        ? character
        : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// Both without the state of a global pattern.
const HAS_UNSAFE = new RegExp(UNSAFE.source.replace("\\p{Cc}", "[^\\P{Cc}\\n\\t]"), "u");
const OWN_MARKS = new RegExp(`(${ESC}\\[(?:1|2|22|31|32|33|39)m)`);
