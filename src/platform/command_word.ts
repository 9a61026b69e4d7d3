/**
 * Returns a text as one word of a command that people copy into a shell: in quotes where a shell would take it for
 * something else, such as `#12` for a comment.
 */
export function commandWord(text: string): string {
  return /^[\w.\/:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The words of a command. */
export interface CommandWords {
  readonly words: readonly string[];
  /** Why a shell would make something else of it, completing "`key` …"; `null` when the words are all. */
  readonly fault: string | null;
}

/**
 * Splits a command into words as a shell does: quotes hold a word together, a backslash takes the character after it as
 * it is. Nothing is expanded and no shell runs, so that what only a shell understands is a fault, and stands as it is in
 * the words.
 *
 * @param os Of Windows, whose paths hold backslashes, a backslash stays one.
 */
export function commandWords(text: string, os?: string): CommandWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  let fault: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? "";
    if (one === "\\" && quote !== "'" && os !== "windows") {
      const next = text[at + 1];
      if (next === undefined) fault ??= "ends with a backslash";
      // Between double quotes only a few characters need one.
      const isKept = next === undefined || quote === '"' && !'"\\$`'.includes(next);
      word = (word ?? "") + (isKept ? one : "") + (next ?? "");
      at++;
    } else if (quote !== null) {
      if (one === quote) quote = null;
      else word = (word ?? "") + one;
    } else if (one === '"' || one === "'") {
      quote = one;
      word ??= "";
    } else if (/\s/.test(one)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      if ("|&;<>`".includes(one)) {
        fault ??= `holds \`${one}\`, but no shell runs: quote it, or use a script`;
      }
      word = (word ?? "") + one;
    }
  }
  if (quote !== null) fault ??= `has no closing ${quote}`;
  if (word !== null) words.push(word);
  return { words, fault };
}
