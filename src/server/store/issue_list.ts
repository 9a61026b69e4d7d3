import type { NormalizedIssue, Status } from "../../contract/issue.ts";
import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import { fold } from "../model/text.ts";
import { lastOfStatus } from "./issue_kinds.ts";
import { readIssue } from "./issues.ts";
import { integer, type Row } from "./row.ts";
import type { HostStore } from "./store.ts";
import { issuesHolding, NO_CONDITION, type Sql } from "./word_search.ts";

/** Which issues to list. */
export interface IssueQuery extends PageRequest {
  readonly resourceId: string;
  /** Only issues of this status; `null` for all. */
  readonly status: Status | null;
  /** Only issues whose key is this, or that hold all its words; empty for all. */
  readonly search: string;
}

/** Words of a search that count. */
const MOST_WORDS = 20;

/** Returns issues of a resource, the last changed first. `pause` lets other work of the process have its turn. */
export async function listIssues(
  store: HostStore,
  query: IssueQuery,
  pause: () => Promise<void>,
): Promise<Page<NormalizedIssue>> {
  const { after, limit } = query;
  const before = after !== null && /^\d{1,15}$/.test(after) ? Number(after) : null;
  const phrase = fold(query.search).trim();
  const words = [...new Set(phrase.split(/\s+/))].filter((word) => word !== "")
    .slice(0, MOST_WORDS);
  const rows = words.length === 0 ? await lastListed(store, query, before) : inOrder(
    await listed(store, query, before, { sql: "i.key_folded = ?", values: [phrase] }),
    await issuesHolding(store, {
      resourceId: query.resourceId,
      words,
      columns: { sql: COLUMNS, values: [] },
      only: ofStatus(query),
      before,
      limit: limit + 1,
      pause,
    }),
  );
  const read = rows.map((row) => ({ issue: readIssue(row), change: integer(row, "change") }));
  const page = pageOf(read, limit, ({ change }) => String(change));
  return { entries: page.entries.map(({ issue }) => issue), next: page.next };
}

const COLUMNS = "i.json AS json, i.change AS change";

/** Returns the issues changed last: those of a status by their index, so that no others are read. */
async function lastListed(
  store: HostStore,
  query: IssueQuery,
  before: number | null,
): Promise<Row[]> {
  const { resourceId, status, limit } = query;
  if (status === null) return await listed(store, query, before, NO_CONDITION);
  const last = lastOfStatus(store, { resourceId, status, before }, limit + 1);
  return await store.all(
    `SELECT ${COLUMNS} FROM issues i WHERE i.resource_id = ?${last.sql} ORDER BY i.change DESC LIMIT ?`,
    resourceId,
    ...last.values,
    limit + 1,
  );
}

async function listed(
  store: HostStore,
  query: IssueQuery,
  before: number | null,
  only: Sql,
): Promise<Row[]> {
  const status = ofStatus(query);
  return await store.all(
    `SELECT ${COLUMNS} FROM issues i WHERE i.resource_id = ?${
      before === null ? "" : " AND i.change < ?"
    } AND ${status.sql} AND ${only.sql} ORDER BY i.change DESC LIMIT ?`,
    query.resourceId,
    ...before === null ? [] : [before],
    ...status.values,
    ...only.values,
    query.limit + 1,
  );
}

function ofStatus({ status }: IssueQuery): Sql {
  return status === null ? NO_CONDITION : { sql: "i.status = ?", values: [status] };
}

/** Puts two lists together, the last changed first, each issue once. */
function inOrder(some: readonly Row[], others: readonly Row[]): Row[] {
  const byChange = new Map([...some, ...others].map((row) => [integer(row, "change"), row]));
  return [...byChange].sort(([one], [other]) => other - one).map(([, row]) => row);
}
