import { lockResource } from "./locks.ts";
import { integer, type Row, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** Counts an issue of a resource that is locked: it had the first status and has the second; `null` for no issue. */
export async function countChange(
  tx: Transaction,
  resourceId: string,
  before: string | null,
  after: string | null,
): Promise<void> {
  if (before === after) return;
  if (before !== null) {
    await tx.run(
      "UPDATE issue_counts SET issues = issues - 1 WHERE resource_id = ? AND status = ?",
      resourceId,
      before,
    );
  }
  if (after !== null) {
    await tx.run(
      `INSERT INTO issue_counts (resource_id, status, issues) VALUES (?, ?, 1)
       ON CONFLICT (resource_id, status) DO UPDATE SET issues = issue_counts.issues + 1`,
      resourceId,
      after,
    );
  }
}

/** Counts issues of a resource that is locked: how many more, or fewer, have each status. */
export async function countChanges(
  tx: Transaction,
  resourceId: string,
  changes: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [status, more] of changes) {
    if (more === 0) continue;
    await tx.run(
      `INSERT INTO issue_counts (resource_id, status, issues) VALUES (?, ?, ?)
       ON CONFLICT (resource_id, status) DO UPDATE SET issues = issue_counts.issues + excluded.issues`,
      resourceId,
      status,
      more,
    );
  }
}

/** Returns how many issues of a resource have each status, and how many there are in all (`total`). */
export async function countByStatus(
  store: HostStore,
  resourceId: string,
): Promise<Record<string, number>> {
  const rows = await store.all(
    "SELECT status, issues FROM issue_counts WHERE resource_id = ? AND issues <> 0 ORDER BY status",
    resourceId,
  );
  return readCounts(rows);
}

/** Reads the columns `status` and `issues` of the statuses of a resource. */
export function readCounts(rows: readonly Row[]): Record<string, number> {
  const total = rows.reduce((sum, row) => sum + integer(row, "issues"), 0);
  return {
    total,
    ...Object.fromEntries(rows.map((row) => [text(row, "status"), integer(row, "issues")])),
  };
}

/** Returns the resources whose issues are not as many as were counted. */
export async function miscounted(store: HostStore): Promise<string[]> {
  const rows = await store.all(
    `SELECT DISTINCT resource_id FROM (
       SELECT resource_id FROM (
         SELECT resource_id, status, COUNT(*) AS n FROM issues GROUP BY resource_id, status
         UNION ALL SELECT resource_id, status, -issues FROM issue_counts) AS both_counts
       GROUP BY resource_id, status HAVING SUM(n) <> 0) AS wrong ORDER BY resource_id`,
  );
  return rows.map((row) => text(row, "resource_id"));
}

/** Counts once more where {@link miscounted} finds a difference: a process of an earlier version does not count. */
export async function repairCounts(store: HostStore): Promise<void> {
  for (const id of await miscounted(store)) {
    await store.transaction(async (tx) => {
      await lockResource(tx, id);
      await tx.run("DELETE FROM issue_counts WHERE resource_id = ?", id);
      await tx.run(
        `INSERT INTO issue_counts (resource_id, status, issues)
         SELECT resource_id, status, COUNT(*) FROM issues WHERE resource_id = ?
         GROUP BY resource_id, status`,
        id,
      );
    });
  }
}
