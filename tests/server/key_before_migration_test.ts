import assert from "node:assert/strict";
import { hostKey } from "../../src/server/context/host_key.ts";
import { databaseIn, type HostLocation, storedVersion } from "../../src/server/context/location.ts";
import { openHost } from "../../src/server/mod.ts";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { migratePostgres } from "../../src/server/store/migrations/postgres.ts";
import { isOnPostgres } from "../support/host_data.ts";
import { connect, emptyDatabase, sharedServer } from "../support/postgres.ts";
import { bytesOf, type CheckedHost, keyFileOf, withCheckedHost } from "./check_support.ts";

const NEWEST = HOST_MIGRATIONS.length;

Deno.test("a host with another key, or without one, refuses before it migrates anything", () =>
  withOlderHost(async (host, { location, right, other }) => {
    const { platform, directory } = host;
    const refused: readonly (readonly [string | undefined, string])[] = [
      [other, "host_key_wrong"],
      [undefined, "host_key_missing"],
      [`${directory}/none.key`, "host_key_missing"],
      [await keyFileOf(directory, "no key"), "host_key_invalid"],
    ];
    for (const [keyFile, code] of refused) {
      await assert.rejects(openHost({ platform, ...location, keyFile }), { code });
      assert.equal(await storedVersion(platform, location), NEWEST - 1, code);
    }
    const opened = await openHost({ platform, ...location, keyFile: right });
    await opened.close();
    assert.equal(await storedVersion(platform, location), NEWEST);
  }));

Deno.test("a host that cannot have its key creates no data", () =>
  withCheckedHost(async ({ platform, directory }) => {
    const dataDir = `${directory}/new`;
    const keyFile = await keyFileOf(directory, "no key");
    await assert.rejects(openHost({ platform, dataDir, keyFile }), { code: "host_key_invalid" });
    assert.equal(await platform.files.stat(databaseIn(dataDir)), null);
  }));

Deno.test("data of a newer version is told as such, whatever the key is", () =>
  withOlderHost(async ({ platform, plant, location }, { other }) => {
    await plant(
      "INSERT INTO host_settings VALUES ('key_check', 'of-another-key')",
      setVersion(NEWEST + 1),
    );
    await assert.rejects(openHost({ platform, ...location, keyFile: other }), {
      code: "database_newer",
    });
  }));

/** Runs a test on data of the version before, with a key that is used. */
async function withOlderHost(
  test: (
    host: CheckedHost,
    made: { readonly location: HostLocation; readonly right: string; readonly other: string },
  ) => Promise<void>,
): Promise<void> {
  await withCheckedHost(async (host) => {
    const { platform, directory } = host;
    const { check } = await hostKey(bytesOf(1), platform.random);
    const location = await olderData(platform, directory, [
      `INSERT INTO host_settings VALUES ('key_check', '${check}')`,
    ]);
    await test(host, {
      location,
      right: await keyFileOf(directory, bytesOf(1).toBase64()),
      other: await keyFileOf(directory, bytesOf(2).toBase64()),
    });
  });
}

/** Makes data of the version before, in the store that the tests are run on. */
async function olderData(
  platform: Platform,
  directory: string,
  statements: readonly string[],
): Promise<HostLocation> {
  const migrations = HOST_MIGRATIONS.slice(0, NEWEST - 1);
  if (!isOnPostgres()) {
    const dataDir = `${directory}/older`;
    await Deno.mkdir(dataDir);
    const database = await platform.openDatabase(databaseIn(dataDir), { migrations });
    for (const statement of statements) database.exec(statement);
    database.close();
    return { dataDir };
  }
  const server = await sharedServer();
  assert.ok(server !== null, "PostgreSQL is not installed");
  const { url } = await emptyDatabase(server);
  const client = await connect(url);
  await migratePostgres(client, url, migrations);
  for (const statement of statements) await client.query(statement);
  await client.end();
  return { databaseUrl: url };
}

function setVersion(version: number): string {
  return isOnPostgres()
    ? `UPDATE tracker_host_schema SET version = ${version}`
    : `PRAGMA user_version = ${version}`;
}
