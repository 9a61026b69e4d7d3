import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type YAMLMap,
} from "yaml";
import { invalidConfig, lineOf, parseYamlFile, valueAt } from "./yaml_document.ts";
import type { YamlFile } from "./yaml_document.ts";
import { asRecord, sameData, withoutNulls, withValue } from "./yaml_data.ts";
import { flowText, toYamlValue, type YamlValue } from "./yaml_flow.ts";
import { commentsEnd, lineEnd, lineStart, newlineOf, splice } from "./yaml_lines.ts";

/** One change: the value a key gets, or `undefined` to remove it. */
export interface YamlEdit {
  /** Keys from the top. */
  readonly path: readonly string[];
  readonly value: YamlValue | undefined;
}

/**
 * Changes single keys of a YAML text and leaves every other byte as it is: the places are found by
 * parsing, the text is cut and joined, never printed again. A mapping that loses its last key goes too.
 * Each step is checked by parsing the result and comparing it with what was meant.
 *
 * @throws {TrackerError} `config_invalid` when the text is not YAML, or is written in a way that the
 * change cannot be written in place.
 */
export function editYaml(file: string, text: string, edits: readonly YamlEdit[]): string {
  let current = text;
  for (const edit of edits) current = applyEdit(file, current, edit);
  return current;
}

type MapNode = YAMLMap.Parsed;
type PairNode = Pair<ParsedNode, ParsedNode | null>;

function applyEdit(file: string, text: string, edit: YamlEdit): string {
  const parsed = parseYamlFile(file, text);
  const before = valueAt(parsed, edit.path);
  if (edit.value === undefined ? before === undefined : sameData(before, edit.value)) return text;
  const wanted = withValue(parsed.data, edit.path, edit.value);
  for (const attempt of attempts(parsed, edit)) {
    if (attempt !== null && gives(file, attempt, wanted)) return attempt;
  }
  throw invalidConfig(
    file,
    lineOf(parsed, edit.path),
    `"${edit.path.join(".")}" is written in a way that cannot be changed in place`,
  );
}

/** Ways to write the change, the most natural first. */
function* attempts(file: YamlFile, edit: YamlEdit): Generator<string | null> {
  const { contents } = file.document;
  if (!isMap(contents)) {
    if (edit.value !== undefined) {
      yield appendToFile(file, blockPair(edit.path, edit.value, 0, file));
    }
    return;
  }
  if (edit.value === undefined) {
    yield removeFrom(file, contents, edit.path);
    // The key comes from a merged mapping: nothing of ours to cut, so it is covered.
    yield setIn(file, contents, edit.path, null);
    return;
  }
  yield setIn(file, contents, edit.path, edit.value);
  if (contents.flow !== true) yield insertBeforeFirst(file, contents, edit.path, edit.value);
}

function setIn(
  file: YamlFile,
  map: MapNode,
  path: readonly string[],
  value: YamlValue,
): string | null {
  const [key = "", ...rest] = path;
  const pair = findPair(map, key);
  if (pair === undefined) return addPair(file, map, path, value);
  if (rest.length === 0) return replaceValue(file, pair, ` ${flowText(value)}`);
  const child = pair.value;
  if (isMap(child)) return setIn(file, child, rest, value);
  if (isScalar(child) && child.value === null || child === null) {
    return fillEmpty(file, map, pair, rest, value);
  }
  if (!isAlias(child)) return null;
  const own = withValue(asRecord(child.toJS(file.document)), rest, value);
  return replaceValue(file, pair, ` ${flowText(toYamlValue(own))}`);
}

function addPair(
  file: YamlFile,
  map: MapNode,
  path: readonly string[],
  value: YamlValue,
): string | null {
  const last = map.items.at(-1);
  if (map.flow === true) {
    const text = flowPair(path, value);
    if (last !== undefined) return splice(file.text, pairEnd(last), pairEnd(last), `, ${text}`);
    const inside = map.range[1] - 1;
    return splice(file.text, inside, inside, text);
  }
  if (last === undefined) return null;
  const column = columnOf(file.text, map);
  const block = blockPair(path, value, column, file);
  if (map === file.document.contents) return appendToFile(file, block);
  return insertLines(
    file,
    commentsEnd(file.text, lineEnd(file.text, pairEnd(last)), column),
    block,
  );
}

/** Turns `key:` or `key: null` into a mapping with one key. */
function fillEmpty(
  file: YamlFile,
  parent: MapNode,
  pair: PairNode,
  rest: readonly string[],
  value: YamlValue,
): string | null {
  if (parent.flow === true) return replaceValue(file, pair, ` {${flowPair(rest, value)}}`);
  const emptied = replaceValue(file, pair, "");
  const colon = colonOf(pair);
  if (emptied === null || colon === null) return null;
  const column = columnOf(file.text, parent) + indentOf(file);
  const block = blockPair(rest, value, column, file);
  return insertLines({ ...file, text: emptied }, lineEnd(emptied, colon + 1), block);
}

function removeFrom(file: YamlFile, map: MapNode, path: readonly string[]): string | null {
  const [key = "", ...rest] = path;
  const index = map.items.findIndex((item) => isKey(item, key));
  const pair = map.items[index];
  if (pair === undefined) return null;
  if (rest.length > 0) {
    if (isAlias(pair.value)) {
      const own = withValue(asRecord(pair.value.toJS(file.document)), rest, undefined);
      return replaceValue(file, pair, ` ${flowText(toYamlValue(own))}`);
    }
    if (!isMap(pair.value)) return null;
    const child = pair.value;
    if (!holdsOnly(child, rest)) return removeFrom(file, child, rest);
  }
  return map.flow === true ? cutFlowPair(file, map, index) : cutLines(file, pair);
}

function holdsOnly(map: MapNode, path: readonly string[]): boolean {
  const [key = "", ...rest] = path;
  const pair = findPair(map, key);
  if (pair === undefined || map.items.length !== 1) return false;
  return rest.length === 0 || (isMap(pair.value) && holdsOnly(pair.value, rest));
}

function cutLines(file: YamlFile, pair: PairNode): string {
  const { text } = file;
  let start = lineStart(text, pair.key.range[0]);
  const end = lineEnd(text, pairEnd(pair));
  // The last line of a file that has no newline at its end takes the newline before it along.
  if (end === text.length && !text.endsWith("\n") && start > 0 && text[start - 1] === "\n") {
    start -= text[start - 2] === "\r" ? 2 : 1;
  }
  return splice(text, start, end, "");
}

function cutFlowPair(file: YamlFile, map: MapNode, index: number): string | null {
  const pair = map.items[index];
  if (pair === undefined) return null;
  const previous = map.items[index - 1];
  const next = map.items[index + 1];
  if (next !== undefined) return splice(file.text, pair.key.range[0], next.key.range[0], "");
  const start = previous === undefined ? pair.key.range[0] : pairEnd(previous);
  return splice(file.text, start, pairEnd(pair), "");
}

function replaceValue(file: YamlFile, pair: PairNode, replacement: string): string | null {
  const colon = colonOf(pair);
  if (colon === null) return null;
  // A block text ends after its last newline, which is not the value's own.
  const end = pairEnd(pair);
  const newline = end > colon + 1 ? /\r?\n$/.exec(file.text.slice(colon + 1, end))?.[0] ?? "" : "";
  return splice(file.text, colon + 1, end - newline.length, replacement);
}

/** For a file whose end cannot take a line, such as one that ends within a text of its own rules. */
function insertBeforeFirst(
  file: YamlFile,
  map: MapNode,
  path: readonly string[],
  value: YamlValue,
): string | null {
  const first = map.items[0];
  if (first === undefined || findPair(map, path[0] ?? "") !== undefined) return null;
  const at = lineStart(file.text, first.key.range[0]);
  return splice(file.text, at, at, blockPair(path, value, columnOf(file.text, map), file));
}

function appendToFile(file: YamlFile, block: string): string {
  const { text } = file;
  const contents = file.document.contents;
  const marker = /(?<=^\uFEFF?)\.\.\.(?=\s|$)/m.exec(text);
  if (marker === null) return insertLines(file, text.length, block);
  const last = isMap(contents) ? contents.items.at(-1) : undefined;
  return insertLines(file, last === undefined ? marker.index : lineEnd(text, pairEnd(last)), block);
}

/** Puts whole lines at a line's start, or at the end of a file whether or not it ends with a newline. */
function insertLines(file: YamlFile, at: number, block: string): string {
  const { text } = file;
  if (at === 0 || at !== text.length || text.endsWith("\n") || text === "\uFEFF") {
    return splice(text, at, at, block);
  }
  const newline = newlineOf(text);
  return text + newline + block.slice(0, -newline.length);
}

function blockPair(
  path: readonly string[],
  value: YamlValue,
  column: number,
  file: YamlFile,
): string {
  const newline = newlineOf(file.text);
  const step = indentOf(file);
  return path.map((key, depth) => {
    const last = depth === path.length - 1;
    const indent = " ".repeat(column + depth * step);
    return `${indent}${flowText(key)}:${last ? ` ${flowText(value)}` : ""}${newline}`;
  }).join("");
}

function flowPair(path: readonly string[], value: YamlValue): string {
  const [key = "", ...rest] = path;
  return `${flowText(key)}: ${rest.length === 0 ? flowText(value) : `{${flowPair(rest, value)}}`}`;
}

/** Where the content of a pair ends, before blanks and comments. */
function pairEnd(pair: PairNode): number {
  const { key, value } = pair;
  const colon = colonOf(pair);
  const least = colon === null ? key.range[1] : colon + 1;
  return value === null ? least : nodeEnd(value, least);
}

/** Block collections end where their last item does: their own range runs on over blank lines and comments. */
function nodeEnd(node: ParsedNode, least: number): number {
  if (isScalar(node) && node.source === "" && node.type === "PLAIN") {
    return node.anchor === undefined && node.tag === undefined ? least : node.range[1];
  }
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? least : Math.max(least, pairEnd(last));
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return isNode(last) ? Math.max(least, nodeEnd(last, last.range[0])) : least;
  }
  return node.range[1];
}

function colonOf(pair: PairNode): number | null {
  const token = pair.srcToken?.sep?.find((part) => part.type === "map-value-ind");
  return token?.offset ?? null;
}

function findPair(map: MapNode, key: string): PairNode | undefined {
  return map.items.find((item) => isKey(item, key));
}

function isKey(pair: PairNode, key: string): boolean {
  return isScalar(pair.key) && pair.key.value === key;
}

function columnOf(text: string, map: MapNode): number {
  return map.range[0] - lineStart(text, map.range[0]);
}

/** The step by which the file indents: that of its first nested mapping, else two. */
function indentOf(file: YamlFile): number {
  const { contents } = file.document;
  if (!isMap(contents)) return 2;
  const base = columnOf(file.text, contents);
  for (const { value } of contents.items) {
    if (!isMap(value) || value.flow === true) continue;
    const step = columnOf(file.text, value) - base;
    if (step > 0) return step;
  }
  return 2;
}

function gives(file: string, text: string, wanted: unknown): boolean {
  try {
    return sameData(withoutNulls(parseYamlFile(file, text).data), withoutNulls(wanted));
  } catch {
    return false;
  }
}
