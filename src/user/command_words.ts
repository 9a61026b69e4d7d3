/** The words of a command, or what is wrong with it, completing "`key` …". */
export type CommandWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly fault: string };

/**
 * Splits a command into words as a shell does: quotes hold a word together, a backslash takes the character after it as
 * it is. Nothing is expanded and no shell runs, so that what only a shell understands is refused.
 */
export function commandWords(text: string): CommandWords {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? "";
    if (one === "\\" && quote !== "'") {
      const next = text[at + 1];
      if (next === undefined) return { ok: false, fault: "ends with a backslash" };
      // Between double quotes only a few characters need one.
      word = (word ?? "") + (quote === '"' && !'"\\$`'.includes(next) ? one + next : next);
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
    } else if ("|&;<>`".includes(one)) {
      return { ok: false, fault: `holds \`${one}\`, but no shell runs: quote it, or use a script` };
    } else word = (word ?? "") + one;
  }
  if (quote !== null) return { ok: false, fault: `has no closing ${quote}` };
  if (word !== null) words.push(word);
  return { ok: true, words };
}
