import { listed, textList } from "./dialect.ts";
import {
  type Condition,
  firstOfKinds,
  isOfAll,
  type KindQuery,
  kindsListed,
} from "./issue_kinds.ts";
import { bytesOf, encoded, integer, numbersOf, type Row, text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";
import { newest } from "./updated_since.ts";

/** Which changes of a resource to read. */
export interface ChangeQuery extends KindQuery {
  /** Issues at most. */
  readonly limit: number;
  /** Leaves out what was pushed and has not been delivered. */
  readonly deliveredOnly: boolean;
}

/** Changed issues, in the order of their changes. */
export interface ChangePage {
  /** The issues in JSON, as stored, each with its version, with commas between them. Nobody changes these bytes. */
  readonly json: Uint8Array<ArrayBuffer>;
  /** Issues in it. */
  readonly count: number;
  /** How many of them are new to a reader who has seen all up to the query's `after`. */
  readonly created: number;
  /** The change that the next page continues after. */
  readonly through: number;
  readonly hasMore: boolean;
}

/**
 * Reads one page of changed issues: as many as fit one answer. Sizes of large ones are read first, since they may be
 * much. One of these that changes between the two reads is left to a later page, at its new place.
 */
export async function changesAfter(store: HostStore, query: ChangeQuery): Promise<ChangePage> {
  return await readChanges(store, query, await measureChanges(store, query));
}

/** How far a page of changed issues goes. */
export interface MeasuredPage {
  /** The change of its last issue; the query's `after` when it has none. */
  readonly through: number;
  /** Whether there are issues after it. */
  readonly hasMore: boolean;
  /** Its issues, in order. */
  readonly issues: readonly MeasuredIssue[];
  /** Those that are not large, in JSON with commas between them. More may follow the last of `issues`. */
  readonly json: Uint8Array<ArrayBuffer>;
}

/** An issue of a page that was measured. */
export interface MeasuredIssue {
  readonly change: number;
  readonly isNew: boolean;
  /** Where it ends in the JSON of the page; `null` for a large one, whose text is not read yet. */
  readonly end: number | null;
}

/** Measures the page of changed issues that fits one answer, and reads those that are not large. */
export async function measureChanges(store: HostStore, query: ChangeQuery): Promise<MeasuredPage> {
  const read = store.dialect === "sqlite"
    ? await joinedChanges(store, query)
    : await changesByRow(store, query);
  const { changes, sizes, versions, firsts, json } = read;
  const most = readAtOnce(query);
  const count = countThatFit(sizes.slice(0, query.limit));
  let at = 0;
  const issues = changes.slice(0, count).map((change, place): MeasuredIssue => {
    const { [place]: size = 0 } = sizes;
    const { [place]: version = 0 } = versions;
    const isNew = isNewTo(query, version, firsts[place] ?? 0);
    if (size > most) return { change, isNew, end: null };
    // Its version follows the end of an issue, which becomes a comma.
    json[at + size - 1] = COMMA;
    const end = at + size + VERSION.length + String(version).length + END.length;
    at = end + 1;
    return { change, isNew, end };
  });
  const through = issues.at(-1)?.change ?? query.after;
  return { through, hasMore: count < changes.length, issues, json };
}

/** What was read of a page, one issue more where there is one: a number of each, in order. */
interface ReadChanges {
  readonly changes: readonly number[];
  /** Bytes of their JSON. */
  readonly sizes: readonly number[];
  readonly versions: readonly number[];
  readonly firsts: readonly number[];
  /** The JSON of those that are not large, each with its version behind it, with commas between them. */
  readonly json: Uint8Array<ArrayBuffer>;
}

/** Has SQLite join the texts: a value for each column of each issue would take as long as to read them. */
async function joinedChanges(store: HostStore, query: ChangeQuery): Promise<ReadChanges> {
  const { sql, values } = await chosen(store, query);
  const row = await store.one(
    `SELECT CAST(group_concat(json, ',') AS BLOB) AS json, group_concat(change, ',') AS changes,
       group_concat(bytes, ',') AS sizes, group_concat(version, ',') AS versions,
       group_concat(first_change, ',') AS firsts
     FROM (SELECT change, octet_length(json) AS bytes, version, first_change,
       CASE WHEN octet_length(json) <= ? THEN json || '${VERSION}' || version || '${END}' END AS json
       FROM issues WHERE resource_id = ? AND change > ?${sql} ORDER BY change LIMIT ?)`,
    readAtOnce(query),
    query.resourceId,
    query.after,
    ...values,
    query.limit + 1,
  );
  const changes = numbersOf(row, "changes");
  // SQLite joins rows as they come from the ordered table, and does not promise to.
  if (changes.some((change, place) => change <= (changes[place - 1] ?? 0))) {
    throw new TypeError("The database has joined issues out of order");
  }
  return {
    changes,
    sizes: numbersOf(row, "sizes"),
    versions: numbersOf(row, "versions"),
    firsts: numbersOf(row, "firsts"),
    json: bytesOf(row, "json"),
  };
}

/** Reads row by row: the driver of PostgreSQL takes longer for one large value than for many small ones. */
async function changesByRow(store: HostStore, query: ChangeQuery): Promise<ReadChanges> {
  const { sql, values } = await chosen(store, query);
  const rows = await store.all(
    `SELECT change, octet_length(json) AS bytes, version, first_change,
       CASE WHEN octet_length(json) <= CAST(? AS INTEGER) THEN json END AS json FROM issues
     WHERE resource_id = ? AND change > ?${sql} ORDER BY change LIMIT ?`,
    readAtOnce(query),
    query.resourceId,
    query.after,
    ...values,
    query.limit + 1,
  );
  const texts = rows.flatMap((row) => {
    const json = textOrNull(row, "json");
    return json === null ? [] : [`${json}${VERSION}${integer(row, "version")}${END}`];
  });
  return {
    changes: rows.map((row) => integer(row, "change")),
    sizes: rows.map((row) => integer(row, "bytes")),
    versions: rows.map((row) => integer(row, "version")),
    firsts: rows.map((row) => integer(row, "first_change")),
    json: encoded(texts.join(",")),
  };
}

const VERSION = '"version":"';
const END = '"}';
const COMMA = 0x2c;

/** Returns the bytes of an issue that is read while its page is measured: as many as the page may have fit one answer. */
function readAtOnce({ limit }: ChangeQuery): number {
  return Math.floor(MAX_ANSWER_BYTES / limit);
}

/** Reads what is missing of a page that was measured; what has left it meanwhile is in a later one. */
export async function readChanges(
  store: HostStore,
  query: ChangeQuery,
  measured: MeasuredPage,
): Promise<ChangePage> {
  const { through, hasMore } = measured;
  const shown = measured.issues.filter(({ change }) => change <= through);
  const missing = shown.filter(({ end }) => end === null);
  const large = missing.length > 0 ? await largeChanges(store, query, missing) : null;
  const issues = large === null
    ? shown
    : shown.filter(({ change, end }) => end !== null || large.has(change));
  return {
    json: large === null
      ? cut(measured.json, shown.at(-1)?.end ?? 0)
      : withLarge(measured.json, issues, large),
    count: issues.length,
    created: issues.filter(({ isNew }) => isNew).length,
    through,
    hasMore: hasMore || issues.length < measured.issues.length,
  };
}

/** Returns the first bytes: in memory of their own where they would keep twice as many. */
function cut(json: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  return length * 2 < json.length ? json.slice(0, length) : json.subarray(0, length);
}

/** Returns the text of issues by their changes; one that has changed meanwhile is left out. */
async function largeChanges(
  store: HostStore,
  { resourceId }: ChangeQuery,
  missing: readonly MeasuredIssue[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await store.all(
    `SELECT i.change, i.json, i.version FROM ${listed(store)}
     CROSS JOIN issues i WHERE i.resource_id = ? AND i.change = CAST(listed.value AS BIGINT)`,
    textList(missing.map(({ change }) => String(change))),
    resourceId,
  );
  return new Map(rows.map((row) => [integer(row, "change"), versionedJson(row)]));
}

/** Appends the version to the text of an issue, which is never empty and is not parsed. */
function versionedJson(row: Row): string {
  return `${text(row, "json").slice(0, -1)},${VERSION}${integer(row, "version")}${END}`;
}

/** Puts the large issues of a page in their places among the others. */
function withLarge(
  small: Uint8Array<ArrayBuffer>,
  issues: readonly MeasuredIssue[],
  large: ReadonlyMap<number, string>,
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const parts = issues.map(({ change, end }) => {
    if (end === null) return encoded(large.get(change) ?? "");
    const part = small.subarray(at, end);
    at = end + 1;
    return part;
  });
  const length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  const json = new Uint8Array(Math.max(0, length - 1)).fill(COMMA);
  let to = 0;
  for (const part of parts) {
    json.set(part, to);
    to += part.length + 1;
  }
  return json;
}

/** Tells a new issue. One stored before first changes were recorded is new while it has one change only. */
function isNewTo({ after }: ChangeQuery, version: number, firstChange: number): boolean {
  return version === 1 || firstChange > after;
}

/**
 * Returns the condition by which the database finds the issues of a page. What is not filtered, it finds in passing; what
 * is, by an index, so that it reads the issues of the page alone.
 */
async function chosen(store: HostStore, query: ChangeQuery): Promise<Condition> {
  const { limit, updatedSince, deliveredOnly } = query;
  if (!deliveredOnly) {
    if (isOfAll(query)) return { sql: "", values: [] };
    return await newest(store, query) ?? firstOfKinds(store, query, limit + 1);
  }
  const kinds = kindsListed(query);
  const updated = updatedSince === null ? [] : [updatedSince];
  return {
    sql: ` AND undelivered = 0${kinds.sql}${updated.map(() => " AND updated_ms >= ?").join("")}`,
    values: [...kinds.values, ...updated],
  };
}

/** Bytes of issues in one answer at most, whatever its limit asks for: a client refuses more than 32 MiB. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** Returns how many issues of these sizes fit one answer; at least one. */
function countThatFit(sizes: readonly number[]): number {
  let bytes = 0;
  const over = sizes.findIndex((size, place) => {
    bytes += size;
    return place > 0 && bytes > MAX_ANSWER_BYTES;
  });
  return over < 0 ? sizes.length : over;
}
