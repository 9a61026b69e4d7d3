import {
  type ExternalRef,
  ExternalRefSchema,
  type NormalizedIssue,
  NormalizedIssueSchema,
} from "../../contract/issue.ts";
import { parseWith } from "../../contract/parse.ts";
import type { HostData } from "./host_data.ts";
import { integer, type Row, text } from "./row.ts";

/** An issue as stored. */
export interface StoredIssue {
  readonly issue: NormalizedIssue;
  /** Counts the changes of this issue, from 1. */
  readonly version: number;
}

/** What storing an issue did. */
export type Stored = "created" | "updated" | "unchanged";

/**
 * Stores an issue under its `ref.id`. Each change gets the resource's next change number, so that a
 * reader who walks by change number meets every change that happens meanwhile and misses none.
 *
 * @param undelivered Whether the change still has to be told to the provider by a full sync.
 */
export function putIssue(
  data: HostData,
  resourceId: string,
  issue: NormalizedIssue,
  undelivered: boolean,
): Stored {
  const json = JSON.stringify(issue);
  const known = data.one(
    "SELECT json FROM issues WHERE resource_id = ? AND external_id = ?",
    resourceId,
    issue.ref.id,
  );
  if (known !== null && text(known, "json") === json) return "unchanged";
  const change = lastChange(data, resourceId) + 1;
  data.run(
    `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms,
       change, first_change, version, undelivered, parent_id, json, search)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
     ON CONFLICT (resource_id, external_id) DO UPDATE SET key_folded = excluded.key_folded,
       status = excluded.status, issue_type = excluded.issue_type,
       updated_ms = excluded.updated_ms, change = excluded.change, version = version + 1,
       undelivered = excluded.undelivered, parent_id = excluded.parent_id, json = excluded.json,
       search = excluded.search`,
    resourceId,
    issue.ref.id,
    fold(issue.ref.key ?? issue.ref.id),
    issue.status,
    issue.issue_type,
    Date.parse(issue.updated_at),
    change,
    change,
    undelivered ? 1 : 0,
    issue.parent_ref?.id ?? null,
    json,
    `${fold(issue.title)}\n${fold(issue.body ?? "")}`,
  );
  return known === null ? "created" : "updated";
}

/** The issue with this id, or else with this key. */
export function findIssue(
  data: HostData,
  resourceId: string,
  idOrKey: string,
): StoredIssue | null {
  const row = data.one(
    "SELECT json, version FROM issues WHERE resource_id = ? AND external_id = ?",
    resourceId,
    idOrKey,
  ) ?? data.one(
    "SELECT json, version FROM issues WHERE resource_id = ? AND key_folded = ? LIMIT 1",
    resourceId,
    fold(idOrKey),
  );
  return row === null ? null : { issue: readIssue(row), version: integer(row, "version") };
}

/** Bytes of issues in one answer at most, whatever its limit asks for: a client refuses more than 32 MiB. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

/** How many rows of a column `bytes` fit one answer; at least one. Sizes are read first: the rows may be much. */
export function countThatFit(rows: readonly Row[]): number {
  let bytes = 0;
  const over = rows.findIndex((row, place) => {
    bytes += integer(row, "bytes");
    return place > 0 && bytes > MAX_ANSWER_BYTES;
  });
  return over < 0 ? rows.length : over;
}

/** Number of the newest change in a resource; 0 when it is empty. */
export function lastChange(data: HostData, resourceId: string): number {
  const row = data.one(
    "SELECT COALESCE(MAX(change), 0) AS last FROM issues WHERE resource_id = ?",
    resourceId,
  );
  return row === null ? 0 : integer(row, "last");
}

/** Issues of a resource by status. */
export function countByStatus(data: HostData, resourceId: string): Record<string, number> {
  const counts: Record<string, number> = {};
  let total = 0;
  for (
    const row of data.all(
      "SELECT status, COUNT(*) AS count FROM issues WHERE resource_id = ? GROUP BY status",
      resourceId,
    )
  ) {
    counts[text(row, "status")] = integer(row, "count");
    total += integer(row, "count");
  }
  return { total, ...counts };
}

/** Takes the next number of a resource, for a new issue's key. */
export function takeNumber(data: HostData, resourceId: string): number {
  const row = data.one(
    "UPDATE resources SET next_number = next_number + 1 WHERE id = ? RETURNING next_number - 1 AS number",
    resourceId,
  );
  return row === null ? 0 : integer(row, "number");
}

/** Reads the column `json`. */
export function readIssue(row: Row): NormalizedIssue {
  const value: unknown = JSON.parse(text(row, "json"));
  const parsed = parseWith(NormalizedIssueSchema, value);
  if (!parsed.ok) throw new TypeError(`A stored issue is broken: "${parsed.path}"`);
  return parsed.value;
}

/** Reads a column `ref`, the reference alone. */
export function readRef(row: Row): ExternalRef {
  const value: unknown = JSON.parse(text(row, "ref"));
  const parsed = parseWith(ExternalRefSchema, value);
  if (!parsed.ok) throw new TypeError(`A stored reference is broken: "${parsed.path}"`);
  return parsed.value;
}

/** Text as it is compared in a search: case, accents' composition and width do not count. */
export function fold(value: string): string {
  return value.normalize("NFKC").toLowerCase();
}
