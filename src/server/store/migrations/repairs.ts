import { readTime } from "../../../contract/reading/time.ts";
import { isoTime } from "../../../platform/clock.ts";
import { repairCounts } from "../issue_counts.ts";
import { takeChange } from "../issues.ts";
import { integer, jsonObject, type Row, text } from "../row.ts";
import type { HostStore, Transaction } from "../store.ts";

/** Issues that are read at a time. */
const AT_ONCE = 1_000;

/** Repairs what a migration has left to do, and what a host of an earlier version has stored since. */
export async function repairStored(store: HostStore): Promise<void> {
  await repairIssueTimes(store);
  await repairLastChanges(store);
  await repairCounts(store);
}

const IS_BEHIND =
  "last_change < (SELECT MAX(change) FROM issues WHERE issues.resource_id = resources.id)";

/**
 * Counts the changes that are not counted in their resource's row: a host that was started before the upgrade, and
 * still ran after it, knew nothing of that number.
 */
async function repairLastChanges(store: HostStore): Promise<void> {
  const behind = await store.one(`SELECT 1 FROM resources WHERE ${IS_BEHIND} LIMIT 1`);
  if (behind === null) return;
  await store.run(
    `UPDATE resources SET last_change =
       (SELECT MAX(change) FROM issues WHERE issues.resource_id = resources.id) WHERE ${IS_BEHIND}`,
  );
}

/**
 * Repairs the times of imported issues, once. Earlier versions stored them as they came; no client could read a page
 * that such an issue was in.
 */
async function repairIssueTimes(store: HostStore): Promise<void> {
  if (!await isDue(store)) return;
  await store.transaction(async (tx) => {
    if (!await isDue(tx)) return;
    for (let after = 0;;) {
      const rows: Row[] = await tx.all(
        `SELECT id, resource_id, updated_ms, json FROM issues WHERE id > ? ORDER BY id LIMIT ?`,
        after,
        AT_ONCE,
      );
      for (const row of rows) {
        after = integer(row, "id");
        await repairTimes(tx, row);
      }
      if (rows.length < AT_ONCE) break;
    }
    await tx.run("DELETE FROM repairs WHERE name = 'issue_times'");
  });
}

async function isDue(store: HostStore): Promise<boolean> {
  return await store.one("SELECT 1 FROM repairs WHERE name = 'issue_times'") !== null;
}

/** The change gets a number of its own, so that readers who were past the issue meet it again. */
async function repairTimes(tx: Transaction, row: Row): Promise<void> {
  const json = jsonObject(row, "json");
  const updated = readTime(json["updated_at"]) ?? isoTime(integer(row, "updated_ms"));
  const created = readTime(json["created_at"]) ?? updated;
  if (updated === json["updated_at"] && created === json["created_at"]) return;
  await tx.run(
    "UPDATE issues SET json = ?, updated_ms = ?, change = ? WHERE id = ?",
    JSON.stringify({ ...json, created_at: created, updated_at: updated }),
    Date.parse(updated),
    await takeChange(tx, text(row, "resource_id")),
    integer(row, "id"),
  );
}
