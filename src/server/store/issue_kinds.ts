import { ISSUE_TYPES, type IssueType, type Status, STATUSES } from "../../contract/issue.ts";
import { textList } from "./dialect.ts";
import { integer, integerOrNull } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";

/** A condition of a statement, and its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Which issues of a resource to find. */
export interface KindQuery {
  readonly resourceId: string;
  /** The change to continue after. */
  readonly after: number;
  /** Milliseconds since 1970; `null` for all. */
  readonly updatedSince: number | null;
  /** Statuses that count; all when empty. Each once. */
  readonly statuses: readonly Status[];
  /** Types that count; all when empty. Each once. */
  readonly issueTypes: readonly IssueType[];
}

/** Returns whether all issues count. */
export function isOfAll({ updatedSince, statuses, issueTypes }: KindQuery): boolean {
  return updatedSince === null && statuses.length === 0 && issueTypes.length === 0;
}

/** Returns the condition on an issue by its status and type; none where all count. */
export function kindsListed({ statuses, issueTypes }: KindQuery): Condition {
  const lists = ([["status", statuses], ["issue_type", issueTypes]] as const)
    .filter(([, allowed]) => allowed.length > 0);
  return {
    sql: lists
      .map(([column, allowed]) => ` AND ${column} IN (${allowed.map(() => "?").join(", ")})`)
      .join(""),
    values: lists.flatMap(([, allowed]) => allowed),
  };
}

/**
 * Returns the condition that has the database find the first `limit` issues by the index of kinds, which has the issues of
 * each status and type in the order of their changes.
 */
export function firstOfKinds(store: HostStore, query: KindQuery, limit: number): Condition {
  return endOfKinds(store, { ...query, limit }, FIRST);
}

/** Returns the same condition for the last `limit` issues of a status before a change. */
export function lastOfStatus(
  store: HostStore,
  { resourceId, status, before }: {
    readonly resourceId: string;
    readonly status: Status;
    readonly before: number | null;
  },
  limit: number,
): Condition {
  const query = {
    resourceId,
    after: before ?? Number.MAX_SAFE_INTEGER,
    updatedSince: null,
    statuses: [status],
    issueTypes: [],
    limit,
  };
  return endOfKinds(store, query, LAST);
}

/** From which end the changes of a kind are read. */
interface End {
  /** How a change compares with the one to continue after. */
  readonly follows: ">" | "<";
  readonly order: "" | "DESC";
  /** The statement for PostgreSQL. */
  readonly eachKind: string;
}

const FIRST: End = { follows: ">", order: "", eachKind: eachKindSql(">", "") };
const LAST: End = { follows: "<", order: "DESC", eachKind: eachKindSql("<", "DESC") };

interface EndQuery extends KindQuery {
  readonly limit: number;
}

function endOfKinds(store: HostStore, query: EndQuery, end: End): Condition {
  return store.dialect === "sqlite"
    ? mergedKinds(query, end)
    : { sql: ` AND change = ANY(ARRAY(${end.eachKind}))`, values: eachKind(query) };
}

/** SQLite merges the kinds, and reads as much of each as it needs. */
function mergedKinds(query: EndQuery, { follows, order }: End): Condition {
  const { resourceId, after, updatedSince, limit } = query;
  const { statuses, issueTypes } = kindsOf(query);
  const kinds = statuses.flatMap((status) => issueTypes.map((type) => [status, type]));
  const updated: readonly SqlValue[] = updatedSince === null ? [] : [updatedSince];
  const kind = `SELECT change FROM issues WHERE resource_id = ? AND status = ? AND issue_type = ?
    AND change ${follows} ?${updatedSince === null ? "" : " AND updated_ms >= ?"}`;
  return {
    sql: ` AND change IN (SELECT change FROM (${
      kinds.map(() => kind).join(" UNION ALL ")
    } ORDER BY change ${order} LIMIT ?))`,
    values: [
      ...kinds.flatMap(([status = "", type = ""]) => [resourceId, status, type, after, ...updated]),
      limit,
    ],
  };
}

/** PostgreSQL reads a page of each kind: it would plan a statement for each list of kinds, at each call. */
function eachKindSql(follows: End["follows"], order: End["order"]): string {
  return `SELECT found.change FROM json_array_elements_text(CAST(? AS json)) AS s(status)
    CROSS JOIN json_array_elements_text(CAST(? AS json)) AS t(issue_type)
    CROSS JOIN LATERAL (SELECT i.change FROM issues i WHERE i.resource_id = ? AND i.status = s.status
      AND i.issue_type = t.issue_type AND i.change ${follows} ? AND i.updated_ms >= ?
      ORDER BY i.change ${order} LIMIT ?) AS found
    ORDER BY found.change ${order} LIMIT ?`;
}

function eachKind(query: EndQuery): SqlValue[] {
  const { resourceId, after, updatedSince, limit } = query;
  const { statuses, issueTypes } = kindsOf(query);
  const since = updatedSince ?? Number.MIN_SAFE_INTEGER;
  return [textList(statuses), textList(issueTypes), resourceId, after, since, limit, limit];
}

function kindsOf({ statuses, issueTypes }: KindQuery): Pick<KindQuery, "statuses" | "issueTypes"> {
  return {
    statuses: statuses.length === 0 ? STATUSES : statuses,
    issueTypes: issueTypes.length === 0 ? ISSUE_TYPES : issueTypes,
  };
}

/** What is between two changes, and after them. */
export interface CountedChanges {
  readonly count: number;
  /** Whether there are issues after them. */
  readonly hasMore: boolean;
  /** The last change of the resource. */
  readonly last: number;
  /** The change of its last removal; 0 where there was none. */
  readonly lastRemoval: number;
}

/** Counts the issues that are asked for from the query's `after` through a change, in an index alone. */
export async function countThrough(
  store: HostStore,
  query: KindQuery,
  through: number,
): Promise<CountedChanges> {
  const { sql, values } = isOfAll(query)
    ? countedAll(query, through)
    : countedKinds(store, query, through);
  const row = await store.one(
    `SELECT counted.count, counted.more, (SELECT last_change FROM resources WHERE id = ?) AS last,
       (SELECT MAX(change) FROM tombstones WHERE resource_id = ?) AS last_removal
     FROM (${sql}) AS counted`,
    query.resourceId,
    query.resourceId,
    ...values,
  );
  if (row === null) throw new TypeError("The changes were not counted");
  return {
    count: integer(row, "count"),
    hasMore: integer(row, "more") === 1,
    last: integerOrNull(row, "last") ?? 0,
    lastRemoval: integerOrNull(row, "last_removal") ?? 0,
  };
}

function countedAll({ resourceId, after }: KindQuery, through: number): Condition {
  return {
    sql: `SELECT COUNT(*) AS count,
       CASE WHEN EXISTS (SELECT 1 FROM issues WHERE resource_id = ? AND change > ?) THEN 1 ELSE 0 END AS more
     FROM issues WHERE resource_id = ? AND change > ? AND change <= ?`,
    values: [resourceId, through, resourceId, after, through],
  };
}

function countedKinds(store: HostStore, query: KindQuery, through: number): Condition {
  const { resourceId, after, updatedSince } = query;
  const { statuses, issueTypes } = kindsOf(query);
  const since = updatedSince ?? Number.MIN_SAFE_INTEGER;
  const [s, t] = store.dialect === "sqlite"
    ? ["json_each(?) AS s", "json_each(?) AS t"]
    : ["s", "t"].map((name) => `json_array_elements_text(CAST(? AS json)) AS ${name}(value)`);
  const ofKind = `FROM issues i WHERE i.resource_id = ? AND i.status = s.value
    AND i.issue_type = t.value AND i.change > ? AND i.updated_ms >= ?`;
  return {
    sql: `SELECT CAST(SUM(number) AS BIGINT) AS count, MAX(follows) AS more FROM (
       SELECT (SELECT COUNT(*) ${ofKind} AND i.change <= ?) AS number,
         CASE WHEN EXISTS (SELECT 1 ${ofKind}) THEN 1 ELSE 0 END AS follows
       FROM ${s} CROSS JOIN ${t}) AS kinds`,
    values: [
      ...[resourceId, after, since, through],
      ...[resourceId, through, since],
      textList(statuses),
      textList(issueTypes),
    ],
  };
}
