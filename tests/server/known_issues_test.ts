/** How issues that a provider shows are looked up, in a resource that grows faster than the database takes note of. */
import assert from "node:assert/strict";
import { knownAmong } from "../../src/server/store/known_issues.ts";
import type { HostStore, Transaction } from "../../src/server/store/store.ts";
import { planOf } from "./plans.ts";
import { withHost } from "./support.ts";

const ISSUES = 4_000;

/** Adds issues to a new resource, of which the database has made no statistics; returns the resource. */
async function fill(store: HostStore): Promise<string> {
  const from = await store.one("SELECT MIN(id) AS id FROM resources");
  const resource = "res_grows";
  await store.run(
    `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name, label,
       url, context, workflow, next_number)
     SELECT CAST(? AS TEXT), installation_id, resource_type, 'grows', workspace, key, name, label, url,
       context, workflow, next_number FROM resources WHERE id = ?`,
    resource,
    String(from?.["id"]),
  );
  const numbers =
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${ISSUES})`;
  await store.run(
    `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms, change,
       first_change, version, undelivered, json, search)
     ${numbers} SELECT '${resource}', 'issue-' || n, 'issue-' || n, 'todo', 'task', 1, n, n, 1, 0,
       '{}', 'words' FROM numbers`,
  );
  await store.run(
    `INSERT INTO tombstones (resource_id, external_id, ref, version, change, removed_at)
     ${numbers} SELECT '${resource}', 'gone-' || n, '{}', 1, ${ISSUES} + n, 1 FROM numbers`,
  );
  return resource;
}

/** What the database may believe: nothing yet, or what was there before the resource grew, or after. */
const ANALYZED = ["never", "before", "after"] as const;

for (const analyzed of ANALYZED) {
  Deno.test(`issues are looked up by their ids, whatever the database believes of a resource that grows: analyzed ${analyzed}`, () =>
    withHost(async ({ store }) => {
      const analyze = async () => {
        for (const table of ["issues", "tombstones"]) await store.run(`ANALYZE ${table}`);
      };
      if (analyzed === "before") await analyze();
      const resource = await fill(store);
      if (analyzed === "after") await analyze();
      const asked = Array.from({ length: 100 }, (_, index) => `issue-${index}`);
      const gone = Array.from({ length: 100 }, (_, index) => `gone-${index}`);
      const lists = [["issues", asked], ["tombstones", gone]] as const;
      for (const [place, [table, ids]] of lists.entries()) {
        const read = (tx: Transaction) => knownAmong(tx, resource, ids);
        const plan = await planOf(store, [JSON.stringify(ids), resource], read, place);
        const byIds = store.dialect === "sqlite"
          ? "(resource_id=? AND external_id=?)"
          : "Index Cond: ((resource_id = 'res_grows'::text) AND (external_id >= listed.value))";
        assert.ok(plan.includes(byIds), `${table}\n${plan}`);
      }
    }));
}

Deno.test("what the host has of issues is told by id: those that are here, and those that were removed", () =>
  withHost(async ({ store }) => {
    const resource = await fill(store);
    const ids = [
      "issue-7",
      "gone-7",
      "neither",
      "issue-8",
      "issue-7",
      "issue-9\0",
      "half \ud800",
      "a 'quoted' \"one\"",
    ];
    const known = await knownAmong(store, resource, ids);
    assert.deepEqual(Object.fromEntries(known), {
      "issue-7": { json: "{}", change: 7, status: "todo", version: 1 },
      "issue-8": { json: "{}", change: 8, status: "todo", version: 1 },
      // As it was stored: neither database holds a NUL.
      "issue-9\0": { json: "{}", change: 9, status: "todo", version: 1 },
      "gone-7": { json: null, change: ISSUES + 7, status: null, version: 1 },
    });
  }));
