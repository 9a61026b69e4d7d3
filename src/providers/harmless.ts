import { replaceInvisible } from "../platform/invisible.ts";

/** Characters of a provider's own words that are told. */
const MAX_WORDS = 300;

/** What stands for a secret. */
const SECRET = "[secret]";

/** What looks like a credential of anybody: a provider may quote what it was sent, or a part of it. */
const CREDENTIALS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs,
  /\b(?:Bearer|Basic)\s+[\w.~+/=-]{16,}/gi,
  /\b(?:gh[oprsu]|github_pat|lin_api|lin_oauth|lin_wh)_\w+/gi,
  /\b(?:gl(?:agent|cbt|dt|ft|imt|oas|pat|ptt|rt|soat)-[\w.-]+|whsec_[\w+/=-]+)/gi,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
];

/**
 * Returns a stranger's words in one line, not long, and without secrets: as they are, or as JSON, an address, a form or
 * base64 has them.
 */
export function harmless(words: string, secrets: readonly string[]): string {
  let text = words;
  for (const form of secrets.flatMap(formsOf).toSorted((a, b) => b.length - a.length)) {
    text = text.replaceAll(new RegExp(literal(form), "gi"), SECRET);
  }
  for (const credential of CREDENTIALS) text = text.replaceAll(credential, SECRET);
  text = replaceInvisible(text, () => " ").replace(/\s+/g, " ").trim();
  return text.length <= MAX_WORDS ? text : `${text.slice(0, MAX_WORDS)}…`;
}

function formsOf(secret: string): string[] {
  if (secret === "") return [];
  const bytes = new TextEncoder().encode(secret);
  const base64 = [bytes.toBase64({ omitPadding: true })];
  base64.push(bytes.toBase64({ alphabet: "base64url", omitPadding: true }));
  return [...new Set([secret, escaped(secret), ...inAddresses(secret), ...base64])];
}

/** As it stands in a string of JSON. */
function escaped(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}

function inAddresses(secret: string): string[] {
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  return [encodeURIComponent(secret.toWellFormed()), form];
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Says where an answer is not as expected, in brackets: without the text that stands there. */
export function whereWrong(
  { path, message }: { readonly path: string; readonly message: string },
): string {
  if (path === "") return "";
  return ` (\`${harmless(path, [])}\` ${message.replace(/, not ".*$/s, ", not a text")})`;
}
