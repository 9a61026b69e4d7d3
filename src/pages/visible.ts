import { codePointSign, replaceInvisible } from "../platform/invisible.ts";

/**
 * A text from a host, a tool or a file as a page may show it: line breaks and tabs are blanks, every other
 * control or invisible character is the name of its code point. Joiners that emoji and scripts need stay.
 */
export function visible(text: string): string {
  return replaceInvisible(text.replace(/[\r\n\t]+/g, " "), codePointSign);
}

/** Like {@link visible}, of a text whose lines and tabs stay. */
export function visibleLines(text: string): string {
  return replaceInvisible(text.replaceAll("\r\n", "\n"), codePointSign);
}

/** Like {@link visible}, cut after `length` characters. */
export function visibleStart(text: string, length: number): string {
  // Text that is cut off need not be checked; twice as much covers pairs and joined line ends.
  const signs = [...visible(text.slice(0, 2 * length + 2))];
  return signs.length > length ? `${signs.slice(0, length).join("")}…` : signs.join("");
}
