import assert from "node:assert/strict";
import { lookingOnly, onlyRenewing } from "../../src/cli/services/looking_only.ts";
import { withPlatform } from "../support/platform.ts";
import { treeOf } from "./tree.ts";

Deno.test("who only looks changes nothing: writes are refused, mending and warnings are passed over", () =>
  withPlatform({}, async (platform) => {
    const { home } = platform;
    await platform.files.writeAtomic(`${home}/a`, "a", { mode: 0o644 });
    const before = await treeOf(home);
    const { files, terminal } = lookingOnly(platform);
    const refused = [
      () => files.writeAtomic(`${home}/a`, "b"),
      () => files.append(`${home}/a`, "b"),
      () => files.rename(`${home}/a`, `${home}/b`),
      () => files.remove(`${home}/a`),
      () => files.lock(`${home}/lock`),
    ];
    for (const work of refused) await assert.rejects(work, { code: "config_unwritable" });
    await files.setMode(`${home}/a`, 0o600);
    await files.makeDirectory(`${home}/new`);
    terminal.stderr.write("Warning: …\n");
    assert.equal(await files.readText(`${home}/a`), "a");
    assert.deepEqual(await treeOf(home), before);
    assert.equal(platform.stderr(), "");
  }));

Deno.test("a database is read without a trace, wherever it lies, and what a writer left is read too", () =>
  withPlatform({}, async (platform) => {
    for (const name of ["plain.db", "with blank.db", "what?.db", "50%.db", "a#b.db"]) {
      const path = `${platform.home}/${name}`;
      const writer = await platform.openDatabase(path);
      writer.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
      writer.close();
      const before = await treeOf(platform.home);
      const reader = await lookingOnly(platform).openDatabase(path, {
        migrations: ["DROP TABLE t"],
      });
      assert.equal(reader.prepare("SELECT COUNT(*) AS n FROM t").get()?.["n"], 1);
      assert.throws(() => reader.exec("INSERT INTO t VALUES (2)"), /readonly/);
      reader.close();
      assert.deepEqual(await treeOf(platform.home), before, name);
    }
    const path = `${platform.home}/open.db`;
    const writer = await platform.openDatabase(path);
    writer.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    const reader = await lookingOnly(platform).openDatabase(path);
    assert.equal(reader.prepare("SELECT COUNT(*) AS n FROM t").get()?.["n"], 1);
    reader.close();
    writer.close();
    (await lookingOnly(platform).openDatabase(":memory:")).close();
  }));

Deno.test("a call to the host may renew the session's file, and repairs nothing else", () =>
  withPlatform({}, async (platform) => {
    const { home } = platform;
    await platform.files.writeAtomic(`${home}/a`, "a", { mode: 0o644 });
    const { files } = onlyRenewing(platform);
    await files.setMode(`${home}/a`, 0o600);
    assert.equal((await files.stat(`${home}/a`))?.mode, 0o644);
    await files.writeAtomic(`${home}/a`, "b");
    assert.equal(await files.readText(`${home}/a`), "b");
  }));
