import assert from "node:assert/strict";
import { openExistingHostData, openHostData } from "../../src/server/context/host_context.ts";
import { databaseIn, storedVersion } from "../../src/server/context/location.ts";
import { seedDemo } from "../../src/server/dev/mod.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { contentOf } from "../../src/server/store/copy_rows.ts";
import { hostTables } from "../../src/server/store/host_tables.ts";
import { openSqliteStore } from "../../src/server/store/sqlite.ts";
import { backUp } from "../../src/server/upkeep/backup.ts";
import { migrateSchema, moveData } from "../../src/server/upkeep/migrate.ts";
import { HOST_MIGRATIONS } from "../../src/server/store/migrations/migrations.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { connect, emptyDatabase, withDatabase } from "../support/postgres.ts";

const platform = systemPlatform();

Deno.test("A table comes after those that it refers to, and every table of the host is copied", async () => {
  const tables = await hostTables(platform);
  const names = tables.map(({ name }) => name);
  assert.ok(names.indexOf("teams") < names.indexOf("members"));
  assert.ok(names.indexOf("resources") < names.indexOf("issues"));
  assert.equal(tables.find(({ name }) => name === "issues")?.counted, "id");
  assert.deepEqual(tables.find(({ name }) => name === "members")?.key, ["team_id", "user_id"]);
  const expected = [...HOST_MIGRATIONS.join("\n").matchAll(/CREATE TABLE (\w+)/g)]
    .map(([, name = ""]) => name === "events_of_teams" ? "events" : name);
  assert.deepEqual(
    names.toSorted(),
    [...new Set(expected)].filter((n) => !["limits", "search_places"].includes(n)).sort(),
  );
});

Deno.test("A copy that is put beside the log of a host that was killed is refused, and not changed", () =>
  withData(async (dataDir, directory) => {
    const file = `${directory}/copy.db`;
    const name = "database_log_foreign";
    const at = { dataDir: `${directory}/killed` };
    const [database, log] = [databaseIn(at.dataDir), `${databaseIn(at.dataDir)}-wal`];
    await Deno.mkdir(at.dataDir);
    const context = await openExistingHostData(platform, { dataDir });
    try {
      await backUp(platform, COMMAND_LINE, { dataDir }, { file, force: false });
      // As a kill leaves it: with the entry of the copy in the log alone.
      await Deno.copyFile(`${databaseIn(dataDir)}-wal`, log);
    } finally {
      await context.store.close();
    }
    await Deno.copyFile(file, database);
    const isRefused = (error: unknown) => error instanceof TrackerError && error.code === name;
    await assert.rejects(storedVersion(platform, at), isRefused);
    await assert.rejects(openExistingHostData(platform, at), isRefused);
    await assert.rejects(openHostData(platform, at), isRefused);
    assert.deepEqual(await Deno.readFile(database), await Deno.readFile(file));
    await Deno.remove(log);
    const restored = await openExistingHostData(platform, at);
    try {
      assert.equal(await restored.store.one("SELECT 1 FROM audit"), null);
    } finally {
      await restored.store.close();
    }
  }));

Deno.test("A backup of a host that works is a private file with all that is stored", () =>
  withData(async (dataDir, directory) => {
    const context = await openExistingHostData(platform, { dataDir });
    try {
      const file = `${directory}/copy.db`;
      const before = await content(dataDir);
      const { bytes, unrecorded } = await backUp(
        platform,
        COMMAND_LINE,
        { dataDir },
        { file, force: false },
      );
      assert.ok(bytes > 10_000);
      assert.equal(unrecorded, null);
      const log = await context.store.all("SELECT actor, action, details FROM audit");
      assert.deepEqual(log.map((row) => ({ ...row })), [{
        actor: "command line",
        action: "backup",
        details: JSON.stringify({ file, bytes }),
      }]);
      assert.equal((await platform.files.stat(file))?.mode, 0o600);
      assert.deepEqual(entries(directory), ["copy.db", "data"]);
      await Deno.mkdir(`${directory}/restored`);
      await Deno.copyFile(file, `${directory}/restored/host.db`);
      assert.deepEqual(await content(`${directory}/restored`), before);
    } finally {
      await context.store.close();
    }
  }));

Deno.test("A backup replaces no file unless it is told to, and a failed one leaves none", () =>
  withData(async (dataDir, directory) => {
    const file = `${directory}/copy.db`;
    await Deno.writeTextFile(file, "precious");
    await assert.rejects(
      backUp(platform, COMMAND_LINE, { dataDir }, { file, force: false }),
      has("backup_exists"),
    );
    const failing: Platform = {
      ...platform,
      files: { ...platform.files, rename: () => Promise.reject(new Error("disk full")) },
    };
    await assert.rejects(
      backUp(failing, COMMAND_LINE, { dataDir }, { file, force: true }),
      /disk full/,
    );
    assert.equal(await Deno.readTextFile(file), "precious");
    assert.deepEqual(entries(directory), ["copy.db", "data"]);
    await backUp(platform, COMMAND_LINE, { dataDir }, { file, force: true });
    assert.notEqual((await Deno.readTextFile(file)).slice(0, 8), "precious");
    const none = { dataDir: `${directory}/none` };
    await assert.rejects(
      backUp(platform, COMMAND_LINE, none, { file: `${directory}/n`, force: false }),
      has("host_data_missing"),
    );
    assert.deepEqual(entries(directory), ["copy.db", "data"]);
  }));

Deno.test("A file of another program is no data of a host, and is left as it is", () =>
  withData(async (_dataDir, directory) => {
    const other = `${directory}/other`;
    await Deno.mkdir(other);
    const database = await platform.openDatabase(databaseIn(other));
    database.exec("CREATE TABLE orders (id INTEGER); PRAGMA user_version = 3");
    database.close();
    const before = await Deno.readFile(databaseIn(other));
    const opening = openHostData(platform, { dataDir: other });
    await assert.rejects(opening, {
      code: "database_foreign",
      message: /holds the table "orders"$/,
    });
    assert.deepEqual(await Deno.readFile(databaseIn(other)), before);
  }));

Deno.test("A file is no directory of data, and a directory no backup", () =>
  withData(async (dataDir, directory) => {
    const file = `${directory}/file`;
    await Deno.writeTextFile(file, "precious");
    await assert.rejects(openHostData(platform, { dataDir: file }), has("data_not_directory"));
    assert.equal(await Deno.readTextFile(file), "precious");
    const into = backUp(platform, COMMAND_LINE, { dataDir }, { file: directory, force: true });
    await assert.rejects(into, has("not_a_file"));
    assert.deepEqual(entries(directory), ["data", "file"]);
  }));

Deno.test("A backup never replaces the files of the host itself, by whatever name", () =>
  withData(async (dataDir, directory) => {
    const before = await content(dataDir);
    await Deno.symlink(dataDir, `${directory}/link`);
    for (
      const file of [`${dataDir}/host.db`, `${directory}/link/host.db-wal`, `${dataDir}/./host.key`]
    ) {
      const copying = backUp(platform, COMMAND_LINE, { dataDir }, { file, force: true });
      await assert.rejects(copying, has("backup_of_itself"), file);
    }
    assert.deepEqual(await content(dataDir), before);
    const { bytes } = await backUp(platform, COMMAND_LINE, { dataDir }, {
      file: `${dataDir}/copy.db`,
      force: false,
    });
    assert.ok(bytes > 10_000);
  }));

Deno.test("A copy that cannot be recorded is kept, and it is told why", () =>
  withData(async (dataDir, directory) => {
    const host = databaseIn(dataDir);
    const database = await platform.openDatabase(host);
    database.exec(`PRAGMA user_version = ${HOST_MIGRATIONS.length - 1}`);
    database.close();
    const file = `${directory}/copy.db`;
    const made = await backUp(platform, COMMAND_LINE, { dataDir }, { file, force: false });
    assert.match(made.unrecorded ?? "", /^the data is of another version \(\d+\)$/);
    assert.equal((await platform.files.stat(file))?.size, made.bytes);
    assert.equal(await storedVersion(platform, { dataDir }), HOST_MIGRATIONS.length - 1);
  }));

Deno.test("A schema is brought up to date, and it is told from which version", () =>
  withData(async (dataDir) => {
    const version = HOST_MIGRATIONS.length;
    assert.deepEqual(await migrateSchema(platform, { dataDir }), { from: version, to: version });
    await assert.rejects(
      migrateSchema(platform, { dataDir: `${dataDir}/none` }),
      has("host_data_missing"),
    );
  }));

Deno.test("Data moves to PostgreSQL whole, and comes back by a backup", () =>
  withTarget((dataDir, directory, databaseUrl) => async () => {
    const before = await content(dataDir);
    const steps: string[] = [];
    const { tables } = await moveData(
      platform,
      COMMAND_LINE,
      { from: { dataDir }, to: { databaseUrl } },
      ({ what, done, total }) => steps.push(`${what} ${done === total}`),
    );
    assert.ok((tables.find(({ table }) => table === "issues")?.rows ?? 0) > 10);
    assert.ok(steps.includes("copying true") && steps.includes("comparing true"));
    const moved = await openExistingHostData(platform, { databaseUrl });
    try {
      const log = await moved.store.all("SELECT action FROM audit");
      assert.deepEqual(log.map(({ action }) => action), ["migrate"]);
      // The database counts on from the highest number that was copied.
      const top = await moved.store.one("SELECT MAX(id) AS id FROM issues");
      const next = await moved.store.one(
        "SELECT nextval(pg_get_serial_sequence('issues', 'id')) AS id",
      );
      assert.equal(Number(next?.["id"]), Number(top?.["id"]) + 1);
      await moved.store.run("DELETE FROM audit");
    } finally {
      await moved.store.close();
    }
    const file = `${directory}/back.db`;
    const options = { file, force: false };
    const { unrecorded } = await backUp(platform, COMMAND_LINE, { databaseUrl }, options);
    assert.equal(unrecorded, null);
    const client = await connect(databaseUrl);
    const { rows } = await client.query("SELECT action FROM audit").finally(() => client.end());
    assert.deepEqual(rows, [{ action: "backup" }]);
    assert.equal((await platform.files.stat(file))?.mode, 0o600);
    await Deno.mkdir(`${directory}/back`);
    await Deno.rename(file, `${directory}/back/host.db`);
    assert.deepEqual(await content(`${directory}/back`), before);
    assert.deepEqual(entries(directory), ["back", "data"]);
    // A second move finds the database in use.
    await assert.rejects(
      moveData(platform, COMMAND_LINE, { from: { dataDir }, to: { databaseUrl } }),
      has("target_not_empty"),
    );
  }));

Deno.test("A directory that a host serves does not move, and none serves it meanwhile", () =>
  withTarget((dataDir, _directory, databaseUrl) => async () => {
    const serving = await openExistingHostData(platform, { dataDir });
    try {
      await assert.rejects(
        moveData(platform, COMMAND_LINE, { from: { dataDir }, to: { databaseUrl } }),
        has("host_in_use"),
      );
    } finally {
      await serving.store.close();
    }
    const alone = await openSqliteStore(platform, databaseIn(dataDir), { isExclusive: true });
    try {
      await assert.rejects(
        platform.openDatabase(databaseIn(dataDir), { busyTimeoutMs: 10 }),
        /database is locked/,
      );
    } finally {
      await alone.close();
    }
  }));

Deno.test("A move that ends half way leaves the database empty, and can be done again", () =>
  withTarget((dataDir, _directory, databaseUrl) => async () => {
    await assert.rejects(
      moveData(platform, COMMAND_LINE, { from: { dataDir }, to: { databaseUrl } }, ({ what }) => {
        if (what === "comparing") throw new Error("killed");
      }),
      /killed/,
    );
    const client = await connect(databaseUrl);
    try {
      const { rows } = await client.query("SELECT count(*) AS n FROM issues");
      assert.equal(Number(rows[0]?.n), 0);
    } finally {
      await client.end();
    }
    await moveData(platform, COMMAND_LINE, { from: { dataDir }, to: { databaseUrl } });
  }));

async function withData(
  test: (dataDir: string, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tracker-upkeep-" });
  try {
    const dataDir = `${directory}/data`;
    const context = await openHostData(platform, { dataDir });
    await seedDemo(context);
    await context.store.close();
    await test(dataDir, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function withTarget(
  test: (dataDir: string, directory: string, databaseUrl: string) => () => Promise<void>,
): Promise<void> {
  await withDatabase(
    emptyDatabase,
    (url) => withData((dataDir, directory) => test(dataDir, directory, url)()),
  );
}

/** What a directory of data holds, table by table. */
async function content(dataDir: string): Promise<unknown> {
  const context = await openExistingHostData(platform, { dataDir });
  try {
    return await contentOf(context.store, await hostTables(platform), () => {});
  } finally {
    await context.store.close();
  }
}

function entries(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

function has(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
