import { type Document, isScalar, Lexer, visit } from "yaml";

/** Tokens that a file may have; thousands of lines have fewer. */
const MAX_TOKENS = 100_000;
const MAX_ALIASES = 100;
/** Characters that make fewer tokens, marks of the lexer's own included. */
const SHORT = 30_000;
/** What all aliases together may stand for: each one at most for the whole file. */
const MAX_ALIASED_TOKENS = 1_000_000;

/**
 * Says why a text would take too long to compose; `null` for one that does not. Reads it token by token and stops at
 * the first limit: composing resolves each alias by a walk through the document.
 */
export function excessOf(text: string): string | null {
  // What each command reads has no alias, and fewer characters than would be too many words and signs.
  if (text.length <= SHORT && !text.includes("*")) return null;
  let tokens = 0;
  let aliases = 0;
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    tokens++;
    if (!isContent && token.startsWith("*")) aliases++;
    isContent = token === SCALAR_FOLLOWS;
    if (tokens > MAX_TOKENS) return `It has more than ${MAX_TOKENS} words and signs`;
    if (aliases > MAX_ALIASES) return `It has more than ${MAX_ALIASES} aliases`;
  }
  return aliases * tokens > MAX_ALIASED_TOKENS ? "Its aliases stand for too much" : null;
}

/** The lexer's mark in front of a plain or block scalar. */
const SCALAR_FOLLOWS = "\u001f";

/** The offset of the first key that its mapping has already; `null` where there is none. */
export function repeatedKey(document: Document.Parsed): number | null {
  let found: number | null = null;
  visit(document, {
    Map(_key, { items }) {
      const known = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key) || key.value === "<<") continue;
        if (known.has(key.value)) {
          found = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        known.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}
