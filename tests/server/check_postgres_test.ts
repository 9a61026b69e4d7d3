import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import {
  administer,
  connect,
  databaseUrl,
  emptyDatabase,
  forbidWriting,
  IN_LATIN1,
  migratedDatabase,
} from "../support/postgres.ts";
import { check, isAlarm } from "./check_support.ts";
import { testDatabase } from "./postgres_support.ts";

testDatabase(
  "a database that cannot be reached is one failure, and what to do about it",
  emptyDatabase,
  async (_, server) => {
    const missing = await alarm(databaseUrl(server, "none"));
    assert.deepEqual([missing.check, missing.details["code"]], ["database", "database_missing"]);
    assert.match(missing.nextAction ?? "", /createdb/);
    const unreachable = await alarm("postgres://u:secret@127.0.0.1:1/d");
    assert.equal(unreachable.details["code"], "database_unreachable");
    assert.doesNotMatch(JSON.stringify(unreachable), /secret/);
  },
);

testDatabase("an empty database is told from another program's", emptyDatabase, async (url) => {
  assert.match((await alarm(url)).message, /is empty: no host has stored anything in it$/);
  await administer(url, "CREATE TABLE orders (id INTEGER)");
  const foreign = await alarm(url);
  assert.deepEqual([foreign.check, foreign.details["code"]], ["schema", "database_foreign"]);
  assert.match(foreign.message, /it holds the table "orders"$/);
});

testDatabase(
  "a database that can only be read is one failure, and all else is looked at",
  migratedDatabase,
  async (url) => {
    await forbidWriting(url);
    const found = await check({ databaseUrl: url });
    assert.deepEqual(found.filter(isAlarm).map(({ details }) => details["code"]), [
      "database_read_only",
    ]);
    assert.ok(found.some((one) => one.check === "counters" && one.status === "ok"));
  },
);

testDatabase(
  "a user without rights on the tables is told which are missing",
  migratedDatabase,
  async (url) => {
    const role = `reader_${crypto.randomUUID().slice(0, 8)}`;
    await administer(url, `CREATE ROLE ${role} LOGIN`);
    await administer(url, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`);
    await administer(url, `GRANT INSERT, UPDATE, DELETE ON issues TO ${role}`);
    try {
      const found = await alarm(url.replace("tester@", `${role}@`));
      assert.deepEqual([found.check, found.status], ["rights", "failed"]);
      assert.match(found.message, /lacks rights: DELETE of "access_tokens", .+ and \d+ more$/);
      assert.ok(!JSON.stringify(found.details).includes('"issues'));
    } finally {
      await administer(url, `DROP OWNED BY ${role}`);
      await administer(url, `DROP ROLE ${role}`);
    }
  },
);

testDatabase(
  "a database in another encoding is not suitable",
  (server) => emptyDatabase(server, IN_LATIN1),
  async (url) => {
    const found = await check({ databaseUrl: url });
    const server = found.find((one) => one.check === "server");
    assert.deepEqual([server?.status, server?.details["encoding"]], ["failed", "LATIN1"]);
  },
);

testDatabase(
  "a clock that differs from the database's is a warning, which says by how much",
  migratedDatabase,
  async (url) => {
    const { clock, ...rest } = systemPlatform();
    const at = (ms: number) => ({ ...rest, clock: { ...clock, now: () => clock.now() + ms } });
    const behind = await alarm(url, at(10 * 60_000));
    assert.deepEqual([behind.check, behind.status], ["clock", "warning"]);
    assert.equal(behind.message, "the clock of the database is 10 min behind this machine's");
    const ahead = await alarm(url, at(-3 * 3_600_000));
    assert.equal(ahead.message, "the clock of the database is 3 h ahead of this machine's");
  },
);

testDatabase("looking changes nothing, and cannot", migratedDatabase, async (url) => {
  const { readPostgres } = await import("../../src/server/store/postgres_reading.ts");
  const { parsePostgresUrl } = await import("../../src/server/store/postgres_address.ts");
  const reader = await readPostgres(systemPlatform(), parsePostgresUrl(url), undefined);
  try {
    await assert.rejects(reader.all("DELETE FROM teams"), { code: "database_read_only" });
  } finally {
    await reader.close();
  }
  const client = await connect(url);
  try {
    const { rows } = await client.query(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()",
    );
    assert.equal(Number(rows[0]?.n), 1, "the connection of the look is closed");
  } finally {
    await client.end();
  }
});

/** The one alarm of a look at a database. */
async function alarm(databaseUrl: string, platform = systemPlatform()) {
  const alarms = (await check({ databaseUrl }, platform)).filter(isAlarm);
  const [found, ...others] = alarms;
  assert.ok(found !== undefined && others.length === 0, JSON.stringify(alarms, null, 2));
  return found;
}
