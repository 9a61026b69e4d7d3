import { position, storable } from "./dialect.ts";
import { countByStatus } from "./issue_counts.ts";
import { lastChange } from "./issues.ts";
import { integer, type Row } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";
import { LONG_TEXT } from "./word_index.ts";

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

/** Characters of a word that the index knows together; words of fewer are not in it. */
const TOGETHER = 3;
/** Sequences of one word, and of all words, that are looked at. */
const OF_A_WORD = 4;
const OF_ALL_WORDS = 24;
/** The rarest of them, which the index is asked for: what it finds is compared with the words. */
const ASKED_FOR = 4;
/** Entries by which it is told how rare a sequence is. */
const SAMPLE = 100;
/** Issues that are read when no word is in the index: the last changed. */
const READ_AT_MOST = 20_000;
/** Issues that one statement reads, or asks the index for, before others have their turn. */
const READ_AT_ONCE = 4_000;
const ASKED_AT_ONCE = 250_000;
/** Entries of the rarest sequence that one statement goes through, as far as a sample tells. */
const ENTRIES_AT_ONCE = 5_000;

/**
 * Finds the issues of a resource that hold all words somewhere in their title or body, the last changed first. Where
 * all words have fewer than three characters, the {@link READ_AT_MOST} issues changed last are read.
 */
export async function issuesHolding(store: HostStore, asked: WordQuery): Promise<Row[]> {
  // As texts are stored: a NUL goes first, and may join two halves of a character.
  const words = asked.words.map((word) => storable(word).toWellFormed());
  const query = { ...asked, words };
  const high = Math.min(await lastChange(store, query.resourceId), (query.before ?? Infinity) - 1);
  const sequences = [...new Set(words.flatMap(sequencesOf))].slice(0, OF_ALL_WORDS);
  if (sequences.length === 0) return await readLast(store, query, 0, high, READ_AT_MOST);
  return store.dialect === "sqlite"
    ? await byIndex(store, query, high, sequences)
    : await byPostgresIndex(store, query, high);
}

/** Returns sequences of a word, from its first to its last, evenly spread. */
function sequencesOf(word: string): string[] {
  const characters = [...word];
  const last = characters.length - TOGETHER;
  const count = Math.min(OF_A_WORD, Math.max(0, last + 1));
  return Array.from({ length: count }, (_, index) => {
    const at = count === 1 ? 0 : Math.round(index * last / (count - 1));
    return characters.slice(at, at + TOGETHER).join("");
  });
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
    rows.push(...await readBetween(store, query, next, upTo, query.limit - rows.length));
    if (rows.length >= query.limit) break;
    upTo = next;
  }
  return rows;
}

/** Reads the issues after one change, up to another, until enough hold the words. */
async function readBetween(
  store: HostStore,
  { resourceId, words, columns, only = NO_CONDITION }: WordQuery,
  above: number,
  upTo: number,
  limit: number,
): Promise<Row[]> {
  return await store.all(
    `SELECT ${columns.sql} FROM issues i
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
  sequences: readonly string[],
): Promise<Row[]> {
  const { resourceId, words, columns, only = NO_CONDITION, limit, pause } = query;
  const place = await store.one(
    "SELECT number << 32 AS base, indexed FROM search_places WHERE resource_id = ?",
    resourceId,
  );
  if (place === null) return [];
  const base = integer(place, "base");
  const indexed = integer(place, "indexed");
  const rows = await readLast(store, query, indexed, high, Infinity);
  const asked = await rarest(store, base, base + indexed, sequences);
  const wanted = `(${asked.sequences.map(quoted).join(" AND ")}) OR ${quoted(LONG_TEXT)}`;
  const { total = 0 } = await countByStatus(store, resourceId);
  // Most changes may be those of a few issues.
  const usual = ASKED_AT_ONCE * Math.max(1, high / Math.max(1, total));
  const part = Math.min(
    Math.max(1, high),
    Math.ceil(Math.max(usual, ENTRIES_AT_ONCE / asked.share)),
  );
  const newest = Math.min(high, indexed);
  for (let upTo = newest; upTo > 0 && rows.length < limit; upTo -= part) {
    if (upTo < newest) await pause();
    const found = await store.all(
      `SELECT ${columns.sql} FROM search_words CROSS JOIN issues i
         ON i.resource_id = ? AND i.change = search_words.rowid - CAST(? AS INTEGER)
       WHERE search_words MATCH ? AND search_words.rowid > CAST(? AS INTEGER)
         AND search_words.rowid <= CAST(? AS INTEGER)
       ${holding(store, words)} AND ${only.sql} ORDER BY search_words.rowid DESC LIMIT ?`,
      ...columns.values,
      resourceId,
      base,
      wanted,
      base + Math.max(0, upTo - part),
      base + upTo,
      ...words,
      ...only.values,
      limit - rows.length,
    );
    rows.push(...found);
  }
  return rows;
}

/**
 * Returns the sequences that the fewest issues hold, as far as their last entries in a part of the index tell, and which
 * share of its changes hold the rarest.
 */
async function rarest(
  store: HostStore,
  after: number,
  upTo: number,
  sequences: readonly string[],
): Promise<{ readonly sequences: readonly string[]; readonly share: number }> {
  if (sequences.length <= ASKED_FOR) return { sequences, share: 1 };
  const shares: { sequence: string; share: number }[] = [];
  for (const sequence of sequences) {
    const row = await store.one(
      `SELECT COUNT(*) AS entries, MIN(entry) AS first FROM (
         SELECT rowid AS entry FROM search_words WHERE search_words MATCH ?
           AND rowid > CAST(? AS INTEGER) AND rowid <= CAST(? AS INTEGER)
         ORDER BY rowid DESC LIMIT ${SAMPLE}) AS newest`,
      quoted(sequence),
      after,
      upTo,
    );
    const entries = row === null ? 0 : integer(row, "entries");
    // No issue holds all words when none holds a part of one.
    if (row === null || entries === 0) return { sequences: [sequence], share: 0 };
    const first = entries < SAMPLE ? after : integer(row, "first");
    shares.push({ sequence, share: entries / (upTo - first + 1) });
  }
  shares.sort((one, other) => one.share - other.share);
  return {
    sequences: shares.slice(0, ASKED_FOR).map(({ sequence }) => sequence),
    share: shares[0]?.share ?? 1,
  };
}

/** Returns the conditions on an issue that holds all words; each has a place. */
function holding(store: HostStore, words: readonly string[]): string {
  return ` AND ${position(store, "i.search", "?")} > 0`.repeat(words.length);
}

function quoted(sequence: string): string {
  return `"${sequence.replaceAll('"', '""')}"`;
}

/** Changes, evenly spread, that tell PostgreSQL how many issues hold the words. */
const TOLD_BY = 300;

/**
 * Asks the index of PostgreSQL, which has no order, for all issues that hold the words. Where they are many, the wanted
 * ones are met sooner by reading the issues in the order of their changes: a sample tells, and the index has a bound.
 */
async function byPostgresIndex(
  store: HostStore,
  query: WordQuery,
  high: number,
): Promise<Row[]> {
  const { resourceId, words, columns, only = NO_CONDITION, limit } = query;
  const { total = 0 } = await countByStatus(store, resourceId);
  // As many hits cost the index as much as reading until there are enough.
  const many = Math.sqrt(limit * total);
  const read = () => readBetween(store, query, 0, high, limit);
  const sample = await store.one(
    `SELECT COUNT(*) AS seen, COUNT(CASE WHEN TRUE
       ${holding(store, words)} THEN 1 END) AS hits FROM generate_series(1, ${TOLD_BY}) AS part
     JOIN issues i ON i.resource_id = ?
       AND i.change = part * CAST(? AS BIGINT) / ${TOLD_BY}`,
    ...words,
    resourceId,
    high,
  );
  const seen = sample === null ? 0 : integer(sample, "seen");
  const hits = sample === null ? 0 : integer(sample, "hits");
  if (hits * total > many * seen) return await read();
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

/** Returns the pattern of what holds a word. */
function likeWord(word: string): string {
  return `%${word.replace(/[\\%_]/g, "\\$&")}%`;
}
