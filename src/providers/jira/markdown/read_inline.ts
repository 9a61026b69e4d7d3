import MarkdownIt, { type MarkdownIt as Parser, type StateInline, type Token } from "markdown-it";
import { dayOf } from "./day.ts";
import { ATOM_SCHEME, type Emphasis, isLinkable, type Link, ordered, type Piece } from "./draft.ts";
import { tidy } from "./tidy.ts";

/** Levels of blocks that are read; what is deeper is refused as a whole. */
export const MAX_LEVEL = 100;

/**
 * The parser. Tags of HTML are words, but for those of `TAGS`; addresses stay as they are written. Links by reference
 * are words, too: a definition would take words away that are nowhere to be kept.
 */
export const PARSER: Parser = parser();

/** Returns the pieces of a line, in their normal form. */
export function readInline(source: string, env: Record<string, unknown>): readonly Piece[] {
  const tokens: Token[] = [];
  PARSER.inline.parse(source, PARSER, env, tokens);
  const reading = new Reading(tokens);
  return tidy(reading.pieces());
}

/** Tags that are emphases. */
const TAGS: Readonly<Record<string, Emphasis>> = {
  b: "strong",
  strong: "strong",
  i: "em",
  em: "em",
  s: "strike",
  del: "strike",
  u: "underline",
  ins: "underline",
  sub: "sub",
  sup: "sup",
};

const TAG = /<(\/?)(b|strong|i|em|s|del|u|ins|sub|sup|br) ?(\/?)>/iy;

const MARKS: Readonly<Record<string, Emphasis>> = { strong: "strong", em: "em", s: "strike" };

function parser(): Parser {
  const found = new MarkdownIt({ html: false, linkify: false, typographer: false });
  found.set({ maxNesting: MAX_LEVEL });
  found.normalizeLink = (url) => url;
  found.normalizeLinkText = (url) => url;
  found.validateLink = (url) => url.startsWith(ATOM_SCHEME) || isLinkable(url);
  found.block.ruler.disable("reference");
  found.inline.ruler.before("autolink", "jira_tag", readTag);
  return found;
}

function readTag(state: StateInline, silent: boolean): boolean {
  if (state.src.charCodeAt(state.pos) !== 0x3c) return false;
  TAG.lastIndex = state.pos;
  const found = TAG.exec(state.src);
  if (found === null) return false;
  const [raw, slash = "", name = ""] = found;
  if (name.toLowerCase() === "br" && slash !== "") return false;
  if (!silent) {
    const token = state.push("jira_tag", name.toLowerCase(), 0);
    token.content = raw;
    token.markup = slash;
  }
  state.pos += raw.length;
  return true;
}

/** Reads the tokens of one line. */
class Reading {
  readonly #tokens: readonly Token[];
  readonly #matched: ReadonlySet<Token>;
  readonly #open = new Map<Emphasis, number>();
  readonly #pieces: Piece[] = [];
  #link: Link | null = null;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
    this.#matched = matchedTags(tokens);
  }

  pieces(): Piece[] {
    for (let at = 0; at < this.#tokens.length; at++) {
      const token = this.#tokens[at];
      if (token === undefined) break;
      if (token.type === "link_open") {
        let end = at + 1;
        while (end < this.#tokens.length && this.#tokens[end]?.type !== "link_close") end++;
        at = this.#openLink(token, this.#tokens.slice(at + 1, end)) ? end : at;
      } else this.#read(token);
    }
    return this.#pieces;
  }

  /** Returns true when the whole link has been read, with its words. */
  #openLink(token: Token, within: readonly Token[]): boolean {
    const href = String(token.attrGet("href") ?? "");
    const words = wordsOf(within);
    if (href.startsWith(ATOM_SCHEME)) {
      this.#pieces.push(atomOf(href.slice(ATOM_SCHEME.length), words, false));
      return true;
    }
    if (token.markup === "autolink" && words === href) {
      this.#pieces.push({ kind: "address", url: href });
      return true;
    }
    const title = token.attrGet("title");
    this.#link = { href, title: title === null ? null : String(title) };
    if (words.trim() !== "" || within.some(({ type }) => /^(code_inline|image)$/.test(type))) {
      return false;
    }
    this.#words(href);
    this.#link = null;
    return true;
  }

  #read(token: Token): void {
    const mark = MARKS[token.tag];
    switch (token.type) {
      case "text":
      case "text_special":
        return this.#words(token.content);
      case "softbreak":
        return this.#words(" ");
      case "hardbreak":
        this.#pieces.push({ kind: "break" });
        return;
      case "code_inline":
        return this.#words(token.content, true);
      case "link_close":
        this.#link = null;
        return;
      case "image":
        return this.#image(token);
      case "jira_tag":
        return this.#tag(token);
      default:
        if (mark !== undefined && token.nesting !== 0) this.#turn(mark, token.nesting);
        else if (token.content !== "") this.#words(token.content);
    }
  }

  #words(text: string, isCode = false): void {
    const emphases = [...this.#open].filter(([, count]) => count > 0).map(([mark]) => mark);
    this.#pieces.push({
      kind: "words",
      text,
      emphases: ordered(isCode ? ["code"] : emphases),
      link: this.#link,
    });
  }

  #turn(mark: Emphasis, by: number): void {
    this.#open.set(mark, (this.#open.get(mark) ?? 0) + by);
  }

  #tag(token: Token): void {
    if (token.tag === "br") {
      this.#pieces.push({ kind: "break" });
      return;
    }
    const mark = TAGS[token.tag];
    if (mark === undefined || !this.#matched.has(token)) return this.#words(token.content);
    this.#turn(mark, token.markup === "/" ? -1 : 1);
  }

  #image(token: Token): void {
    const url = String(token.attrGet("src") ?? "");
    const alt = wordsOf(token.children ?? []);
    if (url.startsWith(ATOM_SCHEME)) {
      this.#pieces.push(atomOf(url.slice(ATOM_SCHEME.length), alt, true));
    } else this.#pieces.push({ kind: "picture", url, alt });
  }
}

/** A day that was written over the words of a date is that date. */
function atomOf(target: string, words: string, isPicture: boolean): Piece {
  const text = words.replace(/\s+/g, " ").trim();
  const kind = target.slice(0, target.indexOf("/"));
  if (kind === "date" && /^\d{4}-\d\d-\d\d$/.test(text)) {
    const time = Date.parse(text);
    const shown = dayOf(Number(target.slice(kind.length + 1)));
    if (!Number.isNaN(time) && text !== shown) target = `date/${time}`;
  }
  return { kind: "atom", target, words: text, isPicture };
}

/** The words within tokens, without their look. */
function wordsOf(tokens: readonly Token[]): string {
  return tokens.map((token) => {
    if (token.type === "image") return wordsOf(token.children ?? []);
    if (token.type === "softbreak" || token.type === "hardbreak") return " ";
    return token.nesting === 0 ? token.content : "";
  }).join("");
}

/** The tags that have a partner; others are words. */
function matchedTags(tokens: readonly Token[]): ReadonlySet<Token> {
  const matched = new Set<Token>();
  const open = new Map<string, Token[]>();
  for (const token of tokens) {
    if (token.type !== "jira_tag") continue;
    const waiting = open.get(token.tag) ?? [];
    open.set(token.tag, waiting);
    if (token.markup === "") waiting.push(token);
    else {
      const partner = waiting.pop();
      if (partner !== undefined) matched.add(partner).add(token);
    }
  }
  return matched;
}
