import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { countOpenChanges, deliverChanges } from "../../src/server/store/open_changes.ts";
import { countByStatus, miscounted } from "../../src/server/store/issue_counts.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { repairStored } from "../../src/server/store/migrations/repairs.ts";
import { integer, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { anIssue } from "../support/issues.ts";
import { COMMAND_LINE, importIssues, removeIssueFromHost } from "../../src/server/mod.ts";
import { lines, normalized } from "./import_records.ts";
import { withHost } from "./support.ts";

const STATUSES = ["todo", "in_progress", "done", "blocked"] as const;

/** A change of one issue out of a few; `null` removes it. */
const someChange = fc.record({
  issue: fc.nat({ max: 4 }),
  status: fc.option(fc.constantFrom(...STATUSES)),
  isPushed: fc.boolean(),
});

async function resourceNamed(store: HostStore, label: string): Promise<string> {
  const row = await store.one("SELECT id FROM resources WHERE label = ?", label);
  return text(row ?? {}, "id");
}

/** Counts by reading every issue. */
async function scanned(store: HostStore, resourceId: string): Promise<Record<string, number>> {
  const rows = await store.all(
    "SELECT status, COUNT(*) AS issues FROM issues WHERE resource_id = ? GROUP BY status",
    resourceId,
  );
  const counts = rows.map((row) => [text(row, "status"), integer(row, "issues")] as const);
  return {
    total: counts.reduce((sum, [, count]) => sum + count, 0),
    ...Object.fromEntries(counts),
  };
}

Deno.test("the counts by status are those of the issues, whatever is stored, changed and removed", () =>
  withHost(async ({ store }) => {
    const id = await resourceNamed(store, "Mobile (MOB)");
    await fc.assert(
      fc.asyncProperty(fc.array(someChange, { maxLength: 12 }), async (changes) => {
        await store.transaction(async (tx) => {
          await lockResource(tx, id);
          for (const { issue, status, isPushed } of changes) {
            const name = `counted-${issue}`;
            if (status === null) await removeIssue(tx, id, name, 1);
            else await storeIssue(tx, id, anIssue(name, { status }), isPushed);
          }
        });
        assert.deepEqual(await countByStatus(store, id), await scanned(store, id));
      }),
      { numRuns: 15 },
    );
    assert.deepEqual(await miscounted(store), []);
  }));

Deno.test("issues that are written at once are all counted", () =>
  withHost(async ({ store }) => {
    const id = await resourceNamed(store, "Mobile (MOB)");
    await Promise.all(Array.from({ length: 20 }, (_, at) =>
      store.transaction(async (tx) => {
        await lockResource(tx, id);
        await storeIssue(tx, id, anIssue(`at-once-${at % 4}`, { title: `${at}` }), false);
      })));
    assert.deepEqual(await countByStatus(store, id), await scanned(store, id));
    assert.deepEqual(await miscounted(store), []);
  }));

Deno.test("counts that are wrong, as after an earlier version has written, are put right at the start", () =>
  withHost(async ({ store }) => {
    const id = await resourceNamed(store, "Mobile (MOB)");
    const right = await countByStatus(store, id);
    await store.run("UPDATE issue_counts SET issues = issues + 7 WHERE resource_id = ?", id);
    await store.run("INSERT INTO issue_counts VALUES (?, 'gone', 3)", id);
    assert.deepEqual(await miscounted(store), [id]);
    await repairStored(store);
    assert.deepEqual(await countByStatus(store, id), right);
    assert.deepEqual(await miscounted(store), []);
  }));

Deno.test("open changes are counted up to what is asked for", () =>
  withHost(async ({ store }) => {
    const id = await resourceNamed(store, "Mobile (MOB)");
    const before = await countOpenChanges(store, id, 0, 10_000);
    await store.transaction(async (tx) => {
      await lockResource(tx, id);
      for (let at = 0; at < 5; at++) await storeIssue(tx, id, anIssue(`new-${at}`), true);
    });
    const counted = (most: number) => countOpenChanges(store, id, 0, most);
    assert.deepEqual(await counted(10_000), { ...before, pushed: before.pushed + 5 });
    assert.deepEqual(await counted(3), { pulled: 3, pushed: 3 });
    await store.transaction((tx) => deliverChanges(tx, id, 4));
    assert.deepEqual(await counted(10_000), { pulled: before.pulled + 4, pushed: 1 });
  }));

Deno.test("the counts are right after each way to write issues", () =>
  withHost(async ({ bind, call, context, store }) => {
    const label = "Engineering (ENG)";
    const binding_ref = await bind("linear", label);
    const right = async () => {
      for (const row of await store.all("SELECT id FROM resources ORDER BY id")) {
        const id = text(row, "id");
        assert.deepEqual(await countByStatus(store, id), await scanned(store, id));
      }
      return (await countByStatus(store, await resourceNamed(store, label)))["total"] ?? 0;
    };
    const first = await right();
    assert.ok(first > 3);
    const ref = (id: string) => ({ system: "linear", workspace: "acme", id });
    const known = ref("7c1f0a52-team-eng-0001");
    const pushed = await call("POST", "/api/v1/tracker/push/", {
      provider: "linear",
      binding_ref,
      items: [
        { ref: ref("WP1"), action: "create", patch: { title: "New" } },
        { ref: known, action: "transition", target_status: "done" },
        { ref: known, action: "transition", target_status: "todo" },
        { ref: known, action: "update", patch: { title: "Other words" } },
      ],
    });
    assert.equal(pushed.at("status"), "ok");
    assert.equal(await right(), first + 1);
    const lever = { provider: "linear", resource: label };
    const moved = { ...lever, to: "Mobile (MOB)", key: "ENG-2" };
    assert.equal((await call("POST", "/dev/issues/move", moved)).status, 200);
    assert.equal(await right(), first);
    const removed = { ...lever, keys: ["ENG-3"] };
    assert.equal((await call("POST", "/dev/issues/remove", removed)).status, 200);
    assert.equal(await right(), first - 1);
    await removeIssueFromHost(context, COMMAND_LINE, { key: "ENG-4", resource: label });
    assert.equal(await right(), first - 2);
    for (const status of ["todo", "done"]) {
      const issues = lines(normalized("1", { status }), normalized("2", { status: "blocked" }));
      await importIssues(context, issues, { label: "file" });
      await right();
    }
    const file = await countByStatus(store, await resourceNamed(store, "file"));
    assert.deepEqual(file, { total: 2, blocked: 1, done: 1 });
    assert.deepEqual(await miscounted(store), []);
  }));
