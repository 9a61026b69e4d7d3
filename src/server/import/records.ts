import { isJsonObject } from "../../contract/field.ts";
import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";
import { parseLargeJson } from "../../contract/large_json.ts";
import { isTooDeep } from "../../contract/nesting.ts";
import { PartedText } from "../../contract/parted_text.ts";
import type { Pause } from "../../platform/pauses.ts";
import { TrackerError } from "../../platform/tracker_error.ts";

/** One record of a file; `line` counts records or lines from 1. */
export interface ImportRecord {
  readonly line: number;
  readonly value: unknown;
}

/** What is left out, and why. */
export interface LeftOut {
  readonly line: number;
  readonly reason: string;
}

/** A record that a newer one of the same id replaces. */
export interface Replaced {
  readonly line: number;
  readonly id: string;
  /** Line of the newer one. */
  readonly by: number;
}

/** An issue with its place in the file. */
export interface ImportedIssue {
  readonly line: number;
  readonly issue: NormalizedIssue;
}

/** What was read from records. */
export interface ReadIssues {
  readonly issues: readonly ImportedIssue[];
  /** Issues that are deleted, as far as they have a name. */
  readonly removed: readonly ExternalRef[];
  readonly ignored: number;
  readonly deleted: number;
  readonly replaced: readonly Replaced[];
  readonly skipped: readonly LeftOut[];
}

/** The records of a file. */
export interface Records {
  readonly records: readonly ImportRecord[];
  readonly broken: readonly LeftOut[];
}

/**
 * Reads a JSON array, an object that holds one, or JSON Lines.
 *
 * @throws {TrackerError} `import_unmerged` when git has left the marks of a conflict in it: which side counts is for
 * a person to say.
 */
export async function recordsOf(
  content: PartedText,
  file: string,
  pause: Pause,
): Promise<Records> {
  const often = seldom(pause);
  await refuseMarks(content, file, often);
  const all = await parsed(content, pause, often);
  const records: ImportRecord[] = [];
  const broken = [...all.broken];
  for (const record of all.records) {
    await pause();
    if (isTooDeep(record.value)) {
      broken.push({ line: record.line, reason: "It is nested too deep" });
    } else records.push(record);
  }
  return { records, broken };
}

/** Lines that are looked at before it is asked what time it is. */
const LINES_AT_ONCE = 200;

/** Returns a pause to call between steps that take less than the call of a pause. */
function seldom(pause: Pause): () => Promise<void> | undefined {
  let calls = 0;
  return () => ++calls % LINES_AT_ONCE === 0 ? pause() : undefined;
}

/** A line of JSON never begins so: a string of JSON holds no line break. */
const MARK = /^(?:<{7}|\|{7}|={7}|>{7})(?:[ \t\r]|$)/;

async function refuseMarks(
  content: PartedText,
  file: string,
  often: () => Promise<void> | undefined,
): Promise<void> {
  let line = 0;
  for (const [from, to] of content.lines()) {
    line++;
    await often();
    if (!MARK.test(content.slice(from, Math.min(to, from + 8)))) continue;
    throw new TrackerError({
      code: "import_unmerged",
      message: `The file "${file}" holds marks of a merge conflict, the first in line ${line}`,
      nextAction: "Resolve the conflict, then import the file again.",
      details: { file, line },
    });
  }
}

async function parsed(
  content: PartedText,
  pause: Pause,
  often: () => Promise<void> | undefined,
): Promise<Records> {
  const whole = await jsonOf(content, pause);
  const list = isJsonObject(whole)
    ? [whole["items"], whole["issues"], whole["data"]].find(Array.isArray)
    : whole;
  if (Array.isArray(list)) {
    return {
      records: list.map((value: unknown, index) => ({ line: index + 1, value })),
      broken: [],
    };
  }
  const records: ImportRecord[] = [];
  const broken: LeftOut[] = [];
  let line = 0;
  for (const [from, to] of content.lines()) {
    line++;
    await often();
    const text = content.slice(from, to);
    if (text.trim() === "") continue;
    await pause();
    const value = await jsonOf(new PartedText([text]), pause);
    if (value === undefined) broken.push({ line, reason: "The line is not JSON" });
    else records.push({ line, value });
  }
  return { records, broken };
}

async function jsonOf(text: PartedText, pause: Pause): Promise<unknown> {
  try {
    return await parseLargeJson(withoutMark(text), pause);
  } catch {
    return undefined;
  }
}

/** Returns a text without the byte order mark at its start. */
function withoutMark(text: PartedText): PartedText {
  const isMarked = text.charCodeAt(0) === 0xfeff;
  return isMarked ? new PartedText([text.slice(1, text.length)]) : text;
}

/** A record that says which issue it is of, and how new it is. */
export interface Version {
  readonly line: number;
  readonly id: string;
  /** ISO 8601 with an offset. */
  readonly time: string;
}

/** Keeps the newest of each id, the last of equal ones, in the order of the file. */
export function newestOf<T extends Version>(
  versions: readonly T[],
): { readonly kept: readonly T[]; readonly replaced: readonly Replaced[] } {
  const newest = new Map<string, T>();
  for (const version of versions) {
    const known = newest.get(version.id);
    if (known === undefined || Date.parse(version.time) >= Date.parse(known.time)) {
      newest.set(version.id, version);
    }
  }
  const replaced = versions.flatMap(({ line, id }) => {
    const by = newest.get(id)?.line ?? line;
    return by === line ? [] : [{ line, id, by }];
  });
  return { kept: versions.filter((version) => newest.get(version.id) === version), replaced };
}
