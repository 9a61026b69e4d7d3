import type { LinkType } from "../../contract/issue.ts";
import type { JiraLinkType } from "./schemas.ts";

/** What a kind of link is called here from each of its ends; `null` for what has no name here. */
export interface LinkSides {
  /** Seen from the issue that it begins at. */
  readonly outward: LinkType | null;
  /** Seen from the issue that it leads to. */
  readonly inward: LinkType | null;
}

/** What the words of one end say. That an issue has a duplicate has no name here. */
type Said = LinkType | "duplicated_by";

const OPPOSITE: Readonly<Record<Said, Said>> = {
  blocks: "blocked_by",
  blocked_by: "blocks",
  relates_to: "relates_to",
  duplicates: "duplicated_by",
  duplicated_by: "duplicates",
};

/**
 * Words for the ends of links, in the languages in which Jira sets up a site: kinds of link have no keys that are the same
 * everywhere, and their words are the site's own. English ones are looked for within a phrase, others are the phrase.
 */
const WORDS: readonly (readonly [Said, RegExp])[] = [
  ["blocked_by", /\bblocked by\b/],
  ["blocked_by", /^(?:wird|ist) (?:blockiert (?:von|durch)|(?:von|durch) .{1,40} blockiert)$/],
  ["blocked_by", /^est bloqu[eé]e?(?:\(e\))? par$/],
  ["blocked_by", /^(?:es|est[aá]) bloquead[oa](?:\/a|\(a\))? por$/],
  ["blocked_by", /^(?:é|est[aá]) bloquead[oa](?:\/a|\(a\))? por$/],
  ["blocked_by", /^(?:è|viene) bloccat[oa](?:\/a)? da$/],
  ["blocked_by", /^(?:wordt|is) geblokkeerd door$/],
  ["blocked_by", /^(?:jest|zostało) (?:za)?blokowan[eyay] przez$/],
  ["blocked_by", /^je blokov[aá]n[oay]?$/],
  ["blocked_by", /^(?:блокируется|заблокирован[аоы]?)$/],
  ["blocked_by", /^(?:blockeras|blokeres|blokkeres) av$|^blokeres af$/],
  ["blocked_by", /^(?:次(?:の課題)?によって)?ブロックされ(?:ている|る|ています)$/],
  ["blocked_by", /^被(?:阻塞|阻止|封鎖|封锁)$/],
  ["blocks", /\bblock(?:s|ing)\b/],
  ["blocks", /^(?:blockiert|bloque|bloquea|bloqueia|blocca|blokkeert|blokuje|blokuj[ei])$/],
  [
    "blocks",
    /^(?:blockerar|blokerer|blokkerer|блокирует|блокує|ブロック(?:する|している|しています)?)$/,
  ],
  ["blocks", /^(?:阻塞|阻止|封鎖|封锁)$/],
  ["duplicated_by", /\bduplicated by\b/],
  ["duplicated_by", /^(?:wird|ist) (?:dupliziert (?:von|durch)|(?:von|durch) .{1,40} dupliziert)$/],
  ["duplicated_by", /^est dupliqu[eé]e?(?:\(e\))? par$/],
  ["duplicated_by", /^(?:es|est[aá]|é) duplicad[oa](?:\/a|\(a\))? por$/],
  ["duplicated_by", /^(?:è|viene) duplicat[oa](?:\/a)? da$/],
  ["duplicated_by", /^(?:wordt|is) gedupliceerd door$/],
  ["duplicated_by", /^(?:jest duplikowan[eya] przez|дублируется)$/],
  ["duplicated_by", /^被重[复複]$/],
  ["duplicates", /\bduplicates\b/],
  ["duplicates", /^(?:dupliziert|duplique|duplica|dupliceert|duplikuje|дублирует)$/],
  ["duplicates", /^重[复複]$/],
  ["relates_to", /\brelat/],
  ["relates_to", /^(?:bezieht sich auf|ist verknüpft mit|hängt zusammen mit|verwandt mit)$/],
  ["relates_to", /^(?:est li[eé]e?(?:\(e\))? [àa]|se rapporte à|concerne)$/],
  [
    "relates_to",
    /^(?:se relaciona con|est[aá] relacionad[oa](?:\/a)? (?:con|a|com)|relaciona-se com)$/,
  ],
  ["relates_to", /^(?:è correlat[oa] a|si riferisce a|houdt verband met|heeft betrekking op)$/],
  ["relates_to", /^(?:dotyczy|jest powiązan[eya] z|souvisí s|связан[аоы]? с|относится к)$/],
  ["relates_to", /^(?:関連(?:している|する|しています)?|相关|相關|关联|關聯|관련(?:됨)?)$/],
];

/**
 * Returns what a kind of link is called here. The words of both ends count: where they contradict each other, or are the
 * same for what has a direction, the kind has no name here.
 */
export function sidesOf({ name, inward, outward }: JiraLinkType): LinkSides {
  const [out, back] = [saidBy(outward), saidBy(inward)];
  const said = out ?? (back === null ? saidByName(name) : OPPOSITE[back]);
  if (said === null || back !== null && OPPOSITE[said] !== back) return NONE;
  return { outward: named(said), inward: named(OPPOSITE[said]) };
}

const NONE: LinkSides = { outward: null, inward: null };

/** Only a relation without a direction is told by the name of its kind. */
function saidByName(name: string): Said | null {
  return saidBy(name) === "relates_to" ? "relates_to" : null;
}

/** What words have said so far: a site has few kinds of link, and each of its issues names some. */
const remembered = new Map<string, Said | null>();

/** How many words are remembered. */
const MOST_SAID = 200;

function saidBy(words: string): Said | null {
  const known = remembered.get(words);
  if (known !== undefined) return known;
  const found = readWords(words);
  if (remembered.size >= MOST_SAID) remembered.clear();
  remembered.set(words, found);
  return found;
}

function readWords(words: string): Said | null {
  const folded = words.normalize("NFC").trim().toLowerCase().replaceAll(/\s+/g, " ");
  return WORDS.find(([, pattern]) => pattern.test(folded))?.[0] ?? null;
}

function named(said: Said): LinkType | null {
  return said === "duplicated_by" ? null : said;
}
