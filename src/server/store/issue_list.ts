import type { NormalizedIssue, Status } from "../../contract/issue.ts";
import { type Page, pageOf, type PageRequest } from "../model/page.ts";
import { fold } from "../model/text.ts";
import { position } from "./dialect.ts";
import { readIssue } from "./issues.ts";
import { integer } from "./row.ts";
import type { HostStore, SqlValue } from "./store.ts";

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

/** Returns issues of a resource, the last changed first. */
export async function listIssues(
  store: HostStore,
  { resourceId, status, search, after, limit }: IssueQuery,
): Promise<Page<NormalizedIssue>> {
  const conditions = ["resource_id = ?"];
  const values: SqlValue[] = [resourceId];
  const place = after === null || !/^\d{1,15}$/.test(after) ? null : Number(after);
  if (place !== null) {
    conditions.push("change < ?");
    values.push(place);
  }
  if (status !== null) {
    conditions.push("status = ?");
    values.push(status);
  }
  const phrase = fold(search).trim();
  const words = [...new Set(phrase.split(/\s+/))].filter((word) => word !== "")
    .slice(0, MOST_WORDS);
  if (words.length > 0) {
    const holdsAll = words.map(() => `${position(store, "search", "?")} > 0`).join(" AND ");
    conditions.push(`(key_folded = ? OR (${holdsAll}))`);
    values.push(phrase, ...words);
  }
  const rows = await store.all(
    `SELECT json, change FROM issues WHERE ${conditions.join(" AND ")}
     ORDER BY change DESC LIMIT ?`,
    ...values,
    limit + 1,
  );
  const read = rows.map((row) => ({ issue: readIssue(row), change: integer(row, "change") }));
  const page = pageOf(read, limit, ({ change }) => String(change));
  return { entries: page.entries.map(({ issue }) => issue), next: page.next };
}
