import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { connectionFigures, jobFigures, outboxFigures } from "../../src/server/store/figures.ts";
import { ancestorsOf, descendantsOf } from "../../src/server/store/hierarchy.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { IN_MEMORY, openSqliteStore } from "../../src/server/store/sqlite.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";

/** Runs a test on an empty store of each kind; PostgreSQL is skipped with a word where it is not to be had. */
function onBoth(name: string, test: (store: HostStore) => Promise<void>): void {
  Deno.test(`${name}, on SQLite`, async () => {
    const store = await openSqliteStore(systemPlatform(), IN_MEMORY);
    try {
      await test(store);
    } finally {
      await store.close();
    }
  });
  Deno.test({
    name: `${name}, on PostgreSQL`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      withDatabase(migratedDatabase, async (url) => {
        const store = await openPostgresStore(systemPlatform(), parsePostgresUrl(url));
        try {
          await test(store);
        } finally {
          await store.close();
        }
      }),
  });
}

/** Adds issues, each with its parent. */
async function withIssues(store: HostStore, parents: ReadonlyMap<string, string | null>) {
  await store.transaction(async (tx) => {
    await tx.run("INSERT INTO teams (id, slug, name) VALUES ('t', 't', 't')");
    await tx.run(
      "INSERT INTO installations (id, team_id, provider, provider_account_id) VALUES ('i', 't', 'linear', 'a')",
    );
    await tx.run(
      `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name, label, url,
         context, workflow, next_number)
       VALUES ('r', 'i', 'team', 'e', 'w', 'K', 'n', 'l', 'u', '{}', 'open', 1)`,
    );
    let change = 0;
    for (const [id, parent] of parents) {
      await tx.run(
        `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms, change, version,
           undelivered, parent_id, json, search) VALUES ('r', ?, ?, 'todo', 'task', 0, ?, 1, 0, ?, '{}', '')`,
        id,
        id.toLowerCase(),
        ++change,
        parent,
      );
    }
  });
}

onBoth(
  "what is above and below an issue is found in order, and as far as was asked for",
  async (store) => {
    const parents = new Map<string, string | null>([["N0", null]]);
    for (let index = 1; index < 30; index++) parents.set(`N${index}`, `N${index - 1}`);
    parents.set("X", "N28");
    await withIssues(store, parents);
    const nearest = await ancestorsOf(store, "r", "N5", 3);
    assert.deepEqual(nearest, { ids: ["N4", "N3", "N2"], isAll: false });
    assert.deepEqual(await ancestorsOf(store, "r", "N3", 3), {
      ids: ["N2", "N1", "N0"],
      isAll: true,
    });
    assert.deepEqual(await ancestorsOf(store, "r", "N0", 3), { ids: [], isAll: true });
    assert.deepEqual(await ancestorsOf(store, "r", "nothing", 3), { ids: [], isAll: true });
    const below = await descendantsOf(store, "r", "N26", 9);
    assert.deepEqual(below.ids.slice(0, 2), ["N27", "N28"]);
    assert.deepEqual(below.ids.toSorted(), ["N27", "N28", "N29", "X"]);
    assert.equal(below.isAll, true);
    assert.deepEqual(await descendantsOf(store, "r", "N0", 2), { ids: ["N1", "N2"], isAll: false });
  },
);

onBoth("a loop among stored parents ends the looking", async (store) => {
  await withIssues(store, new Map([["A", "C"], ["B", "A"], ["C", "B"], ["D", "A"], ["E", "E"]]));
  assert.deepEqual(await ancestorsOf(store, "r", "D", 50), { ids: ["A", "C", "B"], isAll: true });
  assert.deepEqual(await ancestorsOf(store, "r", "E", 50), { ids: [], isAll: true });
  const below = await descendantsOf(store, "r", "A", 50);
  assert.deepEqual(below.ids.toSorted(), ["A", "B", "C", "D"]);
  assert.equal(below.isAll, true);
});

onBoth("figures of a database with nothing in it are empty", async (store) => {
  assert.deepEqual(await jobFigures(store, 0), []);
  assert.deepEqual(await outboxFigures(store), []);
  assert.deepEqual(await connectionFigures(store), []);
  const { open, idle, waiting } = store.figures();
  assert.ok(open >= 1 && idle <= open && waiting === 0);
});
