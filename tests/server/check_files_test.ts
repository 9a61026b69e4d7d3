import assert from "node:assert/strict";
import type { Platform } from "../../src/platform/platform.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { openHostData } from "../../src/server/mod.ts";
import { RESTORE } from "../../src/server/upkeep/finding.ts";
import { fillDisk, onReadOnlyDisk, onSmallDisk } from "../support/disks.ts";
import { testOnSqlite } from "../support/host_data.ts";
import { check, isAlarm, withCheckedHost } from "./check_support.ts";

testOnSqlite(
  "a directory without data is one failure, and is not created",
  () =>
    withCheckedHost(async ({ directory, alarm }) => {
      const found = await alarm({ location: { dataDir: `${directory}/none` } });
      assert.deepEqual([found.check, found.details["code"]], ["database", "host_data_missing"]);
      await assert.rejects(Deno.stat(`${directory}/none`), Deno.errors.NotFound);
    }),
);

testOnSqlite(
  "a file that is no database, another program's or empty is one failure each",
  () =>
    withCheckedHost(async ({ platform, directory, alarm }) => {
      const dataDir = `${directory}/other`;
      await Deno.mkdir(dataDir, { mode: 0o700 });
      const path = `${dataDir}/host.db`;
      const location = { dataDir };
      await Deno.writeTextFile(path, "no database at all".repeat(100), { mode: 0o600 });
      assert.equal((await alarm({ location })).details["code"], "database_damaged");
      await Deno.remove(path);
      const database = await platform.openDatabase(path);
      assert.match((await alarm({ location })).message, /is empty: no host has stored anything/);
      database.exec("CREATE TABLE orders (id INTEGER)");
      database.exec("PRAGMA user_version = 3");
      database.close();
      const foreign = await alarm({ location });
      assert.equal(foreign.details["code"], "database_foreign");
      assert.match(foreign.message, /belongs to another program: it holds the table "orders"$/);
    }),
);

testOnSqlite(
  "damaged pages, and rows that refer to none, are failures that tell to restore",
  () =>
    withCheckedHost(async ({ platform, directory, plant, findings }) => {
      const alarms = async () => (await findings()).filter(isAlarm);
      await plant("DELETE FROM resources", "DELETE FROM users");
      const dangling = (await alarms()).filter(({ check }) => check === "integrity");
      assert.match(dangling[0]?.message ?? "", /^rows refer to others that are not there: 1 in "/);
      assert.equal(dangling[0]?.nextAction, RESTORE);
      await damageTable(platform, `${directory}/host.db`, "issues");
      const [damaged, ...others] = (await alarms()).filter(({ details }) =>
        details["code"] === "database_damaged"
      );
      assert.deepEqual([damaged?.check, damaged?.nextAction], ["integrity", RESTORE]);
      assert.deepEqual(others, [], "the same fault is told once");
    }),
);

testOnSqlite(
  "data that other users may open, or that cannot be written, is told with what to do",
  () =>
    withCheckedHost(async ({ directory, alarm, findings }) => {
      if (Deno.build.os === "windows") return;
      await Deno.chmod(directory, 0o755);
      const open = await alarm();
      assert.deepEqual([open.check, open.status], ["files", "warning"]);
      assert.equal(
        open.message,
        `other users of this machine may open "${directory}" (mode 0755)`,
      );
      assert.equal(open.nextAction, "make it private with `chmod 700`");
      await Deno.chmod(directory, 0o500);
      const unwritable = await alarm();
      assert.equal(unwritable.message, `"${directory}" can only be read: its mode is 0500`);
      await Deno.chmod(directory, 0o700);
      assert.deepEqual((await findings()).filter(isAlarm), []);
    }),
);

testOnSqlite(
  "a disk that can only be read is one failure, and all else is looked at",
  () =>
    withCheckedHost(async ({ directory, findings }) => {
      const isRun = await onReadOnlyDisk(directory, async () => {
        const found = await findings();
        const [alarm, ...others] = found.filter(isAlarm);
        assert.deepEqual([alarm?.check, alarm?.status], ["files", "failed"]);
        assert.match(alarm?.message ?? "", /can only be read: /);
        assert.deepEqual(others, []);
        assert.ok(found.some(({ check, status }) => check === "integrity" && status === "ok"));
      });
      if (!isRun) console.log("    skipped: no disk can be made read-only");
    }),
);

testOnSqlite("a disk that is full is one failure, and the data on it is looked at", async () => {
  const isRun = await onSmallDisk(2, async (disk) => {
    const location = { dataDir: `${disk}/data` };
    const context = await openHostData(systemPlatform(), location);
    await context.store.close();
    await fillDisk(`${disk}/filling`);
    const found = await check(location);
    const [alarm, ...others] = found.filter(isAlarm);
    assert.deepEqual([alarm?.check, alarm?.status], ["disk", "failed"]);
    assert.match(alarm?.message ?? "", /^0 MiB are free on the disk of the data$/);
    assert.deepEqual(others, []);
    assert.ok(found.some(({ check, status }) => check === "counters" && status === "ok"));
  });
  if (!isRun) console.log("    skipped: no small disk can be made");
});

testOnSqlite(
  "what waits in the log of a host that died is read, and stays where it is",
  () =>
    withCheckedHost(async ({ platform, directory, findings }) => {
      const died = { dataDir: `${directory}/died` };
      await Deno.mkdir(died.dataDir, { mode: 0o700 });
      const database = await platform.openDatabase(`${directory}/host.db`);
      database.exec("INSERT INTO teams VALUES ('t2', 'blue', 'Blue')");
      const files = ["host.db", "host.db-wal"];
      for (const name of files) {
        await Deno.copyFile(`${directory}/${name}`, `${died.dataDir}/${name}`);
      }
      database.close();
      const bytes = () =>
        Promise.all(files.map((name) => Deno.readFile(`${died.dataDir}/${name}`)));
      const before = await bytes();
      assert.ok((before[1]?.length ?? 0) > 0, "nothing waits in the log");
      const found = await findings({ location: died });
      assert.ok(found.some(({ message }) => message.startsWith("what is stored agrees (2 teams")));
      assert.deepEqual(await bytes(), before);
    }),
);

testOnSqlite(
  "a permission that is not granted ends one check, which says so",
  () =>
    withCheckedHost(async ({ platform, findings }) => {
      const { system } = platform;
      const found = await findings({
        platform: {
          ...platform,
          system: {
            ...system,
            freeBytes: () => Promise.resolve(null),
            permission: (kind, target) =>
              kind === "write" ? "prompt" : system.permission(kind, target),
          },
        },
      });
      assert.deepEqual(found.filter(isAlarm), []);
      const notes = found.filter(({ check, status }) => status === "info" && check !== "backup");
      assert.match(notes[0]?.message ?? "", /^whether ".+host\.db" can be written is not known/);
      assert.match(notes[1]?.message ?? "", /`--allow-sys=statfs` is not granted$/);
      assert.equal(notes.length, 2);
    }),
);

/** Fills the first page of a table with what makes no sense. */
async function damageTable(platform: Platform, path: string, table: string): Promise<void> {
  const database = await platform.openDatabase(path);
  const sql =
    `SELECT rootpage, page_size FROM sqlite_master, pragma_page_size WHERE name = '${table}'`;
  const { rootpage, page_size } = database.prepare(sql).get() ?? {};
  database.close();
  const size = Number(page_size);
  const file = await Deno.open(path, { write: true });
  await file.seek((Number(rootpage) - 1) * size, Deno.SeekMode.Start);
  await file.write(new Uint8Array(size).fill(0xff));
  file.close();
}
