import { damagedDatabase } from "../platform/database_faults.ts";
import { COLUMN, COLUMNS_AT_MOST, headerOf } from "./issue_columns.ts";
import { optionalNumber, type Row, type Statements, textOf } from "./rows.ts";

/** The issues of a segment that are still as the segment knows them. */
export class IssueSegment {
  /** How many places count; what the segment has after them was indexed again. */
  readonly places: number;
  readonly #segment: number;
  readonly #first: number;
  /** How far each row is from the first. */
  readonly #distances: Uint32Array;
  readonly #sql: Statements;
  readonly #past = new Set<number>();

  /** Reads a row of `issue_segments`; rows from `end` on are in another segment. */
  constructor(sql: Statements, row: Row, end: number) {
    this.#sql = sql;
    this.#segment = optionalNumber(row, "segment") ?? 0;
    this.#first = optionalNumber(row, "first") ?? 0;
    const bytes = blobOf(row, "issues");
    this.#distances = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    this.places = this.#placesBefore(end);
  }

  /** The row of its first issue. */
  get first(): number {
    return this.#first;
  }

  /** The places of issues that were stored again or removed. */
  get past(): ReadonlySet<number> {
    return this.#past;
  }

  /** How many issues of it count. */
  get size(): number {
    return this.places - this.#past.size;
  }

  /** The row of the issue at a place. */
  rowAt(place: number): number {
    return this.#first + (this.#distances[place] ?? 0);
  }

  /** Takes note that the issue of a row was stored again or removed, if it is one of this segment. */
  notePast(row: number): void {
    const place = this.placeOf(row);
    if (place !== null) this.#past.add(place);
  }

  /** The place of the issue of a row; `null` when it is in another segment, or in none. */
  placeOf(row: number): number | null {
    const place = this.#placesBefore(row);
    return place < this.places && this.rowAt(place) === row ? place : null;
  }

  /** Codes of a word for each issue. */
  codes(column: "status" | "issueType" | "priority"): Uint8Array {
    return this.#column(COLUMN[column]).subarray(0, this.places);
  }

  /** Numbers of the issues; of {@link NUMBERS_OF_START} for each, all of the first come before those of the second. */
  numbers(column: "updated" | "created" | "title"): readonly Float64Array[] {
    const { buffer, byteOffset, byteLength } = this.#column(COLUMN[column]);
    const of = this.#distances.length;
    const all = new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);
    return Array.from(
      { length: all.length / of },
      (_, part) => all.subarray(part * of, part * of + this.places),
    );
  }

  /** The parts of the names: which of some prefixes each has, and the number after it. */
  names(): {
    readonly prefixes: readonly string[];
    readonly codes: Uint16Array;
    readonly numbers: Float64Array;
  } {
    const bytes = this.#column(COLUMN.key);
    const { json, end } = headerOf(bytes);
    const of = this.#distances.length;
    const at = bytes.byteOffset + end;
    return {
      prefixes: JSON.parse(json),
      numbers: new Float64Array(bytes.buffer, at, of).subarray(0, this.places),
      codes: new Uint16Array(bytes.buffer, at + 8 * of, of).subarray(0, this.places),
    };
  }

  /** The places of the issues that have each wanted text; those that have none are under `null`, of assignees. */
  holders(
    column: "assignees" | "labels" | "parent",
    isWanted: (text: string | null) => boolean,
  ): readonly Uint16Array[] {
    const { texts, bytes, start } = this.#held(column);
    const lists: Uint16Array[] = [];
    let at = start;
    for (const [text, count] of texts) {
      if (isWanted(text)) lists.push(this.#counting(new Uint16Array(bytes.buffer, at, count)));
      at += count * Uint16Array.BYTES_PER_ELEMENT;
    }
    return lists;
  }

  /** The rows of the issues whose external reference begins so. */
  referenced(prefix: string): readonly number[] {
    const { texts, bytes, start } = this.#held("reference");
    const rows: number[] = [];
    let at = start;
    for (const [text, count] of texts) {
      if (text?.startsWith(prefix) === true) {
        for (const place of this.#counting(new Uint16Array(bytes.buffer, at, count))) {
          if (!this.#past.has(place)) rows.push(this.rowAt(place));
        }
      }
      at += count * Uint16Array.BYTES_PER_ELEMENT;
    }
    return rows;
  }

  #held(column: "assignees" | "labels" | "parent" | "reference"): {
    readonly texts: readonly (readonly [text: string | null, count: number])[];
    readonly bytes: Uint8Array;
    readonly start: number;
  } {
    const bytes = this.#column(COLUMN[column]);
    const { json, end } = headerOf(bytes);
    return { texts: JSON.parse(json), bytes, start: bytes.byteOffset + end };
  }

  /** Those of some places that count. */
  #counting(places: Uint16Array): Uint16Array {
    if (this.places === this.#distances.length) return places;
    return places.filter((place) => place < this.places);
  }

  #column(column: number): Uint8Array {
    const row = this.#sql.of("SELECT data FROM issue_columns WHERE id = ?")
      .get(this.#segment * COLUMNS_AT_MOST + column);
    return blobOf(row ?? {}, "data");
  }

  /** How many of its rows come before one. */
  #placesBefore(row: number): number {
    let [from, to] = [0, this.#distances.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.rowAt(middle) < row) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** What the segments know of the issues. */
export interface KnownIssues {
  /** The last ones first. */
  readonly segments: readonly IssueSegment[];
  /** Issues in later rows are in no segment. */
  readonly indexed: number;
  /** How many issues there are, those in no segment among them. */
  readonly total: number;
}

/**
 * Reads what the segments know; `null` where they cannot be relied on: there are none, a program of before has built
 * one of them, or stored issues again that they have. To be asked in the transaction that uses it.
 */
export function knownIssues(sql: Statements): KnownIssues | null {
  if (!hasColumns(sql)) return null;
  const counted = sql.of(COUNTED).get() ?? {};
  const countOf = (name: string) => optionalNumber(counted, name) ?? 0;
  const [indexed, total] = [countOf("indexed"), countOf("total")];
  if (indexed === 0 || countOf("lacks") > 0) return null;
  const segments: IssueSegment[] = [];
  let end = Infinity;
  for (const row of sql.of("SELECT * FROM issue_segments ORDER BY segment DESC").all()) {
    const segment = new IssueSegment(sql, row, end);
    end = Math.min(end, segment.first);
    segments.push(segment);
  }
  const past: readonly number[] = JSON.parse(textOf(sql.of(PAST).get() ?? {}, "past"));
  let next = 0;
  for (const segment of segments) {
    // Segments after this one have the rows before its first.
    while ((past[next] ?? 0) >= segment.first) segment.notePast(past[next++] ?? 0);
  }
  const known = segments.reduce((sum, { size }) => sum + size, countOf("waiting"));
  return known === total ? { segments, indexed, total } : null;
}

/** Returns whether a database has columns of segments: one of a version before has none. */
export function hasColumns(sql: Statements): boolean {
  return sql.of("SELECT 1 FROM sqlite_schema WHERE name = 'issue_columns'").get() !== undefined;
}

const PAST = `SELECT json_group_array(row) AS past
  FROM (SELECT row FROM issue_rows_past ORDER BY row DESC)`;
const COUNTED = `SELECT indexed, (SELECT count(*) FROM tracker_issues) AS total,
    (SELECT count(*) FROM tracker_issues WHERE rowid > indexed) AS waiting,
    EXISTS (
      SELECT 1 FROM issue_segments WHERE NOT EXISTS (
        SELECT 1 FROM issue_columns WHERE id = segment * ${COLUMNS_AT_MOST}
      )
    ) AS lacks
  FROM issue_words_place`;

function blobOf(row: Row | Record<string, never>, column: string): Uint8Array {
  const value = row[column];
  // Numbers are read where they stand.
  if (value instanceof Uint8Array) return value.byteOffset % 8 === 0 ? value : value.slice();
  throw damagedDatabase(null, `column "${column}" holds no bytes`);
}
