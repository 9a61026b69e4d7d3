import type { NormalizedIssue } from "../contract/issue.ts";
import { ISSUE_TYPES, PRIORITIES, STATUSES } from "../contract/issue.ts";

/**
 * Columns of the issues of a segment: what lists are filtered and sorted by, beside the rows that hold all of an issue.
 * A number of an issue stands at its place in the segment; names, labels and parents each have the places of the issues
 * that have them. See docs/adr/0055-columns-of-segments.md.
 */

/** The columns, by the number under which they are stored. */
export const COLUMN = {
  status: 0,
  issueType: 1,
  priority: 2,
  updated: 3,
  created: 4,
  title: 5,
  key: 6,
  assignees: 7,
  labels: 8,
  parent: 9,
  reference: 10,
} as const;

/** The number of the first column of a segment is the segment's times this. */
export const COLUMNS_AT_MOST = 16;
/** Numbers for each issue of a column of texts: each stands for {@link BYTES_IN_NUMBER} bytes of its beginning. */
export const NUMBERS_OF_START = 2;

/** As many as a number holds exactly. */
const BYTES_IN_NUMBER = 6;
const NUL = "\0";
const ENCODER = new TextEncoder();
const START = new Uint8Array(3 * BYTES_IN_NUMBER * NUMBERS_OF_START);
const START_VIEW = new DataView(START.buffer);

/** Returns the columns of issues, as they are shown, by their numbers. One loop: a pull waits for it. */
export function columnsOfIssues(
  issues: readonly NormalizedIssue[],
): readonly (readonly [column: number, bytes: Uint8Array])[] {
  const size = issues.length;
  const [status, issueType, priority] = [bytes(size), bytes(size), bytes(size)];
  const [updated, created] = [new Float64Array(size), new Float64Array(size)];
  const title = new Float64Array(NUMBERS_OF_START * size);
  const names = new NamesColumn(size);
  const assignees = new HoldersColumn(foldedName);
  const labels = new HoldersColumn(foldedName);
  const parent = new HoldersColumn();
  const reference = new HoldersColumn();
  for (let place = 0; place < size; place++) {
    const issue = issues[place];
    if (issue === undefined) continue;
    status[place] = STATUSES.indexOf(issue.status);
    issueType[place] = ISSUE_TYPES.indexOf(issue.issue_type);
    priority[place] = PRIORITIES.indexOf(issue.priority);
    updated[place] = Date.parse(issue.updated_at);
    created[place] = createdMs(issue.created_at);
    fillStart(issue.title);
    for (let part = 0; part < NUMBERS_OF_START; part++) {
      title[part * size + place] = numberOfStart(part);
    }
    names.add(place, issue.ref.key ?? issue.ref.id);
    if (issue.assignees.length === 0) assignees.add(place, null);
    for (const name of issue.assignees) assignees.add(place, name);
    for (const label of issue.labels) labels.add(place, label);
    if (issue.parent_ref !== null) parent.add(place, issue.parent_ref.id);
    const { external_ref } = issue.provider_metadata;
    if (typeof external_ref === "string") reference.add(place, external_ref.toWellFormed());
  }
  return [
    [COLUMN.status, status],
    [COLUMN.issueType, issueType],
    [COLUMN.priority, priority],
    [COLUMN.updated, bytesOf(updated)],
    [COLUMN.created, bytesOf(created)],
    [COLUMN.title, bytesOf(title)],
    [COLUMN.key, names.bytes()],
    [COLUMN.assignees, assignees.bytes()],
    [COLUMN.labels, labels.bytes()],
    [COLUMN.parent, parent.bytes()],
    [COLUMN.reference, reference.bytes()],
  ];
}

/** Returns a text with its ASCII letters in lower case, as SQLite's `lower` does. */
export function folded(text: string): string {
  return /[A-Z]/.test(text) ? text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** Returns the same text for names that SQLite's `NOCASE` takes for the same: after a NUL, only how long they are counts. */
export function foldedName(name: string): string {
  const end = name.indexOf(NUL);
  if (end < 0) return folded(name);
  return `${folded(name.slice(0, end))}${NUL}${ENCODER.encode(name).length}`;
}

/** Returns the beginning of a text as numbers in the order of its bytes, letters of ASCII in lower case. */
export function startOf(text: string): readonly number[] {
  fillStart(text);
  return Array.from({ length: NUMBERS_OF_START }, (_, part) => numberOfStart(part));
}

function fillStart(text: string): void {
  // One unit more, so that no character is cut that begins within.
  const beginning = text.slice(0, BYTES_IN_NUMBER * NUMBERS_OF_START + 1);
  START.fill(0, ENCODER.encodeInto(beginning, START).written);
}

function numberOfStart(part: number): number {
  return part === 0
    ? lowered(START_VIEW.getInt32(0)) * 2 ** 16 + (lowered(START_VIEW.getInt32(4)) >>> 16)
    : (lowered(START_VIEW.getInt32(4)) & 0xffff) * 2 ** 32 + lowered(START_VIEW.getInt32(8));
}

/** Returns four bytes with letters of ASCII in lower case, all at once: a pull has many. */
function lowered(bytes: number): number {
  const low = bytes & 0x7f7f7f7f;
  const isFromA = low + 0x3f3f3f3f;
  const isAfterZ = low + 0x25252525;
  return (bytes | (isFromA & ~isAfterZ & ~bytes & 0x80808080) >>> 2) >>> 0;
}

/** Returns where the digits at the end of a name begin. */
function numberIn(name: string): number {
  let end = name.length;
  while (end > 0 && isDigit(name.charCodeAt(end - 1))) end--;
  return end;
}

/** What SQLite takes for a greater one, rounded. */
const GREATEST_INTEGER = 2 ** 63;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Returns a time within a millisecond of what SQLite takes it for, which reads no zone without a colon and rounds. */
function createdMs(time: string): number {
  if (time.endsWith("Z")) return Date.parse(time);
  return /[+-](?:0\d|1[0-4]):[0-5]\d$/.test(time) ? Date.parse(time) : 0;
}

/** The numbers in the names of issues, and which of the prefixes before them, which a header lists, each name has. */
class NamesColumn {
  readonly #numbers: Float64Array;
  readonly #codes: Uint16Array;
  readonly #prefixes = new Map<string, number>();

  constructor(size: number) {
    this.#numbers = new Float64Array(size);
    this.#codes = new Uint16Array(size);
  }

  add(place: number, name: string): void {
    const end = numberIn(name);
    const prefix = name.slice(0, end);
    let code = this.#prefixes.get(prefix);
    if (code === undefined) this.#prefixes.set(prefix, code = this.#prefixes.size);
    this.#codes[place] = code;
    // SQLite finds no number behind a NUL.
    if (end === name.length || prefix.includes(NUL)) return;
    this.#numbers[place] = Math.min(Number(name.slice(end)), GREATEST_INTEGER);
  }

  bytes(): Uint8Array {
    const prefixes = [...this.#prefixes.keys()].map((prefix) => folded(prefix).toWellFormed());
    return withHeader(prefixes, bytesOf(this.#numbers), bytesOf(this.#codes));
  }
}

/** The places of the issues of each text, one list after the other; a header has the texts and how many have each. */
class HoldersColumn {
  readonly #places = new Map<string | null, number[]>();
  readonly #same: (text: string) => string;

  /** `same` returns the same text for those that count as one. */
  constructor(same: (text: string) => string = (text) => text) {
    this.#same = same;
  }

  add(place: number, text: string | null): void {
    const places = this.#places.get(text);
    if (places === undefined) this.#places.set(text, [place]);
    else places.push(place);
  }

  bytes(): Uint8Array {
    const places = new Map<string | null, number[]>();
    for (const [text, of] of this.#places) {
      // Half a character is not what SQLite compares it with.
      if (text?.isWellFormed() === false) continue;
      const one = text === null ? null : this.#same(text);
      const known = places.get(one);
      places.set(one, known === undefined ? of : [...known, ...of]);
    }
    const lists = [...places].map(([text, of]) => [text, ascending(of)] as const);
    return withHeader(
      lists.map(([text, of]) => [text, of.length]),
      bytesOf(Uint16Array.from(lists.flatMap(([, of]) => of))),
    );
  }
}

/** Returns numbers in their order, each once. */
function ascending(numbers: readonly number[]): readonly number[] {
  const isSo = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? 0));
  return isSo ? numbers : [...new Set(numbers)].sort((a, b) => a - b);
}

/** Bytes at whose multiples the parts of a column begin, so that they are read where they are. */
const ALIGNED = 8;

function withHeader(header: unknown, ...parts: readonly Uint8Array[]): Uint8Array {
  const text = ENCODER.encode(JSON.stringify(header));
  const start = aligned(4 + text.length);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, start));
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = start;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Returns the JSON text at the beginning of a column, and where what follows it begins. */
export function headerOf(bytes: Uint8Array): { readonly json: string; readonly end: number } {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const json = new TextDecoder().decode(bytes.subarray(4, 4 + length));
  return { json, end: aligned(4 + length) };
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNED) * ALIGNED;
}

function bytes(size: number): Uint8Array {
  return new Uint8Array(size);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
