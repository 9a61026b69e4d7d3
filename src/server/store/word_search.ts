import { position, storable } from "./dialect.ts";
import { countByStatus } from "./issue_counts.ts";
import { lastChange } from "./issues.ts";
import { integer, type Row } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";
import { LONG_TEXT } from "./word_index.ts";
import { type Asked, quoted, rarest, type Sequence, sequencesOf } from "./word_sequences.ts";

/** Asks for issues that hold words. */
export interface WordQuery {
  readonly resourceId: string;
  /** Folded; an issue holds all of them. At least one. */
  readonly words: readonly string[];
  /** What is read of the table `issues`, called `i`. */
  readonly columns: Sql;
  /** One more condition on `i`. */
  readonly only?: Sql;
  /** Only changes before this one. */
  readonly before?: number | null;
  /** Rows at most. */
  readonly limit: number;
  /** Tells whether no older rows are of use beside those found, which are the last changed; a few are read first then. */
  readonly isEnough?: (rows: readonly Row[]) => boolean;
  /** Lets other work of the process have its turn. */
  readonly pause: () => Promise<void>;
}

/** A part of a statement, with the values of its places. */
export interface Sql {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Holds for every row. */
export const NO_CONDITION: Sql = { sql: "1 = 1", values: [] };

/** Issues that are read when no word is in the index: the last changed. */
const READ_AT_MOST = 20_000;
/** Issues that one statement reads, or asks the index for, before others have their turn. */
const READ_AT_ONCE = 4_000;
const ASKED_AT_ONCE = 250_000;
/** Entries of the rarest sequence that one statement goes through, as far as a sample tells. */
const ENTRIES_AT_ONCE = 5_000;
/** Issues that one statement compares with the words, when the index proposes them. */
const FEWEST_AT_ONCE = 100;
const COMPARED_AT_ONCE = 2_000;
/** How many times as many issues as expected have other sequences chosen. */
const TOO_MANY = 10;

/**
 * Finds the issues of a resource that hold all words somewhere in their title or body, the last changed first. Where
 * all words have fewer than three characters, the {@link READ_AT_MOST} issues changed last are read.
 */
export async function issuesHolding(store: HostStore, asked: WordQuery): Promise<Row[]> {
  // As texts are stored: a NUL goes first, and may join two halves of a character.
  const words = asked.words.map((word) => storable(word).toWellFormed());
  const query = { ...asked, words };
  const sequences = sequencesOf(words);
  if (sequences.length > 0 && store.dialect !== "sqlite") {
    return await byPostgresIndex(store, query);
  }
  const high = Math.min(await lastChange(store, query.resourceId), (query.before ?? Infinity) - 1);
  return sequences.length === 0
    ? await readLast(store, query, 0, high, READ_AT_MOST)
    : await byIndex(store, query, high, sequences);
}

/** Reads the issues changed last after a change, `most` at most, a part at a time. */
async function readLast(
  store: HostStore,
  query: WordQuery,
  above: number,
  high: number,
  most: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  let upTo = high;
  for (let read = 0; read < most && upTo > above; read += READ_AT_ONCE) {
    if (read > 0) await query.pause();
    const last = await store.one(
      "SELECT change FROM issues WHERE resource_id = ? AND change <= ? ORDER BY change DESC LIMIT 1 OFFSET ?",
      query.resourceId,
      upTo,
      READ_AT_ONCE - 1,
    );
    const next = Math.max(above, last === null ? 0 : integer(last, "change") - 1);
    rows.push(...await readSome(store, query, { above: next, upTo, found: rows }));
    if (isOver(query, rows)) break;
    upTo = next;
  }
  return rows;
}

function isOver({ limit, isEnough }: WordQuery, rows: readonly Row[]): boolean {
  return rows.length >= limit || isEnough?.(rows) === true;
}

/** Reads the issues after one change, up to another, until enough hold the words: a few first, where these may do. */
async function readSome(
  store: HostStore,
  query: WordQuery,
  { above, upTo, found }: {
    readonly above: number;
    readonly upTo: number;
    readonly found: readonly Row[];
  },
): Promise<Row[]> {
  const left = query.limit - found.length;
  const read = (upTo: number, limit: number) => readBetween(store, query, above, upTo, limit);
  if (query.isEnough === undefined || left <= FEWEST_AT_ONCE) return await read(upTo, left);
  const few = await read(upTo, FEWEST_AT_ONCE);
  const last = few[FEWEST_AT_ONCE - 1];
  if (last === undefined || isOver(query, [...found, ...few])) return few;
  return [...few, ...await read(integer(last, "place") - 1, left - FEWEST_AT_ONCE)];
}

/** Reads the issues after one change, up to another, until enough hold the words; `place` is their change. */
async function readBetween(
  store: HostStore,
  { resourceId, words, columns, only = NO_CONDITION }: WordQuery,
  above: number,
  upTo: number,
  limit: number,
): Promise<Row[]> {
  return await store.all(
    `SELECT ${columns.sql}, i.change AS place FROM issues i
     WHERE i.resource_id = ? AND i.change > ? AND i.change <= ?
       ${holding(store, words)} AND ${only.sql} ORDER BY i.change DESC LIMIT ?`,
    ...columns.values,
    resourceId,
    above,
    upTo,
    ...words,
    ...only.values,
    limit,
  );
}

/**
 * Asks the index of SQLite, which has the issues of a resource in the order of their changes, a part at a time. What was
 * changed since is read.
 */
async function byIndex(
  store: HostStore,
  query: WordQuery,
  high: number,
  sequences: readonly Sequence[],
): Promise<Row[]> {
  const { resourceId, limit, isEnough, pause } = query;
  const place = await store.one(
    "SELECT number << 32 AS base, indexed FROM search_places WHERE resource_id = ?",
    resourceId,
  );
  if (place === null) return [];
  const base = integer(place, "base");
  const indexed = integer(place, "indexed");
  const rows = await readLast(store, query, indexed, high, Infinity);
  const { total = 0 } = await countByStatus(store, resourceId);
  // Most changes may be those of a few issues.
  const usual = ASKED_AT_ONCE * Math.max(1, high / Math.max(1, total));
  const newest = Math.min(high, indexed);
  let asked = await rarest(store, { after: base, upTo: base + newest }, sequences);
  let isSure = false;
  let precision = 1;
  // Where a few may be enough, these are looked at first, for which others need no turn.
  let looks = isEnough === undefined ? 1 : 0;
  for (let upTo = newest; upTo > 0 && !isOver(query, rows);) {
    if (looks > 1) await pause();
    const wanted = looks === 0 ? 0 : Math.ceil((limit - rows.length) / precision);
    const most = Math.min(COMPARED_AT_ONCE, Math.max(FEWEST_AT_ONCE, wanted));
    const part = Math.min(usual * 8, Math.max(usual, ENTRIES_AT_ONCE / asked.rarest));
    const above = Math.max(0, upTo - Math.ceil(part));
    const compared = await compareProposed(store, query, asked, { base, above, upTo, most });
    const held = compared.filter((row) => row["held"] === 1);
    rows.push(...held.slice(0, limit - rows.length));
    const last = compared.length < most ? undefined : compared.at(-1);
    const next = last === undefined ? above : integer(last, "entry") - base - 1;
    precision = (held.length + 1) / (compared.length + 1);
    if (!isSure && next > 0 && compared.length > TOO_MANY * asked.all * (upTo - next)) {
      // The sequences are less rare here than their last entries have told, or always come together.
      const again = await rarest(store, { after: base, upTo: base + next }, sequences);
      isSure = again.sequences.join() === asked.sequences.join();
      asked = again;
    }
    looks += 1;
    upTo = next;
  }
  return rows;
}

/** Changes of a resource that the index is asked for. */
interface Part {
  /** What the numbers of the resource's entries begin with. */
  readonly base: number;
  readonly above: number;
  readonly upTo: number;
  /** Entries at most. */
  readonly most: number;
}

/** Returns a row for each entry that holds the sequences, the last first; `held` is 1 where its issue holds all words. */
async function compareProposed(
  store: HostStore,
  { resourceId, words, columns, only = NO_CONDITION }: WordQuery,
  asked: Asked,
  { base, above, upTo, most }: Part,
): Promise<Row[]> {
  return await store.all(
    `SELECT proposed.entry AS entry, i.id IS NOT NULL AS held, ${columns.sql} FROM (
       SELECT rowid AS entry FROM search_words WHERE search_words MATCH ?
         AND rowid > CAST(? AS INTEGER) AND rowid <= CAST(? AS INTEGER)
       ORDER BY rowid DESC LIMIT ?) AS proposed
     LEFT JOIN issues i ON i.resource_id = ? AND i.change = proposed.entry - CAST(? AS INTEGER)
       ${holding(store, words)} AND ${only.sql} ORDER BY proposed.entry DESC`,
    ...columns.values,
    `(${asked.sequences.map(quoted).join(" AND ")}) OR ${quoted(LONG_TEXT)}`,
    base + above,
    base + upTo,
    most,
    resourceId,
    base,
    ...words,
    ...only.values,
  );
}

/** Returns the conditions on an issue that holds all words; each has a place. */
function holding(store: HostStore, words: readonly string[]): string {
  return ` AND ${position(store, "i.search", "?")} > 0`.repeat(words.length);
}

/**
 * Changes, evenly spread, that tell how many issues hold the words. Each is a look at a page of its own, and most words
 * are so rare or so common that a few tell.
 */
const TOLD_BY_FEW = 64;
const TOLD_BY = 300;
/** Hits among the few that tell of a common word, where they are also as many times as many as are still few. */
const SURE_HITS = 6;
const SURELY = 3;

/**
 * Asks the index of PostgreSQL, which has no order, for all issues that hold the words. Where they are many, the wanted
 * ones are met sooner by reading the issues in the order of their changes: a sample tells, and the index has a bound.
 */
async function byPostgresIndex(store: HostStore, query: WordQuery): Promise<Row[]> {
  const { resourceId, words, columns, only = NO_CONDITION, limit } = query;
  const few = await sampleOf(store, query, TOLD_BY_FEW);
  const { high, total } = few;
  // As many hits cost the index as much as reading until there are enough.
  const many = Math.sqrt(limit * total);
  const read = () => readSome(store, query, { above: 0, upTo: high, found: [] });
  if (await areMany(store, query, few, many / Math.max(1, total))) return await read();
  const most = Math.ceil(limit + 2 * many);
  const rows = await store.all(
    `SELECT ${columns.sql}, newest.held FROM (
       SELECT id, held FROM (
         SELECT id, change, COUNT(*) OVER () AS held FROM (
           SELECT i.id, i.change FROM issues i WHERE i.resource_id = ?${
      " AND i.search LIKE ?".repeat(words.length)
    } AND i.change + 0 <= ? AND ${only.sql} LIMIT ?) AS all_held) AS counted
       ORDER BY change DESC LIMIT ?) AS newest
     JOIN issues i ON i.id = newest.id ORDER BY i.change DESC`,
    ...columns.values,
    resourceId,
    ...words.map(likeWord),
    high,
    ...only.values,
    most,
    limit,
  );
  const [first] = rows;
  return first === undefined || integer(first, "held") < most ? rows : await read();
}

/** Returns whether more than a share of the issues hold the words, as far as samples tell; the first of few is here. */
async function areMany(
  store: HostStore,
  query: WordQuery,
  few: Sample,
  share: number,
): Promise<boolean> {
  if (few.hits === 0) return false;
  if (few.hits >= SURE_HITS && few.hits >= SURELY * share * few.seen) return true;
  const { hits, seen } = await sampleOf(store, query, TOLD_BY);
  return hits > share * seen;
}

/** What a few issues of a resource tell of all. */
interface Sample {
  /** The last change that is searched. */
  readonly high: number;
  /** All issues of the resource. */
  readonly total: number;
  /** Issues that were looked at, and those of them that hold the words. */
  readonly seen: number;
  readonly hits: number;
}

/**
 * Looks at so many changes, evenly spread; tells how many of them are there still, and how many of those hold the words.
 * One statement also tells what is to be known before: each takes as long as a search for a rare word.
 */
async function sampleOf(
  store: HostStore,
  { resourceId, words, before }: WordQuery,
  changes: number,
): Promise<Sample> {
  const row = await store.one(
    `WITH place AS (SELECT LEAST(last_change, CAST(? AS BIGINT)) AS high FROM resources WHERE id = ?)
     SELECT COALESCE((SELECT high FROM place), 0) AS high,
       (SELECT CAST(COALESCE(SUM(issues), 0) AS BIGINT) FROM issue_counts WHERE resource_id = ?) AS total,
       COUNT(*) AS seen, COUNT(CASE WHEN TRUE ${holding(store, words)} THEN 1 END) AS hits
     FROM generate_series(1, ${changes}) AS part
     JOIN issues i ON i.resource_id = ? AND i.change = part * (SELECT high FROM place) / ${changes}`,
    (before ?? Number.MAX_SAFE_INTEGER) - 1,
    resourceId,
    resourceId,
    ...words,
    resourceId,
  );
  if (row === null) throw new TypeError("The sample was not taken");
  return {
    high: integer(row, "high"),
    total: integer(row, "total"),
    seen: integer(row, "seen"),
    hits: integer(row, "hits"),
  };
}

/** Returns the pattern of what holds a word. */
function likeWord(word: string): string {
  return `%${word.replace(/[\\%_]/g, "\\$&")}%`;
}
