import { sanitize } from "./sanitize.ts";
import { cut, displayWidth } from "./table.ts";
import { type Text, text } from "./text.ts";

/** Returns the lines of a box with a title in its border, cut to the width of a terminal; each line is sanitized. */
export function boxLines(
  title: string,
  body: readonly string[],
  width: number | null,
): readonly Text[] {
  const lines = body.map(sanitize);
  const widest = Math.max(displayWidth(title) + 2, ...lines.map(displayWidth));
  const inner = Math.min(widest, (width ?? Infinity) - 4);
  const heading = cut(title, inner - 1);
  const rest = (words: string, of: number) => Math.max(0, of - displayWidth(words));
  return [
    text`┌─ ${heading} ${"─".repeat(rest(heading, inner - 1))}┐`,
    ...lines.map((line) => cut(line, inner))
      .map((line) => text`│ ${line}${" ".repeat(rest(line, inner))} │`),
    text`└${"─".repeat(inner + 2)}┘`,
  ];
}
