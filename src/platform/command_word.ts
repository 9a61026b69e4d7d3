/**
 * Returns a text as one word of a command that people copy into a shell: in quotes where a shell would take it for
 * something else, such as `#12` for a comment.
 */
export function commandWord(text: string): string {
  return /^[\w.\/:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
