/**
 * Replaces what a reader does not see, or sees in another order than it stands: controls, marks of direction, blanks
 * without width, fillers, tags. What writing needs stays where it has a meaning: the joiners of emoji and of scripts
 * such as Persian and Hindi, variation selectors after their base, the tags of a flag such as that of Scotland. Line
 * feeds and tabs stay, too.
 *
 * @param replacement Gives what stands in for one character.
 */
export function replaceInvisible(text: string, replacement: (character: string) => string): string {
  if (!INVISIBLE.test(text)) return text;
  return text.replace(
    neededOrInvisible(),
    (found, needed: string | undefined) => needed === undefined ? replacement(found) : found,
  );
}

/** Removes whole escape sequences of terminals, so that no `[31m` is left behind by the bare character. */
export function withoutEscapes(text: string): string {
  return text.replace(ESCAPES, "");
}

/** Returns the name of a character's code point, such as `‹U+200B›`, to stand in for what is not seen. */
export function codePointSign(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `‹U+${code.toString(16).toUpperCase().padStart(4, "0")}›`;
}

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
/** The two characters that begin most sequences, as one. */
const CSI = String.fromCharCode(0x9b);
const ESCAPES = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`,
    `${ESC}(?:[\\]PX^_][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[ -/]*[0-~])`,
  ].join("|"),
  "g",
);

/** The numbers and marks of Arabic and others that are of format, but are seen. */
const SEEN = String.raw`[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]`;

/** Controls, separators of lines, formats, and what Unicode says a font should not show. */
const HIDDEN = String.raw`[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]--[\n\t${SEEN}]]`;

/** Letters and marks of the scripts whose letters join, or stack. */
const JOINING = String.raw`[[[\p{L}\p{M}]&&[${
  [
    ...["Arab", "Syrc", "Mand", "Mong", "Nkoo", "Adlm", "Rohg", "Phag"],
    ...["Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh"],
    ...["Tibt", "Mymr", "Khmr", "Lana", "Bali", "Java", "Sund", "Newa", "Gran", "Tirh"],
  ].map((script) => String.raw`\p{scx=${script}}`).join("")
}]]--\p{DI}]`;

/** What a variation selector can stand after. */
const BASE = String.raw`[[\p{L}\p{M}\p{N}\p{P}\p{S}]--\p{DI}]`;

const PICTURE = String.raw`\p{Extended_Pictographic}`;

const NEEDED = [
  // The black flag, the name of a region, the end.
  String.raw`\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{3,6}\u{E007F}`,
  // A joiner between two pictures, the first perhaps with a tone or a selector.
  String.raw`(?<=${PICTURE}(?:\uFE0F|\p{EMod})?)\u200D(?=${PICTURE})`,
  // Persian also ends a word with the joiner; the other one stands between letters.
  String.raw`(?<=${JOINING})\u200D`,
  String.raw`(?<=${JOINING})\u200C(?=${JOINING})`,
  String.raw`(?<=${BASE})[\uFE00-\uFE0F]`,
  String.raw`(?<=[\p{L}&&\p{Script=Mong}])[\u180B-\u180D\u180F]`,
  String.raw`(?<=\p{Script=Han})[\u{E0100}-\u{E01EF}]`,
].join("|");

/** What is hidden, and what is seen but of format: enough to tell most texts at once. */
const INVISIBLE = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{DI}]/u;

let pattern: RegExp | null = null;

/** Made when a text first needs it: its sets of letters take a moment. */
function neededOrInvisible(): RegExp {
  return pattern ??= new RegExp(`(${NEEDED})|${HIDDEN}`, "gv");
}
