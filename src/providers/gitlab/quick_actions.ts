/** A line that GitLab takes as a command, such as `/close`, or that was kept from that. */
const COMMAND = /^(\\*)\/(?=[a-z_])/i;

/**
 * Returns a text in which no line is a command to GitLab: a line such as `/close` in a description or a comment would be
 * carried out, and be gone from the text. It is shown as before. Code is left as it is, where every version of GitLab
 * takes it for that.
 */
export function withoutCommands(text: string): string {
  return lineByLine(text, (line) => line.replace(COMMAND, "\\$&"));
}

/** A line that was kept from being a command; ends of lines are more here than GitLab has. */
const KEPT = /^\\+\/[a-z_]/im;

/** Returns a text as it was before {@link withoutCommands}. */
export function withCommands(text: string): string {
  if (!KEPT.test(text)) return text.replaceAll(/\r\n?/g, "\n");
  return lineByLine(text, (line) => COMMAND.test(line) ? line.replace(/^\\/, "") : line);
}

/**
 * Changes the lines of a text outside of code. GitLab drops each carriage return before it looks for commands: one before
 * `/close` would hide that only here.
 */
function lineByLine(text: string, change: (line: string) => string): string {
  const lines = text.replaceAll(/\r\n?/g, "\n").split("\n");
  const code = codeIn(lines);
  return lines.map((line, index) => code.has(index) ? line : change(line)).join("\n");
}

/** What has older versions of GitLab and newer ones differ about where code is. */
const UNCLEAR = /^ {0,3}(?:~{3,}|<|>)|^ {1,3}`{3,}|^`{4,}|^```\s+$/;

/**
 * Whether newer versions take the beginning of a text for front matter, after a line about the coding or without one, or
 * drop it: a line in it that looks like the beginning of code is none.
 */
function isUnclearBeginning(lines: readonly string[]): boolean {
  const [first = ""] = lines;
  if (first.startsWith("\uFEFF")) return true;
  const isFrontMatter = (from: number) => {
    const line = lines.slice(from).find((line) => line.trim() !== "")?.trimStart() ?? "";
    return FRONT_MATTER.some((mark) => line.startsWith(mark));
  };
  return isFrontMatter(0) || first.includes("coding:") && isFrontMatter(1);
}

const FRONT_MATTER: readonly string[] = ["---", "+++", ";;;"];

/** The places of the lines that are code to every version of GitLab: from three backticks to three backticks. */
function codeIn(lines: readonly string[]): ReadonlySet<number> {
  const code = new Set<number>();
  if (isUnclearBeginning(lines)) return code;
  if (lines.some((line) => UNCLEAR.test(line))) return code;
  let opened: number | null = null;
  for (const [index, line] of lines.entries()) {
    if (opened === null) {
      if (/^```[^`]*$/.test(line)) opened = index;
    } else if (line === "```") {
      for (let place = opened; place <= index; place++) code.add(place);
      opened = null;
    }
  }
  return code;
}
