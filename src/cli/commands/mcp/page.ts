import { isJsonObject, type JsonObject } from "../../../contract/field.ts";
import type { Paged, PageWanted } from "./tool.ts";

/** Most bytes of an answer, as it stands in the line of the protocol. */
export const ANSWER_BYTES = 9_500;

/** What the names of cut members, the place of the next page and the brackets may take. */
const SPARE_BYTES = 600;

/** How short texts become, how many of a list and members of an object stay, the mildest first. */
const CUTS: readonly (readonly [text: number, many: number])[] = [
  ...[[4_000, 100], [2_000, 60], [1_000, 40], [500, 25], [250, 15], [120, 10]] as const,
  ...[[60, 5], [30, 3], [10, 1]] as const,
];

/** Which part of a document to give. */
export interface PageOptions extends PageWanted {
  readonly paged: Paged | null;
}

/**
 * Returns the part of a document that was asked for, in no more than {@link ANSWER_BYTES}. `next` says where the following
 * part starts, and `cut` names what was shortened, such as `issues[].title`. The `next` of a marked list stays as it is: it
 * is right where the page has the whole list.
 */
export function pageOf(document: JsonObject, options: PageOptions): JsonObject {
  const { paged } = options;
  const part = paged === null ? undefined : document[paged.member];
  if (paged?.kind === "list" && Array.isArray(part)) {
    return listPage(document, paged, part, options);
  }
  if (paged?.kind === "text" && typeof part === "string") {
    return textPage(document, paged.member, part, options.from);
  }
  return whole(document, ANSWER_BYTES);
}

/** Bytes of a document in the line of the protocol, where its text is a string within JSON. */
export function bytesOf(document: unknown): number {
  return new TextEncoder().encode(JSON.stringify(JSON.stringify(document))).length;
}

function listPage(
  document: JsonObject,
  paged: Paged,
  list: readonly unknown[],
  { from, limit }: PageOptions,
): JsonObject {
  const { member, without = [] } = paged;
  const chosen = list.slice(from, from + limit).map((item) => lighter(item, without));
  const rest = whole({ ...document, [member]: [] }, ANSWER_BYTES / 2);
  const cut = new Set<string>(namesIn(rest["cut"]));
  const items: unknown[] = [];
  let left = ANSWER_BYTES - SPARE_BYTES - bytesOf(rest);
  for (const item of chosen) {
    if (items.length > 0 && bytesOf(item) > left) break;
    const { value, names } = within(item, left, `${member}[]`);
    for (const name of names) cut.add(name);
    items.push(value);
    left -= bytesOf(value);
  }
  const { cut: _cut, ...others } = rest;
  const names = cut.size === 0 ? {} : { cut: someNames([...cut]) };
  if (paged.marked === true) return { ...others, [member]: items, ...names };
  const reached = from + items.length;
  const hasMore = reached < list.length || document["has_more"] === true;
  return {
    ...others,
    [member]: items,
    ...("has_more" in document ? { has_more: hasMore } : {}),
    ...(hasMore && items.length > 0 ? { next: reached } : {}),
    ...names,
  };
}

function textPage(document: JsonObject, member: string, text: string, from: number): JsonObject {
  const rest = whole({ ...document, [member]: "" }, ANSWER_BYTES / 2);
  const room = ANSWER_BYTES - SPARE_BYTES - bytesOf(rest);
  const left = text.slice(from);
  let [fits, over] = [0, left.length + 1];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (bytesOf(left.slice(0, middle)) <= room) fits = middle;
    else over = middle;
  }
  const part = wholeLetters(left.slice(0, fits));
  const reached = from + part.length;
  return { ...rest, [member]: part, ...(reached < text.length ? { next: reached } : {}) };
}

/** Returns a document as it is where it fits, else with its texts and lists shortened and named in `cut`. */
function whole(document: JsonObject, budget: number): JsonObject {
  const { value, names } = within(document, budget - SPARE_BYTES, "");
  if (!isJsonObject(value)) return { cut: someNames(names) };
  return names.length === 0 ? value : { ...value, cut: someNames(names) };
}

/** The names that fit into what is kept free for them. */
function someNames(names: readonly string[]): readonly string[] {
  let left = SPARE_BYTES - 100;
  return names.map((name) => wholeLetters(name.slice(0, LONGEST_NAME))).filter((name) => {
    left -= bytesOf(name);
    return left >= 0;
  });
}

function within(
  value: unknown,
  budget: number,
  name: string,
): { readonly value: unknown; readonly names: readonly string[] } {
  if (bytesOf(value) <= budget) return { value, names: [] };
  let last: unknown = null;
  const names = new Set<string>();
  for (const [text, many] of CUTS) {
    names.clear();
    last = shortened(value, { text, many, names }, name);
    if (bytesOf(last) <= budget) return { value: last, names: [...names] };
  }
  // Wider than any real document: nothing of it is worth the bytes.
  return { value: null, names: [name === "" ? "document" : name] };
}

const LONGEST_NAME = 100;

interface Cut {
  readonly text: number;
  readonly many: number;
  readonly names: Set<string>;
}

/** Lists and objects in one another; no document of a command has so many. */
const DEEPEST = 30;

function shortened(value: unknown, cut: Cut, name: string, depth = 0): unknown {
  const { text, many, names } = cut;
  if (depth > DEEPEST) {
    names.add(name);
    return null;
  }
  if (typeof value === "string") {
    if (value.length <= text) return value;
    names.add(name);
    return `${wholeLetters(value.slice(0, text))}…`;
  }
  if (Array.isArray(value)) {
    if (value.length > many) names.add(name);
    return value.slice(0, many).map((one) => shortened(one, cut, `${name}[]`, depth + 1));
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value);
  // The members that a document itself has are fewer.
  const most = Math.max(many, 30);
  if (members.length > most || members.some(([key]) => key.length > LONGEST_NAME)) names.add(name);
  return Object.fromEntries(
    members.slice(0, most).map(([key, one]) => [
      key.length > LONGEST_NAME ? `${wholeLetters(key.slice(0, LONGEST_NAME))}…` : key,
      shortened(one, cut, `${name === "" ? "" : `${name}.`}${key.slice(0, 40)}`, depth + 1),
    ]),
  );
}

/** Leaves out half a letter at the end. */
function wholeLetters(text: string): string {
  return /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text;
}

function lighter(item: unknown, without: readonly string[]): unknown {
  if (without.length === 0 || !isJsonObject(item)) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => !without.includes(name)));
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
