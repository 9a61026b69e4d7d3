import {
  type Emphasis,
  isAddress,
  isLinkable,
  type Link,
  ordered,
  type Piece,
} from "../markdown/draft.ts";
import { tidy } from "../markdown/tidy.ts";

/** Signs of emphases. */
export const SIGNS: Readonly<Record<string, Emphasis>> = {
  "*": "strong",
  "_": "em",
  "-": "strike",
  "+": "underline",
  "^": "sup",
  "~": "sub",
};

/** A word with an address in it is left alone, and so are macros that Markdown does not know. */
const TOKENS = new RegExp(
  [
    String.raw`(?<break>\r\n|[\r\n]|\\\\(?:\r\n|[\r\n])?)`,
    String.raw`(?<entity>&#\d{1,7};)`,
    String.raw`\\(?<escaped>[*_+^~\-{}\[\]!|#?])`,
    String.raw`\{\{(?<mono>[^\r\n{}](?:(?!\}\})[^\r\n]){0,999})\}\}`,
    String.raw`\{(?<brace>[*_+^~\-])\}`,
    String.raw`(?<macro>\{[a-z]+(?::[^{}\r\n]*)?\})`,
    String.raw`\[(?<link>(?:\\[^\r\n]|[^\\\[\]\r\n])+)\]`,
    String.raw`!(?<picture>[^\s!|]+(?:\|[^!\r\n]*)?)!`,
    String.raw`(?<url>\b[a-z][a-z0-9+.]{1,15}:\/\/[^\s\[\]|{}!\\]{1,1900})`,
    String.raw`(?<sign>[*_+^~\-])`,
    String.raw`(?<words>[\p{L}\p{N}]+|[^])`,
  ].join("|"),
  "guy",
);

/** A token while signs look for their partners. */
type Token =
  | { readonly kind: "piece"; readonly piece: Piece }
  | { readonly kind: "text"; readonly text: string }
  | Sign;

interface Sign {
  readonly kind: "sign";
  readonly text: string;
  readonly mark: Emphasis;
  readonly opens: boolean;
  readonly closes: boolean;
  /** `null` for one without a partner. */
  turn: 1 | -1 | null;
}

/** Returns the pieces of lines of wiki markup. `macros` hears of what is left in it as words. */
export function readWikiInline(source: string, macros: Set<string>): readonly Piece[] {
  const tokens = tokensOf(source, macros);
  pair(tokens);
  const open = new Map<Emphasis, number>();
  const pieces = tokens.map((token): Piece | null => {
    if (token.kind === "sign" && token.turn !== null) {
      open.set(token.mark, (open.get(token.mark) ?? 0) + token.turn);
      return null;
    }
    if (token.kind === "piece" && token.piece.kind !== "words") return token.piece;
    const emphases = [...open].filter(([, count]) => count > 0).map(([mark]) => mark);
    if (token.kind !== "piece") {
      return { kind: "words", text: token.text, emphases: ordered(emphases), link: null };
    }
    if (token.piece.kind !== "words" || token.piece.emphases.includes("code")) return token.piece;
    return { ...token.piece, emphases: ordered([...token.piece.emphases, ...emphases]) };
  });
  return tidy(pieces.filter((piece) => piece !== null));
}

function tokensOf(source: string, macros: Set<string>): readonly Token[] {
  const found: Token[] = [];
  TOKENS.lastIndex = 0;
  for (;;) {
    const at = TOKENS.lastIndex;
    const match = TOKENS.exec(source);
    if (match === null) return found;
    const groups = match.groups ?? {};
    const macro = groups["macro"];
    if (macro !== undefined && !BLOCK_MACRO.test(macro)) macros.add(macro);
    found.push(tokenOf(match[0], groups, source, at));
  }
}

function tokenOf(
  text: string,
  { break: end, entity, escaped, mono, brace, link, picture, sign }: Record<
    string,
    string | undefined
  >,
  source: string,
  at: number,
): Token {
  if (end !== undefined) return { kind: "piece", piece: { kind: "break" } };
  if (entity !== undefined) return { kind: "text", text: character(entity) };
  if (escaped !== undefined) return { kind: "text", text: escaped };
  if (mono !== undefined) {
    return { kind: "piece", piece: { kind: "words", text: mono, emphases: ["code"], link: null } };
  }
  if (brace !== undefined) return signOf(text, brace, true, true);
  if (link !== undefined) return linkOf(text, link);
  if (picture !== undefined) return { kind: "piece", piece: pictureOf(picture) };
  if (sign === undefined) return { kind: "text", text };
  const [before, after] = [source.charAt(at - 1), source.charAt(at + 1)];
  return signOf(text, sign, mayOpen(before, after), mayClose(before, after));
}

/** Whether a sign between two characters may begin an emphasis. */
export function mayOpen(before: string, after: string): boolean {
  return !isWord(before) && !isBlank(after);
}

/** Whether a sign between two characters may end an emphasis. */
export function mayClose(before: string, after: string): boolean {
  return !isBlank(before) && !isWord(after);
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}\ud800-\udfff]/u.test(character);
}

function isBlank(character: string): boolean {
  return /^\s?$/.test(character);
}

function signOf(text: string, sign: string, opens: boolean, closes: boolean): Token {
  const mark = SIGNS[sign];
  if (mark === undefined || !(opens || closes)) return { kind: "text", text };
  return { kind: "sign", text, mark, opens, closes, turn: null };
}

/** A blank without width stands where an item of a list has no words. */
export const NOTHING = 8203;

/** Macros of blocks are no words, whatever the text had. */
const BLOCK_MACRO = /^\{(code|noformat|quote|panel|info|note|tip|warning)[:}]/;

function character(entity: string): string {
  const code = Number(entity.slice(2, -1));
  if (code === NOTHING) return "";
  const isOne = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isOne ? String.fromCodePoint(code) : entity;
}

/** Pairs signs within their line: a sign closes the last one of its kind and form that is open. */
function pair(tokens: readonly Token[]): void {
  let open = new Map<string, Sign>();
  for (const token of tokens) {
    if (token.kind === "piece" && token.piece.kind === "break") open = new Map();
    if (token.kind !== "sign") continue;
    const partner = open.get(token.text);
    if (partner !== undefined && token.closes) {
      [partner.turn, token.turn] = [1, -1];
      open.delete(token.text);
    } else if (token.opens && partner === undefined) open.set(token.text, token);
  }
}

function linkOf(text: string, inner: string): Token {
  const words: Token = { kind: "text", text };
  const parts = splitBars(inner);
  const [label = "", address, title] = parts.map((part) => part.trim());
  if (parts.length === 1) {
    if (label.startsWith("~") && label.length > 1) {
      return piece(atom(`mention/${encoded(label.slice(1))}`, `@${label.slice(1)}`));
    }
    if (label.startsWith("^") && label.length > 1) {
      return piece(atom(`attachment/${encoded(label.slice(1))}`, label.slice(1)));
    }
    return isAddress(label) ? piece({ kind: "address", url: label }) : words;
  }
  const target = parts.length > 3 ? "" : decodedBars(address ?? "");
  if (label === "" || !isWikiAddress(target)) return words;
  const link: Link = { href: target, title: title === undefined || title === "" ? null : title };
  return piece({ kind: "words", text: unescaped(label), emphases: [], link });
}

/** Whether an address can be that of a link in wiki markup. */
export function isWikiAddress(address: string): boolean {
  return /^(?:[/#]|[a-z][a-z0-9+.-]*:)\S*$/i.test(address) && isLinkable(address) &&
    address.isWellFormed();
}

function piece(given: Piece): Token {
  return { kind: "piece", piece: given };
}

function atom(target: string, words: string): Piece {
  return { kind: "atom", target, words, isPicture: false };
}

/** Splits a text at its bars, but for those behind a backslash. */
function splitBars(text: string): readonly string[] {
  const parts = [""];
  for (const part of text.match(/\\[^]|[^\\|]+|[^]/g) ?? []) {
    if (part === "|") parts.push("");
    else parts.push(`${parts.pop() ?? ""}${part}`);
  }
  return parts;
}

function decodedBars(address: string): string {
  return address.replace(/%(?:7C|5B|5D|7B|7D)/g, decodeURIComponent);
}

function unescaped(text: string): string {
  return text.replace(/\\([*_+^~\-{}[\]!|#?])/g, "$1").replace(/&#\d{1,7};/g, character);
}

/** Returns a part of an address `jira:`. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[()'*!]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16)}`,
  );
}

function pictureOf(inner: string): Piece {
  const [name = ""] = inner.split("|");
  if (isAddress(name) && name === inner) return { kind: "picture", url: name, alt: "" };
  return { kind: "atom", target: `image/${encoded(inner)}`, words: name, isPicture: true };
}

/** Returns what an atom of wiki markup stands for; `null` for one of another Jira. */
export function wikiOfAtom(target: string): string | null {
  const slash = target.indexOf("/");
  const value = decoded(target.slice(slash + 1));
  if (value === null || /[\r\n[\]{}!]/.test(value) || value === "") return null;
  switch (target.slice(0, slash)) {
    case "mention":
      return `[~${value}]`;
    case "attachment":
      return `[^${value}]`;
    case "image":
      return `!${value}!`;
    default:
      return null;
  }
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}
