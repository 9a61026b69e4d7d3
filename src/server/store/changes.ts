import { jsonMember } from "./dialect.ts";
import { integer, memberOf, type Row, text } from "./row.ts";
import type { HostStore, SqlValue, Transaction } from "./store.ts";

/** Which changes of a resource to read. */
export interface ChangeQuery {
  readonly resourceId: string;
  /** The change to continue after. */
  readonly after: number;
  /** Issues at most. */
  readonly limit: number;
  /** Milliseconds since 1970; `null` for all. */
  readonly updatedSince: number | null;
  /** Statuses that count; all when empty. Each once: every statement that differs is kept prepared. */
  readonly statuses: readonly string[];
  /** Types that count; all when empty. Each once. */
  readonly issueTypes: readonly string[];
  /** Leaves out what was pushed and has not been delivered. */
  readonly deliveredOnly: boolean;
}

/** A changed issue. */
export interface ChangedIssue {
  /** The issue in JSON, as stored, with its version. */
  readonly json: string;
  /** Whether it is new to a reader who has seen all up to the query's `after`. */
  readonly isNew: boolean;
}

/** Changed issues, in the order of their changes. */
export interface ChangePage {
  readonly issues: readonly ChangedIssue[];
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
  /** Issues in it. */
  readonly count: number;
  /** Whether there are issues after it. */
  readonly hasMore: boolean;
  /** Its rows, in order. Of a large issue the text is not read yet: its `json` is NULL. */
  readonly rows: readonly Row[];
}

/** Measures the page of changed issues that fits one answer, and reads those that are not large. */
export async function measureChanges(store: HostStore, query: ChangeQuery): Promise<MeasuredPage> {
  const { sql, values } = filtered(query);
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
  const count = countThatFit(rows.slice(0, query.limit));
  const last = rows[count - 1];
  const through = last === undefined ? query.after : integer(last, "change");
  return { through, count, hasMore: count < rows.length, rows: rows.slice(0, count) };
}

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
  const { through, count, hasMore } = measured;
  const shown = measured.rows.filter((row) => integer(row, "change") <= through);
  const large = shown.some(({ json }) => json === null)
    ? await largeChanges(store, query, through)
    : new Map<unknown, Row>();
  const issues = shown.flatMap((row) => {
    const whole = row["json"] === null ? large.get(row["change"]) : row;
    return whole === undefined
      ? []
      : [{ json: versionedJson(whole), isNew: isNew(whole, query.after) }];
  });
  return { issues, through, hasMore: hasMore || issues.length < count };
}

/** Returns the rows of the large issues up to a change, by their changes. */
async function largeChanges(
  store: HostStore,
  query: ChangeQuery,
  through: number,
): Promise<Map<unknown, Row>> {
  const { sql, values } = filtered(query);
  const rows = await store.all(
    `SELECT change, json, version, first_change FROM issues
     WHERE resource_id = ? AND change > ? AND change <= ? AND octet_length(json) > CAST(? AS INTEGER)${sql}
     ORDER BY change`,
    query.resourceId,
    query.after,
    through,
    readAtOnce(query),
    ...values,
  );
  return new Map(rows.map((row) => [row["change"], row]));
}

/** Appends the version to the text of an issue, which is never empty and is not parsed. */
function versionedJson(row: Row): string {
  return `${text(row, "json").slice(0, -1)},"version":"${integer(row, "version")}"}`;
}

/** Tells a new issue. One stored before first changes were recorded is new while it has one change only. */
function isNew(row: Row, after: number): boolean {
  return integer(row, "version") === 1 || integer(row, "first_change") > after;
}

function filtered(query: ChangeQuery): { readonly sql: string; readonly values: SqlValue[] } {
  const values: SqlValue[] = [];
  let sql = query.deliveredOnly ? " AND undelivered = 0" : "";
  if (query.updatedSince !== null) {
    sql += " AND updated_ms >= ?";
    values.push(query.updatedSince);
  }
  const lists = [["status", query.statuses], ["issue_type", query.issueTypes]] as const;
  for (const [column, allowed] of lists) {
    if (allowed.length === 0) continue;
    sql += ` AND ${column} IN (${allowed.map(() => "?").join(", ")})`;
    values.push(...allowed);
  }
  return { sql, values };
}

/** Bytes of issues in one answer at most, whatever its limit asks for: a client refuses more than 32 MiB. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** Returns how many rows of a column `bytes` fit one answer; at least one. */
function countThatFit(rows: readonly Row[]): number {
  let bytes = 0;
  const over = rows.findIndex((row, place) => {
    bytes += integer(row, "bytes");
    return place > 0 && bytes > MAX_ANSWER_BYTES;
  });
  return over < 0 ? rows.length : over;
}

/** What a full cycle of a resource has before it. */
export interface OpenChanges {
  /** Changes of the tracker that were not taken in. */
  readonly pulled: number;
  /** Pushed issues that were not delivered. */
  readonly pushed: number;
}

/** Counts the changes after `change` that a full cycle has to take in, and those it has to deliver: each up to `most`. */
export async function countOpenChanges(
  store: HostStore,
  resourceId: string,
  change: number,
  most: number,
): Promise<OpenChanges> {
  const row = await store.one(
    `SELECT
       (SELECT COUNT(*) FROM (SELECT 1 FROM issues WHERE resource_id = ? AND change > ?
          AND undelivered = 0 LIMIT ?) AS p) AS pulled,
       (SELECT COUNT(*) FROM (SELECT 1 FROM issues WHERE resource_id = ?
          AND undelivered = 1 LIMIT ?) AS u) AS pushed`,
    resourceId,
    change,
    most,
    resourceId,
    most,
  );
  return row === null
    ? { pulled: 0, pushed: 0 }
    : { pulled: integer(row, "pulled"), pushed: integer(row, "pushed") };
}

/** An issue that was pushed and is now delivered. */
export interface DeliveredIssue {
  /** Its reference in JSON, as stored. */
  readonly ref: string;
  readonly version: number;
}

/** Marks the oldest changes that were pushed as delivered, `limit` at most. */
export async function deliverChanges(
  tx: Transaction,
  resourceId: string,
  limit: number,
): Promise<DeliveredIssue[]> {
  const rows = await tx.all(
    `SELECT id, ${jsonMember(tx, "json", "ref")} AS ref, version FROM issues
     WHERE resource_id = ? AND undelivered = 1 ORDER BY change LIMIT ?`,
    resourceId,
    limit,
  );
  for (const row of rows) {
    await tx.run("UPDATE issues SET undelivered = 0 WHERE id = ?", integer(row, "id"));
  }
  return rows.map((row) => ({
    ref: memberOf(row, "ref", "ref"),
    version: integer(row, "version"),
  }));
}
