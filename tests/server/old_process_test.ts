/**
 * A process of the version before serves on while a newer one changes the tables under it (decision 0036): PostgreSQL
 * refuses plans that it made for the old columns.
 */
import assert from "node:assert/strict";
import { administer, sharedServer } from "../support/postgres.ts";
import { ADD_TEAM, withStore } from "./postgres_support.ts";
import type { HostStore } from "../../src/server/store/store.ts";

const ALL_TEAMS = "SELECT * FROM teams ORDER BY id";
const TAKE_TEAM = "UPDATE teams SET name = name || '.' WHERE id = ? RETURNING *";

/** Runs a test with the store of a process that has asked for teams on each of its connections. */
async function withOldProcess(
  connections: number,
  test: (store: HostStore, url: string) => Promise<void>,
): Promise<void> {
  const server = await sharedServer();
  if (server === null) return;
  await withStore(server, async (store, url) => {
    await store.run(ADD_TEAM, "a", "a");
    await askEverywhere(store, connections);
    assert.equal(store.figures().open, connections);
    await test(store, url);
  }, { connections });
}

/** Asks on all connections at once, so that each has its plan. */
async function askEverywhere(store: HostStore, connections: number): Promise<void> {
  const arrived: PromiseWithResolvers<void>[] = [];
  for (let turn = 0; turn < connections; turn++) arrived.push(Promise.withResolvers());
  await Promise.all(arrived.map(({ resolve }) =>
    store.transaction(async (tx) => {
      await tx.all(ALL_TEAMS);
      resolve();
      await Promise.all(arrived.map(({ promise }) => promise));
    })
  ));
  await store.transaction((tx) => tx.all(TAKE_TEAM, "a"));
}

for (const connections of [1, 3, 12]) {
  Deno.test(`a read outlives a new column, on ${connections} connections`, () =>
    withOldProcess(connections, async (store, url) => {
      for (const column of ["extra", "more"]) {
        await administer(url, `ALTER TABLE teams ADD COLUMN ${column} TEXT NOT NULL DEFAULT ''`);
        const rows = await Promise.all(
          Array.from({ length: 2 * connections }, () => store.one(ALL_TEAMS)),
        );
        for (const row of rows) assert.equal(row?.["id"], "a");
        await askEverywhere(store, connections);
      }
    }));

  Deno.test(`a transaction outlives a new column, on ${connections} connections`, () =>
    withOldProcess(connections, async (store, url) => {
      await administer(url, "ALTER TABLE teams ADD COLUMN extra TEXT NOT NULL DEFAULT ''");
      await Promise.all(
        Array.from({ length: 2 * connections }, (_, index) =>
          store.transaction(async (tx) => {
            await tx.run(ADD_TEAM, `t${index}`, `t${index}`);
            assert.equal((await tx.all(ALL_TEAMS))[0]?.["id"], "a");
            assert.equal((await tx.one(TAKE_TEAM, `t${index}`))?.["name"], ".");
          })),
      );
      assert.equal((await store.all(ALL_TEAMS)).length, 1 + 2 * connections);
    }));
}
