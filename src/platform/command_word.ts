/**
 * Returns a text as one word of a command that people copy into a shell: in quotes where a shell would take it for
 * something else, such as `#12` for a comment.
 */
export function commandWord(text: string): string {
  return /^[\w.\/:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Splits a command into words as a shell does at blanks; no shell runs, so that quotes only hold words together. */
export function commandWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
    .map(([, double, single, plain]) => double ?? single ?? plain ?? "");
}
