/** A reader who asks for the newest issues is answered from the index of updates while they are few. */
import assert from "node:assert/strict";
import { isoTime } from "../../src/platform/clock.ts";
import { type ChangeQuery, measureChanges } from "../../src/server/store/changes.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { integer, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { anIssue } from "../support/issues.ts";
import { planOf } from "./plans.ts";
import { withHost } from "./support.ts";

const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const MINUTE = 60_000;

/** Fills a resource with as many issues, each updated a minute after another, in another order than they were stored. */
async function fill(store: HostStore, count: number): Promise<ChangeQuery> {
  const row = await store.one("SELECT id FROM resources WHERE label = 'Mobile (MOB)'");
  const resourceId = text(row ?? {}, "id");
  await store.transaction(async (tx) => {
    await lockResource(tx, resourceId);
    await tx.run("DELETE FROM issues WHERE resource_id = ?", resourceId);
    const first = anIssue("first", { updated_at: isoTime(BEGIN), status: "todo" });
    await storeIssue(tx, resourceId, first, false);
    await tx.run(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
       INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms, change, version,
         undelivered, json, search, first_change, parent_id)
       SELECT i.resource_id, 'n' || n, 'n' || n, CASE n % 3 WHEN 0 THEN 'done' ELSE 'todo' END, i.issue_type,
         CAST(? AS BIGINT) + (n * 7919 % CAST(? AS BIGINT)) * ${MINUTE}, i.change + n, 1, 0, i.json, i.search,
         i.change + n, i.parent_id
       FROM issues i, numbers WHERE i.resource_id = ? AND i.external_id = 'first'`
        .replaceAll("BIGINT", tx.dialect === "sqlite" ? "INTEGER" : "BIGINT"),
      count - 1,
      BEGIN,
      count,
      resourceId,
    );
  });
  return {
    resourceId,
    after: 0,
    limit: 100,
    updatedSince: null,
    statuses: [],
    issueTypes: [],
    deliveredOnly: false,
  };
}

/** Returns the changes of every page, as one list. */
async function listed(store: HostStore, query: ChangeQuery): Promise<number[]> {
  const { issues, through, hasMore } = await measureChanges(store, query);
  const changes = issues.map(({ change }) => change);
  return hasMore ? [...changes, ...await listed(store, { ...query, after: through })] : changes;
}

Deno.test("the issues updated since a time are the same whether they are found by their updates or in passing", () =>
  withHost(async ({ store }) => {
    const count = 10_200;
    const query = await fill(store, count);
    for (const statuses of [[], ["done"]] as const) {
      // So many are few, just few, just too many, and all.
      for (const newest of [0, 1, 150, 10_000, 10_001, count]) {
        const updatedSince = BEGIN + (count - newest) * MINUTE;
        const rows = await store.all(
          `SELECT change, status FROM issues WHERE resource_id = ? AND updated_ms >= ? ORDER BY change`,
          query.resourceId,
          updatedSince,
        );
        const wanted = rows.filter(({ status }) => statuses.length === 0 || status === "done");
        assert.deepEqual(
          await listed(store, { ...query, limit: 2_000, statuses, updatedSince }),
          wanted.map((row) => integer(row, "change")),
          `${newest} of ${statuses.join() || "all"}`,
        );
      }
    }
  }));

Deno.test("a few new issues are found without passing the others", () =>
  withHost(async ({ store }) => {
    const query = { ...await fill(store, 5_000), updatedSince: BEGIN + 4_990 * MINUTE };
    await store.run("ANALYZE issues");
    const { resourceId, after, updatedSince, limit } = query;
    const of = [resourceId, updatedSince, after];
    const count = await planOf(store, [...of, 10_001], (tx) => measureChanges(tx, query));
    assert.match(count, /issues_by_update/);
    const page = await planOf(
      store,
      [limit, resourceId, after, ...of, limit + 1],
      (tx) => measureChanges(tx, query),
      1,
    );
    assert.match(page, /issues_by_update/);
    // PostgreSQL may find the issues themselves by either index.
    if (store.dialect === "sqlite") assert.match(page, /issues_by_change.*change=/s);
    else assert.doesNotMatch(page, /Seq Scan/);
  }));
