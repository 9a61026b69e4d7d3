import { oneLine } from "../markdown/draft.ts";
import { isJsonObject, type JsonObject } from "../../../contract/field.ts";

/** A node of Atlassian's document format, as Jira Cloud sends and takes it; kept whole, whatever else it holds. */
export interface AdfNode {
  readonly type: string;
  readonly attrs?: JsonObject;
  readonly content?: readonly AdfNode[];
  readonly marks?: readonly AdfMark[];
  readonly text?: string;
}

/** A look of words, or of a block. */
export interface AdfMark {
  readonly type: string;
  readonly attrs?: JsonObject;
}

/** A whole document. */
export interface AdfDocument extends AdfNode {
  readonly type: "doc";
  readonly version: 1;
}

/** Whether a value is a document: a root with a type. What is within is read with care. */
export function isDocument(value: unknown): value is AdfDocument {
  return isJsonObject(value) && value["type"] === "doc";
}

/** Whether a value is a node with a type. */
export function isNode(value: unknown): value is AdfNode {
  return isJsonObject(value) && typeof value["type"] === "string";
}

/** Returns the nodes within a node. */
export function contentOf(node: AdfNode): readonly AdfNode[] {
  const given: unknown = node.content;
  return nodesIn(given);
}

/** Returns the marks of a node. */
export function marksOf(node: AdfNode): readonly AdfMark[] {
  const given: unknown = node.marks;
  return nodesIn(given);
}

const NOTHING: readonly never[] = [];

function nodesIn(given: unknown): readonly AdfNode[] {
  if (!Array.isArray(given)) return NOTHING;
  for (const one of given) if (!isNode(one)) return given.filter(isNode);
  return given;
}

/** Returns the attributes of a node or mark. */
export function attrsOf({ attrs }: { readonly attrs?: unknown }): JsonObject {
  return isJsonObject(attrs) ? attrs : {};
}

/** Returns an attribute that is a text; empty for others. */
export function textAttr(node: AdfNode | AdfMark, name: string): string {
  const value = attrsOf(node)[name];
  return typeof value === "string" ? value : "";
}

/** Returns the text of a node of text. */
export function textOf(node: AdfNode): string {
  const given: unknown = node.text;
  return typeof given === "string" ? given : "";
}

/** Characters of the words that stand for a node. */
const MAX_WORDS = 300;

/** Returns what a reader would see of a node, in one line and not long; empty where there are no words. */
export function wordsIn(node: AdfNode): string {
  const found: string[] = [];
  let length = 0;
  const waiting: AdfNode[] = [node];
  for (;;) {
    const next = waiting.pop();
    if (next === undefined || length > MAX_WORDS) break;
    const words = textOf(next) || ownWords(next);
    if (words !== "") found.push(words.slice(0, MAX_WORDS + 1));
    length += words.length;
    waiting.push(...contentOf(next).slice(0, MAX_WORDS).toReversed());
  }
  const line = oneLine(found.join(" "));
  return line.length > MAX_WORDS ? `${line.slice(0, MAX_WORDS).toWellFormed()}…` : line;
}

const WORD_ATTRS = ["text", "alt", "title", "name", "url", "shortName", "extensionKey"] as const;

function ownWords(node: AdfNode): string {
  for (const name of WORD_ATTRS) {
    const words = textAttr(node, name);
    if (words.trim() !== "") return words;
  }
  return "";
}

/** Returns 13 characters that are the same for the same JSON, in whichever order its keys stand. */
export function hashOf(value: unknown): string {
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  const add = (text: string) => {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      high = Math.imul(high ^ code, 2_654_435_761);
      low = Math.imul(low ^ code, 1_597_334_677);
    }
  };
  const waiting: { readonly value?: unknown; readonly mark?: string }[] = [{ value }];
  for (;;) {
    const next = waiting.pop();
    if (next === undefined) break;
    if (next.mark !== undefined) add(next.mark);
    else if (Array.isArray(next.value)) {
      add("[");
      waiting.push({ mark: "]" });
      for (const one of next.value.toReversed()) waiting.push({ value: one });
    } else if (isJsonObject(next.value)) {
      add("{");
      waiting.push({ mark: "}" });
      for (const key of Object.keys(next.value).toSorted().toReversed()) {
        waiting.push({ value: next.value[key] }, { mark: `${JSON.stringify(key)}:` });
      }
    } else add(`${JSON.stringify(next.value) ?? "-"},`);
  }
  const mixed = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^
    Math.imul(low ^ (low >>> 13), 3_266_489_909);
  const other = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^
    Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return ((mixed >>> 0).toString(36).padStart(7, "0") + (other >>> 0).toString(36).padStart(7, "0"))
    .slice(1);
}
