import { integer, text } from "./row.ts";
import type { StoreReader } from "./reading.ts";

/** Rows that contradict others. */
export interface Contradiction {
  /** What contradicts what, for programs. */
  readonly name: string;
  /** The same for people, after "3 × ". */
  readonly words: string;
  readonly count: number;
  /** The id of one of them. */
  readonly example: string;
}

interface Rule {
  readonly name: string;
  readonly words: string;
  /** The oldest version of the schema that has the tables. */
  readonly since: number;
  /** A query of the ids that break it. */
  readonly sql: string;
}

const behind = (table: string) =>
  `SELECT r.id AS id FROM resources r WHERE r.last_change <
     (SELECT COALESCE(MAX(x.change), 0) FROM ${table} x WHERE x.resource_id = r.id)`;
const orphan = (table: string, id: string, column: string, of: string) =>
  `SELECT x.${id} AS id FROM ${table} x WHERE x.${column} IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM ${of} o WHERE o.id = x.${column})`;

const RULES: readonly Rule[] = [
  {
    name: "change_of_issues",
    words: "resource that counts fewer changes than its issues have",
    since: 4,
    sql: behind("issues"),
  },
  {
    name: "change_of_tombstones",
    words: "resource that counts fewer changes than its removed issues have",
    since: 5,
    sql: behind("tombstones"),
  },
  {
    name: "change_of_comments",
    words: "resource that counts fewer changes than its comments have",
    since: 6,
    sql: behind("comments"),
  },
  {
    name: "next_number",
    words: "resource whose next issue has no number",
    since: 1,
    sql: "SELECT id FROM resources WHERE next_number < 1",
  },
  {
    name: "synced_change",
    words: "mapping that has seen more changes than its resource has had",
    since: 4,
    sql: `SELECT m.binding_ref AS id FROM mappings m JOIN resources r ON r.id = m.resource_id
          WHERE m.synced_change > r.last_change`,
  },
  {
    name: "mapping_resource",
    words: "mapping to a resource that is not there, or of another provider",
    since: 1,
    sql: `SELECT m.binding_ref AS id FROM mappings m WHERE NOT EXISTS (
            SELECT 1 FROM resources r
            WHERE r.id = m.resource_id AND r.installation_id = m.installation_id)`,
  },
  {
    name: "issue_and_tombstone",
    words: "issue that counts as removed, too",
    since: 5,
    sql: `SELECT t.external_id AS id FROM tombstones t JOIN issues i
          ON i.resource_id = t.resource_id AND i.external_id = t.external_id`,
  },
  {
    name: "issue_resource",
    words: "issue without a resource",
    since: 1,
    sql: orphan("issues", "external_id", "resource_id", "resources"),
  },
  {
    name: "comment_resource",
    words: "comment without a resource",
    since: 6,
    sql: orphan("comments", "id", "resource_id", "resources"),
  },
  {
    name: "resource_connection",
    words: "resource of a connection that is not there",
    since: 8,
    sql: orphan("resources", "id", "connection_id", "connections"),
  },
  {
    name: "issue_counts",
    words: "resource with other issues than are counted",
    since: 11,
    sql: `SELECT DISTINCT resource_id AS id FROM (
            SELECT resource_id, status, COUNT(*) AS n FROM issues GROUP BY resource_id, status
            UNION ALL SELECT resource_id, status, -issues FROM issue_counts) AS both_counts
          GROUP BY resource_id, status HAVING SUM(n) <> 0`,
  },
  {
    name: "snapshot_parts",
    words: "snapshot without some of its parts",
    since: 15,
    sql: `SELECT s.receipt_id AS id FROM snapshots s WHERE s.parts <>
            (SELECT COUNT(*) FROM snapshot_parts p WHERE p.receipt_id = s.receipt_id)`,
  },
  {
    name: "member_user",
    words: "member of a team that is no user",
    since: 1,
    sql: orphan("members", "user_id", "user_id", "users"),
  },
  {
    name: "connection_team",
    words: "connection of a team that is not there",
    since: 8,
    sql: orphan("connections", "id", "team_id", "teams"),
  },
];

/** Returns the rows of a database of this version that contradict others; changes nothing. */
export async function contradictions(
  reader: StoreReader,
  version: number,
): Promise<readonly Contradiction[]> {
  const found: Contradiction[] = [];
  for (const { name, words, since, sql } of RULES) {
    if (version < since) continue;
    const [row] = await reader.all(
      `SELECT COUNT(*) AS count, COALESCE(MIN(id), '') AS example FROM (${sql}) AS broken`,
    );
    if (row === undefined) continue;
    const count = integer(row, "count");
    if (count > 0) found.push({ name, words, count, example: text(row, "example") });
  }
  return found;
}

/** What is wrong with the file of an SQLite database as SQLite itself says, in its words; empty for a sound one. */
export async function fileFaults(reader: StoreReader): Promise<readonly string[]> {
  const said = await reader.all("PRAGMA quick_check(5)");
  return said.map((row) => text(row, "quick_check")).filter((words) => words !== "ok");
}

/** Returns how many rows of an SQLite database refer to others that are not there, by table. */
export async function danglingRows(reader: StoreReader): Promise<ReadonlyMap<string, number>> {
  const rows = await reader.all("PRAGMA foreign_key_check");
  const counts = new Map<string, number>();
  for (const row of rows) {
    const table = text(row, "table");
    counts.set(table, (counts.get(table) ?? 0) + 1);
  }
  return counts;
}
