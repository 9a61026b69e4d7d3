/** A host of the version before serves on while a newer one migrates the database under it (decision 0036). */
import assert from "node:assert/strict";
import type pg from "pg";
import { systemRandom } from "../../src/platform/random.ts";
import { DEMO, openHost } from "../../src/server/mod.ts";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import { migratePostgres, postgresVersion } from "../../src/server/store/migrations/postgres.ts";
import { testPlatform } from "../support/platform.ts";
import { administer, connect, migratedDatabase, sharedServer } from "../support/postgres.ts";
import { ADD_TEAM } from "./postgres_support.ts";
import { signedIn, type TestHost } from "./support.ts";

/** What stands for the database in messages. */
const NAME = "the database";

/** Runs a test with a database that has the host's tables, and with connections to it. */
async function withConnections(
  test: (url: string, connections: readonly [pg.Client, pg.Client, pg.Client]) => Promise<void>,
): Promise<void> {
  const server = await sharedServer();
  if (server === null) return;
  const database = await migratedDatabase(server);
  const opened: pg.Client[] = [];
  const open = async () => {
    const client = await connect(database.url);
    opened.push(client);
    return client;
  };
  try {
    await test(database.url, [await open(), await open(), await open()]);
  } finally {
    for (const client of opened) await client.end();
    await database.drop();
  }
}

async function migrateWith(client: pg.Client, next: string, attempts?: number): Promise<void> {
  await migratePostgres(client, NAME, [...HOST_MIGRATIONS, next], attempts);
}

/** Counts attempts, those that are rolled back too: sequences take no part in transactions. */
const ATTEMPT = "SELECT nextval('attempts');";

async function attempts(client: pg.Client): Promise<number> {
  return Number((await client.query("SELECT last_value FROM attempts")).rows[0]?.last_value);
}

async function backendOf(client: pg.Client): Promise<unknown> {
  return (await client.query("SELECT pg_backend_pid() AS pid")).rows[0]?.pid;
}

/** Waits until another connection waits for a lock. */
async function untilItWaits(watching: pg.Client, backend: unknown): Promise<void> {
  for (;;) {
    const { rows } = await watching.query(
      "SELECT cardinality(pg_blocking_pids($1)) > 0 AS is_waiting, pg_sleep(0.002)",
      [backend],
    );
    if (rows[0]?.is_waiting === true) return;
  }
}

Deno.test("a migration that waits for work, which waits for the migration, is done again", () =>
  withConnections(async (url, [migrating, working, watching]) => {
    await administer(url, "CREATE SEQUENCE attempts");
    // Would the migration not give way first, PostgreSQL would end the work.
    await migrating.query("SET deadlock_timeout = '4s'");
    await working.query("SET deadlock_timeout = '3s'");
    const [migration, work] = [await backendOf(migrating), await backendOf(working)];
    await watching.query("SELECT pg_advisory_lock(36)");
    await working.query("BEGIN");
    await working.query(ADD_TEAM.replace("?", "'a'").replace("?", "'a'"));
    const migrated = migrateWith(
      migrating,
      `${ATTEMPT}
       ALTER TABLE users ADD COLUMN extra TEXT;
       SELECT pg_advisory_xact_lock(36);
       ALTER TABLE teams ADD COLUMN extra TEXT;`,
    );
    await Promise.all([
      migrated,
      (async () => {
        // The migration has `users`, the work has `teams`; then each asks for what the other has.
        await untilItWaits(watching, migration);
        const read = working.query("SELECT id FROM users");
        await untilItWaits(watching, work);
        await watching.query("SELECT pg_advisory_unlock(36)");
        await read;
        await working.query("COMMIT");
      })(),
    ]);
    assert.equal(await attempts(watching), 2);
    assert.equal(await postgresVersion(watching, NAME), HOST_MIGRATIONS.length + 1);
    const { rows } = await watching.query("SELECT id, extra FROM teams");
    assert.deepEqual(rows, [{ id: "a", extra: null }]);
    assert.deepEqual((await watching.query("SELECT extra FROM users")).rows, []);
  }));

for (
  const [what, code, times] of [
    ["meets with work each time is given up after the ninth attempt", "40P01", 9],
    ["fails for another reason is not done again", "22012", 1],
  ] as const
) {
  Deno.test(`a migration that ${what}`, () =>
    withConnections(async (url, [migrating]) => {
      await administer(url, "CREATE SEQUENCE attempts");
      const failing = `${ATTEMPT} DO $$ BEGIN RAISE SQLSTATE '${code}'; END $$;`;
      await assert.rejects(migrateWith(migrating, failing, 9), { code });
      assert.equal(await attempts(migrating), times);
      assert.equal(await postgresVersion(migrating, NAME), HOST_MIGRATIONS.length);
    }));
}

/** The next version, which adds a column to each table there is, as it may. */
async function migrateEveryTable(url: string): Promise<void> {
  const client = await connect(url);
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
         AND relname <> 'tracker_host_schema' ORDER BY relname`,
    );
    assert.ok(rows.length > 20);
    const next = rows.map(({ name }) =>
      `ALTER TABLE ${name} ADD COLUMN extra TEXT NOT NULL DEFAULT '';`
    );
    await migrateWith(client, next.join("\n"));
  } finally {
    await client.end();
  }
}

/** Makes calls of every kind, many at once; each is answered as ever. */
async function work({ call }: TestHost, binding_ref: string, round: string): Promise<void> {
  const route = { provider: "linear", binding_ref };
  const creating = (id: string) => ({
    ref: { system: "linear", workspace: "acme", id },
    action: "create",
    patch: { title: id },
  });
  const answers = await Promise.all(
    [1, 2, 3].flatMap((turn) => [
      call("GET", "/api/v1/me"),
      call("POST", "/api/v1/tracker/pull/", { ...route, limit: 5 }),
      call("GET", `/api/v1/tracker/status/?provider=linear&binding_ref=${binding_ref}`),
      call("POST", "/api/v1/tracker/issue-search/", { ...route, query_text: "customer" }),
      call("GET", "/api/v1/tracker/resources/?provider=linear"),
      call("POST", "/api/v1/tracker/push/", { ...route, items: [creating(`${round}-${turn}`)] }),
    ]),
  );
  for (const answer of answers) assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

Deno.test("a host answers every call while a newer one adds a column to each of its tables", async () => {
  const server = await sharedServer();
  if (server === null) return;
  const database = await migratedDatabase(server);
  // Deadlocks may come or not; those that do are soon found, and the migration has given way before.
  const name = new URL(database.url).pathname.slice(1);
  await administer(server, `ALTER DATABASE ${name} SET deadlock_timeout = '200ms'`);
  const platform = { ...testPlatform("/nowhere"), random: systemRandom() };
  const { url: databaseUrl } = database;
  const host = await openHost({ platform, dev: true, databaseUrl, rateLimit: null });
  try {
    const user = await signedIn(platform, host, DEMO.username, DEMO.password, DEMO.team);
    const binding_ref = await user.bind("linear", "Engineering (ENG)");
    // Each statement has its plan on each connection.
    await work(user, binding_ref, "before");
    await Promise.all([work(user, binding_ref, "meanwhile"), migrateEveryTable(databaseUrl)]);
    await work(user, binding_ref, "after");
    const route = { provider: "linear", binding_ref };
    const pulled = await user.call("POST", "/api/v1/tracker/pull/", { ...route, limit: 1_000 });
    const titles = JSON.stringify(pulled.body);
    for (const round of ["before", "meanwhile", "after"]) {
      for (const turn of [1, 2, 3]) {
        assert.equal(titles.split(`"${round}-${turn}"`).length - 1, 1, `${round}-${turn}`);
      }
    }
    assert.doesNotMatch(platform.stderr(), /cached plan|Error in/);
  } finally {
    await host.close();
    await database.drop();
  }
});
