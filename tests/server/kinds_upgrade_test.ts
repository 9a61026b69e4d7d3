/** Data that the release before the index of kinds has stored is found by its kinds. */
import assert from "node:assert/strict";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import { migratePostgres } from "../../src/server/store/migrations/postgres.ts";
import { type ChangeQuery, changesAfter } from "../../src/server/store/changes.ts";
import { openSqliteStore } from "../../src/server/store/sqlite.ts";
import { text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { withPlatform } from "../support/platform.ts";
import { connect, emptyDatabase, withDatabase } from "../support/postgres.ts";
import { openStore } from "./postgres_support.ts";

/** The schema of the release before. */
const BEFORE = HOST_MIGRATIONS.slice(0, 18);

const STATUSES = ["todo", "done", "blocked"];
const TYPES = ["bug", "epic"];

/** A team with a resource, and issues of each kind in it that were updated one after another. */
const DATA = [
  "INSERT INTO teams (id, slug, name) VALUES ('t1', 'acme', 'Acme')",
  `INSERT INTO installations (id, team_id, provider, provider_account_id)
   VALUES ('i1', 't1', 'linear', 'x')`,
  `INSERT INTO resources (id, installation_id, resource_type, external_id, workspace, key, name, label, url, context,
     workflow, next_number, last_change)
   VALUES ('r1', 'i1', 'linear_team', 'e', 'w', 'K', 'n', 'l', 'u', '{}', 'open', 1, 60)`,
  ...Array.from(
    { length: 60 },
    (_, number) =>
      `INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms, change, version,
       undelivered, json, search, first_change)
     VALUES ('r1', 'n${number}', 'n${number}', '${STATUSES[number % 3]}', '${
        TYPES[number % 2]
      }', ${number},
       ${number + 1}, 1, 0, '{"n":${number}}', '', ${number + 1})`,
  ),
].join(";\n");

/** Fails unless issues are found by kind and update, and each index that is there has its use. */
async function requireFound(store: HostStore): Promise<void> {
  const query: ChangeQuery = {
    resourceId: "r1",
    after: 0,
    limit: 100,
    updatedSince: null,
    statuses: ["done"],
    issueTypes: ["epic"],
    deliveredOnly: false,
  };
  const found = async (more: Partial<ChangeQuery>) => {
    const { json } = await changesAfter(store, { ...query, ...more });
    return JSON.parse(`[${new TextDecoder().decode(json)}]`).map(({ n }: { n: number }) => n);
  };
  assert.deepEqual(await found({}), [1, 7, 13, 19, 25, 31, 37, 43, 49, 55]);
  assert.deepEqual(await found({ updatedSince: 40 }), [43, 49, 55]);
  assert.deepEqual(await found({ statuses: [], issueTypes: [], updatedSince: 58 }), [58, 59]);
  const indexes = store.dialect === "sqlite"
    ? "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'issues'"
    : "SELECT indexname AS name FROM pg_indexes WHERE tablename = 'issues'";
  const names = (await store.all(indexes)).map((row) => text(row, "name"));
  assert.ok(names.includes("issues_by_kind") && names.includes("issues_by_update"));
  assert.ok(!names.includes("issues_by_status"));
}

Deno.test("issues of the release before are found by kind (SQLite)", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/host.db`;
    const database = await platform.openDatabase(path, { migrations: BEFORE });
    database.exec(DATA);
    database.close();
    const store = await openSqliteStore(platform, path);
    try {
      await requireFound(store);
    } finally {
      await store.close();
    }
  }));

Deno.test("issues of the release before are found by kind (PostgreSQL)", () =>
  withDatabase(emptyDatabase, async (url) => {
    const client = await connect(url);
    await migratePostgres(client, "the database", BEFORE);
    await client.query(DATA);
    await client.end();
    const store = await openStore(url);
    try {
      await requireFound(store);
    } finally {
      await store.close();
    }
  }));
