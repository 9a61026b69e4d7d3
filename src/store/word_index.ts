import type { NormalizedIssue } from "../contract/issue.ts";
import { type Database, inTransaction } from "../platform/database.ts";
import { damagedDatabase } from "../platform/database_faults.ts";
import { shownIssue } from "./edits.ts";
import { COLUMNS_AT_MOST, columnsOfIssues } from "./issue_columns.ts";
import { knownIssues } from "./issue_segments.ts";
import { optionalNumber, type Row, Statements } from "./rows.ts";
import { storedOf } from "./stored_issue.ts";
import {
  bucketsOf,
  type Holders,
  holdersIn,
  ISSUES_IN_SEGMENT,
  partOf,
  PARTS,
  SegmentBuilder,
} from "./word_segments.ts";

/** Issues from which on a cache has an index: comparing fewer takes a few milliseconds, and indexing them up to twenty. */
const FIRST_FROM = 2 * ISSUES_IN_SEGMENT;
/** Issues that are read at a time while a segment is built: their texts may be long. */
const READ_AT_ONCE = 128;
/** Sequences of a text that are looked at in every segment: the rarest of the first one. */
const ASKED_AT_MOST = 4;
/** Share of the issues from which on comparing all of them in turn is quicker than going to each that is proposed. */
const MOST_PROPOSED = 0.4;

/** What is indexed of an issue, and the row in which it was just stored. */
export interface StoredTexts {
  readonly row: number;
  /** As it is shown. */
  readonly issue: NormalizedIssue;
  /** Title, id, key and body. */
  readonly texts: readonly string[];
}

/** How an index is built and asked. */
export interface WordIndexOptions {
  /** Issues from which on a segment is built: {@link ISSUES_IN_SEGMENT} unless given; of one page half as many. */
  readonly fewest?: number;
  /** Issues from which on the first segment is built: {@link FIRST_FROM} unless given. */
  readonly first?: number;
  /** Share of the issues from which on none is proposed: {@link MOST_PROPOSED} unless given. */
  readonly mostProposed?: number;
}

/**
 * The index of what the issues of a cache hold, in segments that are built when enough issues have come and never
 * change. Issues are known by their rows: one that is stored again gets a new row, the last of all. What comes after
 * the row that the index has come to is read, so that an answer is the same at any moment. See
 * docs/adr/0051-segments-of-words.md.
 */
export class WordIndex {
  readonly #database: Database;
  readonly #sql: Statements;
  readonly #fewest: number;
  readonly #first: number;
  readonly #mostProposed: number;
  /** How many more issues the segments may know before most of that can be past. */
  #untilMostlyPast = 0;

  /** Works on an open database of whatever version. */
  constructor(database: Database, { fewest, first, mostProposed }: WordIndexOptions = {}) {
    this.#database = database;
    this.#sql = new Statements(database);
    this.#fewest = fewest ?? ISSUES_IN_SEGMENT;
    this.#first = first ?? FIRST_FROM;
    this.#mostProposed = mostProposed ?? MOST_PROPOSED;
  }

  /**
   * Returns the rows of the issues that may hold a text in title, id, key or body, all that do among them; `null` where
   * every issue is better compared: for one or two characters, for what very many issues hold, and while the index is
   * empty. To be asked in the transaction that compares the issues.
   */
  proposed(text: string): readonly number[] | null {
    const buckets = bucketsOf(text);
    if (buckets.length === 0 || !this.#isThere()) return null;
    const indexed = this.#indexed();
    if (indexed === 0) return null;
    const segments = this.#sql.of("SELECT * FROM issue_segments ORDER BY segment DESC").all();
    // Which sequences are rare is told by the last segment.
    const asked = segments[0] === undefined ? null : this.#rarest(segments[0], buckets);
    if (asked === null) return null;
    const rows = new Set(
      this.#sql.of("SELECT rowid AS issue FROM tracker_issues WHERE rowid > ?").all(indexed)
        .map((row) => optionalNumber(row, "issue") ?? 0),
    );
    for (const segment of segments) {
      for (const row of this.#holdingAll(segment, asked)) rows.add(row);
    }
    return [...rows];
  }

  /** Returns about what share of the issues may hold a text, as the last segment tells; 1 where nothing tells. */
  share(text: string): number {
    const buckets = bucketsOf(text);
    if (buckets.length === 0 || !this.#isThere()) return 1;
    const last = this.#sql.of("SELECT * FROM issue_segments ORDER BY segment DESC LIMIT 1").get();
    if (last === undefined) return 1;
    const [rarest] = this.#holding(last, buckets);
    return (rarest?.count ?? 0) / placesOf(last).places;
  }

  /** Clears an index that a program of another version has continued without all that belongs to it. */
  checkUp(): void {
    if (this.#database.isTransaction || !this.#isThere()) return;
    const isWrong = () => this.#indexed() > 0 && knownIssues(this.#sql) === null;
    // Once more where nothing is stored in between.
    if (isWrong()) inTransaction(this.#database, () => isWrong() && this.#clear());
  }

  /**
   * Brings the index up to the last issues, a segment in each transaction, once enough of them wait. Does nothing inside
   * of one.
   */
  catchUp(): void {
    if (this.#database.isTransaction || !this.#isThere()) return;
    let least = this.#indexed() === 0 ? this.#first : this.#fewest;
    while (this.#isBehind(least)) {
      inTransaction(this.#database, () => this.#addSegment(least));
      // With what is left of a page, so that the next page follows the index.
      least = this.#fewest / 2;
    }
  }

  /**
   * Adds the issues of a page inside the transaction that has stored them, where they are enough for a segment and
   * nothing before them waits: their texts need not be read again. With `isMore` to come after it, the first page begins
   * the index though it is small.
   */
  addPage(stored: readonly StoredTexts[], isMore: boolean = false): void {
    const [first] = stored;
    if (first === undefined || stored.length < this.#fewest / 2 || !this.#isThere()) return;
    const indexed = this.#indexed();
    if (indexed === 0 && !isMore && stored.length < this.#first) return;
    const isNext = indexed === first.row - 1;
    const isWhole = stored.every(({ row }, place) => row === first.row + place);
    if (!isNext || !isWhole || this.#isMostlyPast()) return;
    // The rows of an issue that came twice are not all there any more: what is stored is read instead.
    if (new Set(stored.map(({ issue }) => issue.ref.id)).size < stored.length) return;
    for (let from = 0; stored.length - from >= this.#fewest / 2;) {
      const builder = new SegmentBuilder();
      const begin = from;
      while (from < stored.length && !builder.isFull) builder.add(stored[from++]?.texts ?? []);
      this.#keep(builder, stored.slice(begin, from));
    }
  }

  #isThere(): boolean {
    return this.#sql.of("SELECT 1 FROM sqlite_schema WHERE name = 'issue_segments'").get() !==
      undefined;
  }

  #indexed(): number {
    const row = this.#sql.of("SELECT indexed FROM issue_words_place").get();
    return optionalNumber(row ?? {}, "indexed") ?? 0;
  }

  /** Whether at least so many issues are not in the index. */
  #isBehind(least: number): boolean {
    const row = this.#sql.of(
      "SELECT count(*) AS waiting FROM (SELECT 1 FROM tracker_issues WHERE rowid > ? LIMIT ?)",
    ).get(this.#indexed(), Math.ceil(least));
    return (optionalNumber(row ?? {}, "waiting") ?? 0) >= least;
  }

  /** Builds the next segment, of the issues that are there when the transaction has begun. */
  #addSegment(least: number): void {
    // Another process may have built it since.
    if (!this.#isBehind(least)) return;
    if (this.#isMostlyPast()) return this.#clear();
    const builder = new SegmentBuilder();
    const added: Pick<StoredTexts, "row" | "issue">[] = [];
    let last = this.#indexed();
    for (let isOver = false; !isOver && !builder.isFull;) {
      const portion = this.#sql.of(TEXTS).all(last, READ_AT_ONCE);
      isOver = portion.length < READ_AT_ONCE;
      for (const row of portion) {
        if (builder.isFull) break;
        last = optionalNumber(row, "issue") ?? last;
        added.push({ row: last, issue: shownIssue(storedOf(row)) });
        builder.add(SEARCHED.map((column) => String(row[column] ?? "")));
      }
    }
    this.#keep(builder, added);
  }

  /** Stores a segment of these issues, the next ones. */
  #keep(builder: SegmentBuilder, added: readonly Pick<StoredTexts, "row" | "issue">[]): void {
    const rows = added.map(({ row }) => row);
    const first = rows[0] ?? 0;
    const { lastInsertRowid } = this.#sql.of(
      "INSERT INTO issue_segments (first, issues) VALUES (?, ?)",
    ).run(first, bytesOf(rows, first));
    const put = this.#sql.of("INSERT INTO issue_words (id, holders) VALUES (?, ?)");
    for (const [part, holders] of builder.parts().entries()) {
      put.run(Number(lastInsertRowid) * PARTS + part, holders);
    }
    const keep = this.#sql.of("INSERT INTO issue_columns (id, data) VALUES (?, ?)");
    for (const [column, data] of columnsOfIssues(added.map(({ issue }) => issue))) {
      keep.run(Number(lastInsertRowid) * COLUMNS_AT_MOST + column, data);
    }
    // Rows that are given again are those of other issues.
    this.#sql.of("DELETE FROM issue_rows_past WHERE row >= ?").run(first);
    this.#sql.of("UPDATE issue_words_place SET indexed = ?").run(rows.at(-1) ?? first);
    this.#untilMostlyPast -= rows.length;
  }

  /** Whether most of what the segments know has been stored again since, or removed. */
  #isMostlyPast(): boolean {
    // To count all issues for each page would take the longer the more there are.
    if (this.#untilMostlyPast > 0) return false;
    const row = this.#sql.of(
      `SELECT (SELECT count(*) FROM tracker_issues) AS issues,
         (SELECT sum(length(issues)) / ${BYTES_OF_ROW} FROM issue_segments) AS known`,
    ).get() ?? {};
    const issues = optionalNumber(row, "issues") ?? 0;
    this.#untilMostlyPast = 2 * issues + 4 * this.#fewest - (optionalNumber(row, "known") ?? 0);
    return this.#untilMostlyPast < 0;
  }

  #clear(): void {
    for (const table of ["issue_words", "issue_segments", "issue_columns", "issue_rows_past"]) {
      this.#sql.of(`DELETE FROM ${table}`).run();
    }
    this.#sql.of("UPDATE issue_words_place SET indexed = 0").run();
  }

  /** The sequences that the fewest issues of a segment hold; `null` when many hold each. */
  #rarest(segment: Row, buckets: readonly number[]): readonly number[] | null {
    const { places } = placesOf(segment);
    const known = this.#holding(segment, buckets);
    if ((known[0]?.count ?? 0) > places * this.#mostProposed) return null;
    return known.slice(0, ASKED_AT_MOST).map(({ bucket }) => bucket);
  }

  /** How many issues of a segment hold each sequence, the rarest first. */
  #holding(
    segment: Row,
    buckets: readonly number[],
  ): readonly { readonly bucket: number; readonly count: number }[] {
    const { places } = placesOf(segment);
    return buckets.map((bucket) => {
      const holders = this.#holders(segment, bucket);
      return { bucket, count: holders === "all" ? places : holders.length };
    }).toSorted((a, b) => a.count - b.count);
  }

  /** The rows of a segment whose issues hold all sequences. */
  #holdingAll(segment: Row, buckets: readonly number[]): readonly number[] {
    const { places, rowAt } = placesOf(segment);
    let left: readonly number[] | null = null;
    for (const bucket of buckets) {
      const holders = this.#holders(segment, bucket);
      if (holders === "all") continue;
      const among = new Set(holders);
      left = left === null ? holders : left.filter((place) => among.has(place));
      if (left.length === 0) break;
    }
    return (left ?? Array.from({ length: places }, (_, place) => place)).map(rowAt);
  }

  #holders(segment: Row, bucket: number): Holders {
    const number = optionalNumber(segment, "segment") ?? 0;
    const row = this.#sql.of("SELECT holders FROM issue_words WHERE id = ?")
      .get(number * PARTS + partOf(bucket));
    return holdersIn(blobOf(row ?? {}, "holders"), bucket);
  }
}

/** The issues of a stored segment: how many places it has, and the row of the issue at one. */
function placesOf(
  segment: Row,
): { readonly places: number; readonly rowAt: (place: number) => number } {
  const first = optionalNumber(segment, "first") ?? 0;
  const { buffer, byteOffset, byteLength } = blobOf(segment, "issues");
  const view = new DataView(buffer, byteOffset, byteLength);
  return {
    places: byteLength / BYTES_OF_ROW,
    rowAt: (place) => first + view.getUint32(BYTES_OF_ROW * place, true),
  };
}

/** What is searched of an issue: the columns of {@link TEXTS} beside its row. */
const SEARCHED = ["title", "id", "key", "body"] as const;
const TEXTS = `SELECT rowid AS issue, title, id, key, json_extract(json, '$.body') AS body,
    json, base, edits, seen_at
  FROM tracker_issues WHERE rowid > ? ORDER BY rowid LIMIT ?`;
const BYTES_OF_ROW = 4;

/** Rows of issues as they are stored: each by its distance from the first one. */
function bytesOf(rows: readonly number[], first: number): Uint8Array {
  const bytes = new Uint8Array(BYTES_OF_ROW * rows.length);
  const view = new DataView(bytes.buffer);
  for (const [place, row] of rows.entries()) {
    view.setUint32(BYTES_OF_ROW * place, row - first, true);
  }
  return bytes;
}

function blobOf(row: Row | Record<string, never>, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw damagedDatabase(null, `column "${column}" holds no bytes`);
}
