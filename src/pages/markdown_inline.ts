import { webLink } from "./web_link.ts";

/** A part of a line of Markdown. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: "strong" | "emphasis" | "struck"; readonly parts: readonly Inline[] }
  /** `host` is where it leads, whatever its words say. */
  | {
    readonly kind: "link";
    readonly url: string;
    readonly host: string;
    readonly parts: readonly Inline[];
  };

const DEEPEST = 4;
const MOST_IN_BRACKETS = 500;

/** Tried in this order at each place; the text between two matches is text. */
const TOKENS = [
  String.raw`(?<escaped>\\[!-/:-@[-\x60{-~])`,
  String.raw`(?<ticks>\x60+)`,
  String
    .raw`(?<image>!?)\[(?<words>[^\[\]\n]{0,${MOST_IN_BRACKETS}})\]\((?<target>[^()\s]{1,2000})\)`,
  String.raw`<(?<angle>https?://[^\s<>]{1,2000})>`,
  String.raw`(?<bare>\bhttps?://[^\s<>"'\x60]{1,2000})`,
  String.raw`(?<mark>\*\*|__|~~|\*|_)`,
  String.raw`(?<line>\n)`,
].join("|");

/** Reads what stands in the lines of a block. Takes time that grows with the length alone. */
export function inlineOf(text: string): readonly Inline[] {
  return partsOf(text, 0);
}

function partsOf(text: string, depth: number): Inline[] {
  const parts: Inline[] = [];
  const tokens = new RegExp(TOKENS, "g");
  // A mark that was looked for in vain need not be looked for once more.
  const missing = new Set<string>();
  let told = 0;
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const token = tokenAt(text, found, depth, missing);
    if (token === null) continue;
    if (found.index > told) parts.push({ kind: "text", text: text.slice(told, found.index) });
    parts.push(token.part);
    told = token.end;
    tokens.lastIndex = token.end;
  }
  if (told < text.length) parts.push({ kind: "text", text: text.slice(told) });
  return parts;
}

interface Token {
  readonly part: Inline;
  /** Where the text after it begins. */
  readonly end: number;
}

function tokenAt(
  text: string,
  found: RegExpExecArray,
  depth: number,
  missing: Set<string>,
): Token | null {
  const { escaped, ticks, words, target, angle, bare, mark, line } = found.groups ?? {};
  const end = found.index + found[0].length;
  if (escaped !== undefined) return { part: { kind: "text", text: escaped.slice(1) }, end };
  if (line !== undefined) return { part: { kind: "break" }, end };
  if (ticks !== undefined) return codeAt(text, end, ticks, missing);
  if (words !== undefined && target !== undefined) {
    const parts: Inline[] = depth < DEEPEST && words !== ""
      ? partsOf(words, DEEPEST)
      : [{ kind: "text", text: words }];
    return linked(target, words === "" ? [{ kind: "text", text: target }] : parts, end);
  }
  if (angle !== undefined) return linked(angle, [{ kind: "text", text: angle }], end);
  if (bare !== undefined) {
    const address = withoutPunctuation(bare);
    const part = linked(address, [{ kind: "text", text: address }], found.index + address.length);
    // Inside the words of a link there is no other.
    return depth >= DEEPEST ? null : part;
  }
  return mark === undefined || depth >= DEEPEST ? null : spanAt(text, end, mark, depth, missing);
}

function codeAt(text: string, start: number, ticks: string, missing: Set<string>): Token | null {
  if (missing.has(ticks)) return null;
  for (let at = text.indexOf(ticks, start); at !== -1; at = text.indexOf(ticks, at)) {
    let after = at;
    while (text[after] === "`") after++;
    if (after - at === ticks.length) {
      const code = text.slice(start, at).replaceAll("\n", " ");
      const isPadded = /^ .*[^ ].* $/.test(code);
      return { part: { kind: "code", text: isPadded ? code.slice(1, -1) : code }, end: after };
    }
    at = after;
  }
  missing.add(ticks);
  return null;
}

const SPANS = { "**": "strong", "__": "strong", "~~": "struck" } as const;

function spanAt(
  text: string,
  start: number,
  mark: string,
  depth: number,
  missing: Set<string>,
): Token | null {
  const before = text[start - mark.length - 1] ?? " ";
  const isInWord = mark.startsWith("_") && /[\p{L}\p{N}]/u.test(before);
  if (isInWord || missing.has(mark) || /^\s?$/.test(text[start] ?? "")) return null;
  for (let at = text.indexOf(mark, start + 1); at !== -1; at = text.indexOf(mark, at + 1)) {
    const after = text[at + mark.length] ?? " ";
    const closes = !/\s/.test(text[at - 1] ?? " ") && text[at - 1] !== "\\" &&
      (mark.length > 1 || after !== mark && text[at - 1] !== mark) &&
      !(mark.startsWith("_") && /[\p{L}\p{N}]/u.test(after));
    if (!closes) continue;
    const parts = partsOf(text.slice(start, at), depth + 1);
    const kind = mark === "**" || mark === "__" || mark === "~~" ? SPANS[mark] : "emphasis";
    return { part: { kind, parts }, end: at + mark.length };
  }
  missing.add(mark);
  return null;
}

/** What ends a sentence or a mark is no part of the address before it. */
function withoutPunctuation(address: string): string {
  let end = address.length;
  while (".,;:!?)]*_~".includes(address[end - 1] ?? " ")) end--;
  return address.slice(0, end);
}

/** An address that is no link for a browser stays what was written. */
function linked(address: string, parts: readonly Inline[], end: number): Token | null {
  const link = webLink(address);
  return link === null ? null : { part: { kind: "link", ...link, parts }, end };
}
