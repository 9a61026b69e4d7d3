import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import { excessOf, repeatedKey } from "./yaml_limits.ts";

/** A YAML file, parsed without a fault. */
export interface YamlFile {
  /** The source, byte for byte what the ranges of `document` count in. */
  readonly text: string;
  /** The parsed tree, with its source tokens. */
  readonly document: Document.Parsed;
  /** The whole as plain data, merge keys applied; `{}` for an empty file. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The 1-based line of an offset. */
  lineAt(offset: number): number;
}

/**
 * Parses the text of `file` (a path, for messages).
 *
 * @throws {TrackerError} `config_invalid`, naming the file, the line and the reason.
 */
export function parseYamlFile(file: string, text: string): YamlFile {
  const excess = excessOf(text);
  if (excess !== null) throw invalidConfig(file, 1, excess);
  const lines = new LineCounter();
  const document = orTooDeep(file, () => composed(text, lines));
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const fault = document.errors[0];
  if (fault !== undefined) {
    throw invalidConfig(file, lineAt(fault.pos[0]), reasonOf(fault));
  }
  const repeated = orTooDeep(file, () => repeatedKey(document));
  if (repeated !== null) throw invalidConfig(file, lineAt(repeated), "Map keys must be unique");
  const data = toData(file, document, lineAt);
  if (!isRecord(data)) {
    throw invalidConfig(file, lineAt(document.contents?.range[0] ?? 0), "It must be a mapping");
  }
  return { text, document, data, lineAt };
}

function composed(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    keepSourceTokens: true,
    merge: true,
    // Its own look for repeated keys compares each with each.
    uniqueKeys: false,
    // Its warnings would go to the process, around the program's own streams.
    logLevel: "error",
    prettyErrors: false,
    lineCounter,
  });
}

/** Runs `work`, for which the stack of this process is the limit. */
function orTooDeep<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw invalidConfig(file, 1, TOO_DEEP);
    throw error;
  }
}

const TOO_DEEP = "It is nested too deep";

function reasonOf(fault: { readonly code: string; readonly message: string }): string {
  if (fault.code === "MULTIPLE_DOCS") return "It holds more than one document";
  // What people write most often: a title such as "Retry: at most twice".
  if (/^Nested mappings are not allowed in compact/.test(fault.message)) {
    return 'A text with ": " in it has to stand in quotes';
  }
  return /call stack/.test(fault.message) ? TOO_DEEP : fault.message;
}

/** A fault in a config file: where and why. The file is left alone. */
export function invalidConfig(file: string, line: number, reason: string): TrackerError {
  const sentence = reason.replace(/[\s.:]+$/, "");
  return new TrackerError({
    code: "config_invalid",
    message: `"${file}" cannot be used, line ${line}: ${sentence}`,
    nextAction: "Correct the file by hand; it was not changed.",
    details: { file, line, reason: sentence },
  });
}

/** Tells a mapping from lists, scalars and dates. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

/** The value under `path`, `undefined` where there is none. */
export function valueAt(file: YamlFile, path: readonly string[]): unknown {
  let value: unknown = file.data;
  for (const key of path) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * The scalar under `path` as text, a number as it is written (`007`, `1e5`); `null` for nothing or blank.
 *
 * @throws {TrackerError} `config_invalid` when a list or a mapping stands there.
 */
export function textAt(name: string, file: YamlFile, path: readonly string[]): string | null {
  const value = valueAt(file, path);
  if (value === undefined || value === null) return null;
  if (typeof value === "object") {
    throw invalidConfig(name, lineOf(file, path), `"${path.join(".")}" must be a text`);
  }
  const node = file.document.hasIn(path) ? file.document.getIn(path, true) : null;
  const written = typeof value !== "string" && isScalar(node) ? node.source : undefined;
  const text = written ?? String(value);
  return text.trim() === "" ? null : text;
}

/** The 1-based line of the value under `path`, or of the nearest mapping above it. */
export function lineOf(file: YamlFile, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const node = file.document.hasIn(part) ? file.document.getIn(part, true) : null;
    if (isNode(node) && node.range) {
      return file.lineAt(node.range[0]);
    }
  }
  return 1;
}

function toData(
  file: string,
  document: Document.Parsed,
  lineAt: (offset: number) => number,
): unknown {
  try {
    return unshare(document.toJS()) ?? {};
  } catch (error) {
    // The data could not be built: an alias without its anchor, or aliases of aliases without end.
    let offset = 0;
    visit(document, {
      Alias(_key, alias) {
        if (alias.resolve(document) !== undefined) return undefined;
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    const reason = error instanceof RangeError ? TOO_DEEP : errorText(error);
    throw invalidConfig(file, lineAt(offset), reason);
  }
}

/** Aliases give one object in many places; a change in one must not show in another. */
function unshare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshare);
  if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshare(item)]));
}
