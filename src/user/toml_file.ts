import { parse, patch } from "@decimalturn/toml-patch";
import type { Files } from "../platform/files.ts";
import type { Platform } from "../platform/platform.ts";
import { oncePerContent, readRemembered } from "../platform/remembered_file.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";

/** A TOML table as parsed; nothing in it has been checked. */
export type TomlTable = Record<string, unknown>;

/** One edit: the value at a path of keys is set, or taken away with `null`. */
export interface TomlChange {
  readonly path: readonly string[];
  readonly value: string | number | boolean | readonly string[] | null;
}

/** A TOML file as read, and whether that was just now. */
export interface TomlReading {
  /** Shared with everyone who has read the same: not to be changed. */
  readonly table: TomlTable;
  readonly isNew: boolean;
}

/**
 * Reads a TOML file; an absent one is an empty table. One that has not changed is neither opened nor parsed again.
 *
 * @throws {TrackerError} `invalid_toml`, naming file, line and reason; `not_a_file`, `file_too_large`.
 */
export async function readToml(
  platform: Pick<Platform, "files" | "clock">,
  path: string,
): Promise<TomlReading> {
  const { bytes, isNew } = await readRemembered(platform, path, { maxBytes: MAX_TOML_BYTES });
  return { table: bytes === null ? {} : tableOf(path, bytes), isNew };
}

const tableOf = oncePerContent((path, bytes) => parseToml(path, decoded(path, bytes)));

/** The largest TOML file that is read: what a person writes is far smaller. */
const MAX_TOML_BYTES = 1_048_576;

/**
 * The text of a TOML file; empty for an absent one.
 *
 * @throws {TrackerError} `invalid_toml` when it is not UTF-8; `not_a_file`, `file_too_large`.
 */
export async function readTomlText(files: Files, path: string): Promise<string> {
  const bytes = await files.readBytes(path, { maxBytes: MAX_TOML_BYTES });
  return bytes === null ? "" : decoded(path, bytes);
}

function decoded(path: string, bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidToml(path, null, "it is not UTF-8 text");
  }
}

/**
 * Parses TOML text; `path` is for the error.
 *
 * @throws {TrackerError} `invalid_toml`, naming file, line and reason.
 */
export function parseToml(path: string, text: string): TomlTable {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw unparsedToml(path, error);
  }
  return isTable(document) ? document : {};
}

/**
 * Returns the text with the changes written in place: comments, order and everything not named stay as they are.
 *
 * @throws {TrackerError} `invalid_toml` when the text cannot be parsed or a change would have to go through
 * something that is not a table.
 */
export function editToml(path: string, text: string, changes: readonly TomlChange[]): string {
  const wanted = parseToml(path, text);
  for (const change of changes) apply(path, wanted, change);
  if (says(path, text, wanted)) return text;
  const format = text === "" ? { trailingNewline: 1 } : {};
  const patched = patch(withOneLineEnd(text), wanted, { inlineTableStart: 4, ...format });
  // A check before anything is written: an edit must not lose what it does not name.
  for (const edited of [withOriginalLines(text, patched), patched]) {
    if (says(path, edited, wanted)) return edited;
  }
  throw new TrackerError({
    code: "edit_failed",
    message: `"${path}" cannot be edited without changing other values in it`,
    nextAction: "Edit the file by hand.",
    details: { path },
  });
}

/** The value at a path of keys; `undefined` when there is none. */
export function tomlValue(table: TomlTable, path: readonly string[]): unknown {
  let value: unknown = table;
  for (const key of path) {
    if (!isTable(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Tells a table from every other TOML value. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

function apply(path: string, table: TomlTable, change: TomlChange): void {
  const last = change.path.at(-1);
  if (last === undefined) return;
  let inner = table;
  for (const key of change.path.slice(0, -1)) {
    const next = Object.hasOwn(inner, key) ? inner[key] : undefined;
    if (next === undefined) {
      if (change.value === null) return;
      const made: TomlTable = Object.create(null);
      inner[key] = made;
      inner = made;
    } else if (isTable(next)) {
      inner = next;
    } else {
      throw invalidToml(path, null, `\`${key}\` is not a table`);
    }
  }
  if (change.value === null) delete inner[last];
  else inner[last] = change.value;
}

/** Patching warns, around our streams, of line ends that are mixed; the lines as they were come back below. */
function withOneLineEnd(text: string): string {
  return /(?:^|[^\r])\n/.test(text) ? text.replaceAll("\r\n", "\n") : text;
}

/** The patched text with lines that differ from the old ones in blanks alone as they were: patching aligns comments. */
function withOriginalLines(text: string, patched: string): string {
  const bare = (line: string) =>
    line.replace(/("(?:\\.|[^"\\])*"|'[^']*')|\s+/g, (_, quoted?: string) => quoted ?? "");
  const originals = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const same = originals.get(bare(line));
    if (same === undefined) originals.set(bare(line), [line]);
    else same.push(line);
  }
  return patched.split("\n").map((line) =>
    line.trim() === "" ? line : originals.get(bare(line))?.shift() ?? line
  ).join("\n");
}

function says(path: string, text: string, wanted: TomlTable): boolean {
  try {
    return sameToml(parseToml(path, text), wanted);
  } catch {
    return false;
  }
}

/** Whether two parsed documents say the same. */
function sameToml(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) {
    return a.toISOString() === b.toISOString();
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameToml(item, b[index]));
  }
  if (isTable(a) && isTable(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameToml(a[key], b[key]));
  }
  return Object.is(a, b);
}

function unparsedToml(path: string, error: unknown): TrackerError {
  const text = errorText(error);
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  // The parser shows the offending line between the position and the reason; it may hold a token.
  const reason = withoutValues(lines.length > 1 ? lines.at(-1) ?? "" : text);
  const position = /\((\d+), (\d+)\)/.exec(text);
  return invalidToml(path, position?.[1] === undefined ? null : Number(position[1]), reason);
}

function invalidToml(path: string, line: number | null, reason: string): TrackerError {
  return new TrackerError({
    code: "invalid_toml",
    message: `"${path}" is not valid TOML${line === null ? "" : `, line ${line}`}: ${reason}`,
    nextAction: "Correct the file by hand; it was not changed.",
    details: { path, line, reason },
  });
}

/** The reason may quote what stands in the file too: nothing that could be a secret is repeated. */
function withoutValues(reason: string): string {
  return reason.replace(/(["'`]).{4,}\1/gs, "$1…$1").replace(/\S{16,}/g, "…");
}
