import { readTime } from "../../contract/reading/time.ts";
import { isoTime } from "../../platform/clock.ts";
import type { HostData } from "./host_data.ts";
import { lastChange } from "./issues.ts";
import { integer, type Row, text } from "./row.ts";

/** Issues that are read at a time. */
const AT_ONCE = 1_000;

/**
 * Makes the repairs that a migration has left to do, once. Earlier versions stored times of imported issues as they
 * came; no client could read a page that such an issue was in.
 */
export function repairStored(data: HostData): void {
  const isDue = () => data.one("SELECT 1 FROM repairs WHERE name = 'issue_times'") !== null;
  if (!isDue()) return;
  data.transaction(() => {
    if (!isDue()) return;
    for (let after = 0;;) {
      const rows: Row[] = data.all(
        `SELECT id, resource_id, updated_ms, json_extract(json, '$.created_at') AS created,
           json_extract(json, '$.updated_at') AS updated
         FROM issues WHERE id > ? ORDER BY id LIMIT ?`,
        after,
        AT_ONCE,
      );
      for (const row of rows) {
        after = integer(row, "id");
        repairTimes(data, row);
      }
      if (rows.length < AT_ONCE) break;
    }
    data.run("DELETE FROM repairs WHERE name = 'issue_times'");
  });
}

/** The change gets a number of its own, so that readers who were past the issue meet it again. */
function repairTimes(data: HostData, row: Row): void {
  const updated = readTime(row["updated"]) ?? isoTime(integer(row, "updated_ms"));
  const created = readTime(row["created"]) ?? updated;
  if (updated === row["updated"] && created === row["created"]) return;
  data.run(
    `UPDATE issues SET json = json_set(json, '$.created_at', ?, '$.updated_at', ?),
       updated_ms = ?, change = ? WHERE id = ?`,
    created,
    updated,
    Date.parse(updated),
    lastChange(data, text(row, "resource_id")) + 1,
    integer(row, "id"),
  );
}
