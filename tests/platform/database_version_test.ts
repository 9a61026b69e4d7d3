import assert from "node:assert/strict";
import { databaseVersion, NO_DATABASE } from "../../src/platform/database_version.ts";
import type { Database } from "../../src/platform/database.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** Before {@link TestPlatform.clock} begins. */
const LONG_AGO = Date.UTC(2026, 1, 1) / 1000;
const MIGRATIONS = ["CREATE TABLE words (word TEXT NOT NULL)"];

/** Runs a test with a database that was written to long ago. */
async function withDatabase(
  test: (scene: {
    readonly platform: TestPlatform;
    readonly path: string;
    open(): Promise<Database>;
    version(): Promise<string | null>;
    /** Lets all files be as old as if nothing was written for long. */
    settle(): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  await withPlatform({}, async (platform) => {
    const path = `${platform.home}/words.db`;
    const open = () => platform.openDatabase(path, { migrations: MIGRATIONS });
    const settle = async () => {
      for await (const { name } of Deno.readDir(platform.home)) {
        await Deno.utime(`${platform.home}/${name}`, LONG_AGO, LONG_AGO);
      }
    };
    (await open()).close();
    await settle();
    await test({ platform, path, open, settle, version: () => databaseVersion(platform, path) });
  });
}

Deno.test("a database that nobody writes to keeps its version, also while it is read", () =>
  withDatabase(async ({ platform, path, version }) => {
    const before = await version();
    assert.notEqual(before, null);
    const reader = await platform.openDatabase(path, { readOnly: true });
    try {
      reader.prepare("SELECT * FROM words").all();
      assert.equal(await version(), before);
    } finally {
      reader.close();
    }
    assert.equal(await version(), before);
  }));

Deno.test("a commit is another version, whether its log is still there or not", () =>
  withDatabase(async ({ open, version, settle }) => {
    const versions = [await version()];
    const writer = await open();
    try {
      for (const word of ["one", "two"]) {
        writer.prepare("INSERT INTO words VALUES (?)").run(word);
        assert.equal(await version(), null, "for a while it cannot be told from a second commit");
        await settle();
        versions.push(await version());
      }
    } finally {
      writer.close();
    }
    assert.equal(await version(), null);
    assert.equal(versions.includes(null), false);
    assert.equal(new Set(versions).size, 3, versions.join());
  }));

Deno.test("a commit is a version of its own as soon as a later one would have a later time", () =>
  withDatabase(async ({ platform, path, version }) => {
    const now = platform.clock.now() / 1000;
    await Deno.utime(path, now, now);
    assert.equal(await version(), null);
    platform.clock.advance(2_999);
    assert.equal(await version(), null);
    platform.clock.advance(1);
    assert.notEqual(await version(), null);
  }));

Deno.test("a time to come is no version: the clock was set back, or is another one", () =>
  withDatabase(async ({ platform, path, version }) => {
    const later = platform.clock.now() / 1000 + 3_600;
    await Deno.utime(path, later, later);
    assert.equal(await version(), null);
  }));

Deno.test("a database that is not there has a version, too", () =>
  withDatabase(async ({ path, version }) => {
    await Deno.remove(path);
    assert.equal(await version(), NO_DATABASE);
  }));
