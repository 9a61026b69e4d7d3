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
 * Reads one page of changed issues: as many as fit one answer. Sizes are read first, since the rows may be much. An
 * issue that changes between the two reads is left to a later page, at its new place.
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
}

/** Measures the page of changed issues that fits one answer. */
export async function measureChanges(store: HostStore, query: ChangeQuery): Promise<MeasuredPage> {
  const { sql, values } = filtered(query);
  const sizes = await store.all(
    `SELECT change, octet_length(json) AS bytes FROM issues
     WHERE resource_id = ? AND change > ?${sql} ORDER BY change LIMIT ?`,
    query.resourceId,
    query.after,
    ...values,
    query.limit + 1,
  );
  const count = countThatFit(sizes.slice(0, query.limit));
  const last = sizes[count - 1];
  const through = last === undefined ? query.after : integer(last, "change");
  return { through, count, hasMore: count < sizes.length };
}

/** Reads a page that was measured before; what has left it meanwhile is in a later one. */
export async function readChanges(
  store: HostStore,
  query: ChangeQuery,
  { through, count, hasMore }: MeasuredPage,
): Promise<ChangePage> {
  if (through <= query.after) return { issues: [], through, hasMore };
  const { sql, values } = filtered(query);
  const rows = await store.all(
    `SELECT json, version, first_change FROM issues
     WHERE resource_id = ? AND change > ? AND change <= ?${sql} ORDER BY change`,
    query.resourceId,
    query.after,
    through,
    ...values,
  );
  const issues = rows.map((row) => ({ json: versionedJson(row), isNew: isNew(row, query.after) }));
  return { issues, through, hasMore: hasMore || issues.length < count };
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
