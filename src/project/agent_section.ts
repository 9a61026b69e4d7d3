/** A section between marks: where it begins, and where what follows it begins. */
export interface Section {
  readonly start: number;
  readonly end: number;
  /** Whether the file was written for it. */
  readonly isAlone: boolean;
  /** Whether the line before it had no end. */
  readonly endsLine: boolean;
}

const NAME = "tracker agent install";
const BEGIN = /^<!-- tracker agent install: begin(?: \((file|line)\))? -->\r?$/gm;
const END = /^<!-- tracker agent install: end -->(?:\r?\n|$(?![^]))/gm;

/** Returns the section of a text; `null` without one, `damaged` where its marks are not one pair in this order. */
export function sectionIn(text: string): Section | "damaged" | null {
  const [begin, ...otherBegins] = text.matchAll(BEGIN);
  const [end, ...otherEnds] = text.matchAll(END);
  if (begin === undefined && end === undefined) return null;
  if (begin === undefined || end === undefined || end.index < begin.index) return "damaged";
  if (otherBegins.length > 0 || otherEnds.length > 0) return "damaged";
  return {
    start: begin.index,
    end: end.index + end[0].length,
    isAlone: begin[1] === "file",
    endsLine: begin[1] === "line",
  };
}

/**
 * Returns a text with `content`, of whole lines, as its section: in the place of the one that it has, else at its end.
 * The line ends are those of the text. A text that is not there yet is `head` and the section.
 */
export function withSection(
  { text, section }: { readonly text: string | null; readonly section: Section | null },
  content: string,
  head: string,
): string {
  if (text === null) return `${head}${written(content, " (file)", "\n")}`;
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  if (section !== null) {
    const how = section.isAlone ? " (file)" : section.endsLine ? " (line)" : "";
    return `${text.slice(0, section.start)}${written(content, how, lineEnd)}${
      text.slice(section.end)
    }`;
  }
  if (text === "" || text.endsWith("\n")) return `${text}${written(content, "", lineEnd)}`;
  return `${text}${lineEnd}${written(content, " (line)", lineEnd)}`;
}

/** Returns a text without its section, as it was before. */
export function withoutSection(text: string, { start, end, endsLine }: Section): string {
  const before = text.slice(0, start);
  return `${endsLine ? before.replace(/\r?\n$/, "") : before}${text.slice(end)}`;
}

function written(content: string, how: string, lineEnd: string): string {
  return [
    `<!-- ${NAME}: begin${how} -->`,
    `<!-- \`tracker agent remove\` takes this section away. -->`,
    "",
    content.trimEnd(),
    "",
    `<!-- ${NAME}: end -->`,
    "",
  ].join("\n").replaceAll("\n", lineEnd);
}
