import { jsonMember } from "./dialect.ts";
import { integer, memberOf } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

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
