/** Commands that the fake carries out, as GitLab does with many more. */
const COMMAND = /^\/(close|reopen|confidential)\s*$/i;

/** Takes the commands out of a text, as an older or a newer GitLab does: neither looks into what both take for code. */
export function commandsIn(
  given: string,
): { readonly text: string; readonly commands: readonly string[] } {
  const commands: string[] = [];
  const heard = given.replaceAll("\r", "");
  const all = heard.split("\n");
  const [older, newer] = [olderCode(heard), newerCode(heard)];
  const lines = all.filter((line, index) => {
    const isCode = older.has(index) && newer.has(index);
    const found = isCode ? undefined : COMMAND.exec(line)?.[1];
    if (found !== undefined) commands.push(found.toLowerCase());
    return found === undefined;
  });
  return { text: commands.length === 0 ? heard : lines.join("\n").trim(), commands };
}

/** Older versions look for three backticks and three backticks. */
function olderCode(text: string): ReadonlySet<number> {
  const code = new Set<number>();
  for (const found of text.matchAll(/^```[\s\S]+?\n```$/gm)) {
    const first = text.slice(0, found.index).split("\n").length - 1;
    const count = found[0].split("\n").length;
    for (let place = first; place < first + count; place++) code.add(place);
  }
  return code;
}

/** From a line such as `---` at the beginning to the next one; a line about the coding may come before. */
const FRONT_MATTER =
  /^(?:[^\n]*coding:[^\n]*\n)?\s*(?:---|\+\+\+|;;;)[ \t]*\S*\n(?:.*\n)*?(?:---|\+\+\+|;;;|\.{3})[ \t]*(?:\n|$)/;

/** Newer versions read Markdown, after front matter and without a byte order mark. */
function newerCode(given: string): ReadonlySet<number> {
  const code = new Set<number>();
  const text = given.replace(/^\uFEFF/, "");
  const lines = text.split("\n");
  const before = (FRONT_MATTER.exec(text)?.[0] ?? "").split("\n").length - 1;
  let fence: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (index < before) continue;
    const found = /^ {0,3}(`{3,}|~{3,})([^`]*)$/.exec(line);
    if (fence !== null || found !== null) code.add(index);
    if (fence === null) fence = found?.[1] ?? null;
    else if (
      found?.[1] !== undefined && found[1][0] === fence[0] && found[1].length >= fence.length &&
      found[2]?.trim() === ""
    ) fence = null;
  }
  return code;
}
