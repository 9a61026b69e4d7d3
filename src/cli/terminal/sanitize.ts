import { replaceInvisible, withoutEscapes } from "../../platform/invisible.ts";

/**
 * Returns a text from a host, a tool or a file as one line that a terminal can be shown: without control
 * or invisible characters, with blanks for line breaks and tabs.
 */
export function sanitize(text: string): string {
  return replaceInvisible(withoutEscapes(text).replace(/[\r\n\t]+/g, " "), () => "");
}

/** Sanitizes a text of several lines: line breaks and tabs stay. */
export function sanitizeLines(text: string): string {
  return replaceInvisible(withoutEscapes(text).replace(/\r\n?/g, "\n"), () => "");
}

/** Escapes the characters of JSON that would act on a terminal; it holds the same data. */
export function sanitizeJson(json: string): string {
  return replaceInvisible(json, escaped);
}

/** Escapes a character; JSON escapes each half of one beyond the first 65,536. */
function escaped(character: string): string {
  return character.split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
