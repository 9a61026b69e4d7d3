import assert from "node:assert/strict";
import { inTransaction, migrate, systemDatabaseOpener } from "../../src/platform/database.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { startProgram } from "../support/child.ts";
import { damagePages } from "../support/damage.ts";
import { onReadOnlyDisk } from "../support/disks.ts";

const open = systemDatabaseOpener();
const ONE = "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT)";
const TWO = "ALTER TABLE a ADD COLUMN c TEXT";

async function withFile(test: (path: string, directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "tracker-db-" });
  try {
    await test(`${directory}/test.db`, directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof TrackerError && error.code === code;
}

function pragma(database: Awaited<ReturnType<typeof open>>, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

Deno.test("A database is in WAL mode with foreign keys, and waits for others", () =>
  withFile(async (path) => {
    const database = await open(path);
    assert.equal(pragma(database, "journal_mode"), "wal");
    assert.equal(pragma(database, "foreign_keys"), 1);
    assert.equal(pragma(database, "busy_timeout"), 5000);
    assert.equal(pragma(database, "synchronous"), 1);
    database.close();
    const durable = await open(path, { durability: "full", busyTimeoutMs: 10 });
    assert.equal(pragma(durable, "synchronous"), 2);
    assert.equal(pragma(durable, "busy_timeout"), 10);
    durable.close();
  }));

Deno.test("A new database and what SQLite puts beside it are private", () =>
  withFile(async (path, directory) => {
    if (Deno.build.os === "windows") return console.log("    skipped: no permission bits here");
    const database = await open(path, { migrations: [ONE] });
    const modes: Record<string, number> = {};
    for (const entry of Deno.readDirSync(directory)) {
      modes[entry.name] = (Deno.statSync(`${directory}/${entry.name}`).mode ?? 0) & 0o777;
    }
    assert.deepEqual(modes, { "test.db": 0o600, "test.db-shm": 0o600, "test.db-wal": 0o600 });
    database.close();
  }));

Deno.test("Each migration runs once, in order, also for a database half way", () =>
  withFile(async (path) => {
    (await open(path, { migrations: [ONE] })).close();
    for (let i = 0; i < 2; i++) {
      const database = await open(path, { migrations: [ONE, TWO] });
      assert.equal(pragma(database, "user_version"), 2);
      database.prepare("INSERT INTO a (b, c) VALUES (?, ?)").run("b", "c");
      database.close();
    }
  }));

Deno.test("A migration that fails leaves the version before it, and the next open tries again", () =>
  withFile(async (path) => {
    await assert.rejects(
      open(path, { migrations: [ONE, "CREATE TABLE b (id); SELECT nonsense"] }),
      (error) => hasCode("database_unusable")(error) && /nonsense/.test(String(error)),
    );
    const database = await open(path, { migrations: [ONE, "CREATE TABLE b (id)"] });
    assert.equal(pragma(database, "user_version"), 2);
    database.close();
  }));

Deno.test("A database of another program is refused in one line, without our schema", () =>
  withFile(async (path) => {
    (await open(path, { migrations: ["CREATE TABLE a (x)"] })).close();
    const other = await open(path);
    other.exec("PRAGMA user_version = 0");
    other.close();
    await assert.rejects(
      open(path, { migrations: ["\n  CREATE TABLE b (id);\n  CREATE TABLE a (b);\n"] }),
      (error) => error instanceof Error && error.message.endsWith(": table a already exists"),
    );
  }));

Deno.test("A database of a newer version is refused and left alone", () =>
  withFile(async (path) => {
    (await open(path, { migrations: [ONE, TWO] })).close();
    await assert.rejects(
      open(path, { migrations: [ONE] }),
      (error) => hasCode("database_newer")(error) && String(error).includes(path),
    );
    const database = await open(path, { migrations: [ONE, TWO] });
    assert.equal(pragma(database, "user_version"), 2);
    database.close();
  }));

Deno.test("Processes that open a new database together migrate it once", () =>
  withFile(async (path) => {
    const program = new URL("./programs/open_database.ts", import.meta.url);
    const children = Array.from({ length: 6 }, () => startProgram(program, [path]));
    for (const child of children) assert.equal(await child.end(), 0);
    const database = await open(path);
    assert.equal(database.prepare("SELECT count(*) AS n FROM visit").get()?.["n"], 6);
    assert.equal(database.prepare("SELECT count(*) AS n FROM once").get()?.["n"], 1);
    database.close();
  }));

Deno.test("A file that is not a database is named, with what to do", () =>
  withFile(async (path) => {
    await Deno.writeTextFile(path, "this is no database, however long it goes on ".repeat(50));
    await assert.rejects(open(path), (error) => {
      assert.ok(error instanceof TrackerError);
      assert.equal(error.code, "database_damaged");
      assert.ok(error.message.includes(path));
      assert.notEqual(error.nextAction, null);
      return true;
    });
    assert.match(await Deno.readTextFile(path), /^this is no database/);
  }));

Deno.test("A database in a missing directory, or a missing one to read, is an error", () =>
  withFile(async (path, directory) => {
    await assert.rejects(open(`${directory}/no/such.db`), hasCode("database_unusable"));
    await assert.rejects(open(path, { readOnly: true }), hasCode("database_unusable"));
  }));

Deno.test("A database opened to read cannot be changed", () =>
  withFile(async (path) => {
    (await open(path, { migrations: [ONE] })).close();
    const database = await open(path, { readOnly: true });
    assert.throws(() => database.exec("INSERT INTO a (b) VALUES ('x')"), /readonly/);
    database.close();
  }));

Deno.test("A database in memory needs no file", async () => {
  const database = await open(":memory:", { migrations: [ONE] });
  database.exec("INSERT INTO a (b) VALUES ('x')");
  database.close();
});

Deno.test("A transaction is kept whole or not at all", async () => {
  const database = await open(":memory:", { migrations: [ONE] });
  const count = () => database.prepare("SELECT count(*) AS n FROM a").get()?.["n"];
  assert.equal(
    inTransaction(database, () => {
      database.exec("INSERT INTO a (b) VALUES ('x')");
      return "done";
    }),
    "done",
  );
  assert.throws(
    () =>
      inTransaction(database, () => {
        database.exec("INSERT INTO a (b) VALUES ('y')");
        throw new Error("Stopped");
      }),
    /Stopped/,
  );
  assert.equal(count(), 1);
  migrate(database, []);
  assert.equal(count(), 1);
  database.close();
});

Deno.test("A transaction that has ended itself passes its own error on", async () => {
  const database = await open(":memory:", { migrations: [ONE] });
  assert.throws(
    () =>
      inTransaction(database, () => {
        database.exec("ROLLBACK");
        throw new Error("Stopped");
      }),
    /Stopped/,
  );
  database.close();
});

Deno.test("A new file that another holds is waited for, and given up after the time allowed", () =>
  withFile(async (path) => {
    const { DatabaseSync } = await import("node:sqlite");
    const holder = new DatabaseSync(path);
    holder.exec("BEGIN EXCLUSIVE");
    await assert.rejects(
      open(path, { busyTimeoutMs: 20 }),
      (error) => hasCode("database_unusable")(error) && /locked/.test(String(error)),
    );
    const opening = open(path, { busyTimeoutMs: 0, migrations: [ONE] }).catch(() => null);
    holder.exec("ROLLBACK");
    holder.close();
    (await opening)?.close();
    (await open(path, { migrations: [ONE] })).close();
  }));

Deno.test("a reader changes nothing and leaves no file beside the database", () =>
  withFile(async (path, directory) => {
    const writer = await open(path, { migrations: [ONE] });
    writer.exec("INSERT INTO a (b) VALUES ('kept')");
    writer.close();
    const reader = await open(path, { readOnly: true });
    assert.equal(reader.prepare("SELECT b FROM a").get()?.["b"], "kept");
    assert.throws(() => reader.exec("DELETE FROM a"), /readonly/);
    reader.close();
    assert.deepEqual([...Deno.readDirSync(directory)].map((entry) => entry.name), ["test.db"]);
    await assert.rejects(open(`${directory}/absent.db`, { readOnly: true }));
    assert.deepEqual([...Deno.readDirSync(directory)].length, 1, "a reader makes no file");
  }));

Deno.test("A statement that meets damage names the file, whatever way its rows are taken", () =>
  withFile(async (path) => {
    await damaged(path);
    const database = await open(path);
    const select = database.prepare("SELECT * FROM a");
    const statements: readonly (() => unknown)[] = [
      () => select.all(),
      () => database.prepare("SELECT sum(length(b)) FROM a").get(),
      () => database.prepare("UPDATE a SET b = b || 'x'").run(),
      () => database.exec("UPDATE a SET b = b || 'x'"),
    ];
    for (const run of statements) {
      assert.throws(run, (error) => {
        assert.ok(error instanceof TrackerError, String(run));
        assert.equal(error.code, "database_damaged");
        assert.equal(error.details["path"], path);
        assert.ok(error.message.includes(path));
        return true;
      });
    }
    database.close();
  }));

Deno.test("Rows cannot be iterated, which would take damage for their end", () =>
  withFile(async (path) => {
    const database = await open(path, { migrations: [ONE] });
    assert.throws(() => database.prepare("SELECT * FROM a").iterate(), /hides a damaged file/);
    database.close();
  }));

Deno.test("A database on a read-only disk is read, with and without a log beside it", async () => {
  for (const hasLog of [false, true]) {
    await withFile(async (path, directory) => {
      await withRows(path, hasLog);
      const isReal = await onReadOnlyDisk(directory, async () => {
        const database = await open(path, { readOnly: true });
        assert.deepEqual(database.prepare("SELECT b FROM a").all().map((row) => row["b"]), [
          "kept",
        ]);
        assert.throws(() => database.exec("DELETE FROM a"));
        database.close();
      });
      if (!isReal) console.log("    skipped: no directory can be made read-only here");
    });
  }
});

Deno.test("A database that may only be read is read through a path of odd characters", () =>
  withFile(async (path, directory) => {
    const odd = `${directory}/a b%20c#d?e`;
    await Deno.mkdir(odd);
    await withRows(`${odd}/test.db`, false);
    const isReal = await onReadOnlyDisk(odd, async () => {
      const database = await open(`${odd}/test.db`, { readOnly: true });
      assert.equal(database.prepare("SELECT b FROM a").get()?.["b"], "kept");
      database.close();
    });
    if (!isReal) console.log(`    skipped: no directory can be made read-only here (${path})`);
  }));

Deno.test("What a log holds that cannot be read is not left out in silence", () =>
  withFile(async (path, directory) => {
    await withRows(path, true);
    await Deno.remove(`${path}-shm`);
    const isReal = await onReadOnlyDisk(directory, async () => {
      await assert.rejects(open(path, { readOnly: true }), hasCode("database_unusable"));
    });
    if (!isReal) console.log("    skipped: no directory can be made read-only here");
  }));

Deno.test("A database on a read-only disk is read with the permissions to read and write alone", () =>
  withFile(async (path, directory) => {
    await withRows(path, false);
    const isReal = await onReadOnlyDisk(directory, async () => {
      assert.equal(await readScoped(path), "kept");
    });
    if (!isReal) console.log("    skipped: no directory can be made read-only here");
  }));

Deno.test("A database too large for memory on a read-only disk needs all permissions", () =>
  withFile(async (path, directory) => {
    await withRows(path, false);
    // The file has a hole at its end, which SQLite leaves unread.
    await Deno.truncate(path, 257 * 1024 * 1024);
    const isReal = await onReadOnlyDisk(directory, async () => {
      assert.equal(
        await readScoped(path),
        `Cannot open the database "${path}": no file can be made beside it, and it is larger than 256 MiB`,
      );
      const database = await open(path, { readOnly: true });
      assert.equal(database.prepare("SELECT b FROM a").get()?.["b"], "kept");
      database.close();
    });
    if (!isReal) console.log("    skipped: no directory can be made read-only here");
  }));

/** Reads the row of a database in a process that may read and write only; answers it, or what failed. */
async function readScoped(path: string): Promise<string> {
  const program = new URL("./programs/read_database.ts", import.meta.url);
  const flags = ["--no-prompt", "--allow-read", "--allow-write", "--no-check", "--quiet"];
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, program.href, path],
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** Makes a database with one row; with a log it is as a killed process leaves it. */
async function withRows(path: string, hasLog: boolean): Promise<void> {
  const database = await open(path, { migrations: [ONE] });
  database.prepare("INSERT INTO a (b) VALUES ('kept')").run();
  const names = ["", "-wal", "-shm"];
  const left = hasLog ? names.map((name) => Deno.readFileSync(path + name)) : [];
  database.close();
  for (const [i, bytes] of left.entries()) Deno.writeFileSync(`${path}${names[i]}`, bytes);
}

/** Makes a database whose header is sound and whose rows are not. */
async function damaged(path: string): Promise<void> {
  const database = await open(path, { migrations: [ONE] });
  const insert = database.prepare("INSERT INTO a (b) VALUES (?)");
  inTransaction(database, () => {
    for (let i = 0; i < 500; i++) insert.run("x".repeat(500));
  });
  database.close();
  await damagePages(path, 5);
}
