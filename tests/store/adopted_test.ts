import assert from "node:assert/strict";
import { join } from "../../src/platform/paths.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { adoptStore } from "../../src/store/adopted.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

function places(platform: TestPlatform): { from: string; to: string } {
  return {
    from: join(platform.home, "trackers", "a.db"),
    to: join(platform.home, "tracker", "trackers", "a.db"),
  };
}

async function cacheAt(platform: TestPlatform, path: string): Promise<void> {
  using store = await IssueStore.open(platform, path);
  store.putPage([anIssue("WEB-1")]);
}

Deno.test("a cache at its old place is moved to the new one with what it holds", () =>
  withPlatform({}, async (platform) => {
    const { from, to } = places(platform);
    await cacheAt(platform, from);
    assert.equal(await adoptStore(platform, from, to), to);
    using store = await IssueStore.open(platform, to);
    assert.equal(store.list().length, 1);
    assert.equal(await platform.files.stat(from), null);
  }));

Deno.test("a cache that another process has open is used where it is", () =>
  withPlatform({}, async (platform) => {
    const { from, to } = places(platform);
    await cacheAt(platform, from);
    using open = await IssueStore.open(platform, from);
    open.putPage([anIssue("WEB-2")]);
    assert.equal(await adoptStore(platform, from, to), from);
  }));

Deno.test("processes that find a cache at its old place at once all use it at the new one", () =>
  withPlatform({}, async (platform) => {
    const { from, to } = places(platform);
    await cacheAt(platform, from);
    const files = {
      ...platform.files,
      // The test's clock would give up the wait at once.
      lock: systemPlatform().files.lock,
      async rename(source: string, target: string) {
        // The others look while this one has it open.
        using _open = await IssueStore.open(platform, source);
        await new Promise((resolve) => setTimeout(resolve, 0));
        await platform.files.rename(source, target);
      },
    };
    const paths = await Promise.all(
      [1, 2, 3].map(() => adoptStore({ ...platform, files }, from, to)),
    );
    assert.deepEqual(paths, [to, to, to]);
  }));

Deno.test("where nothing can be moved a cache is used where it is", () =>
  withPlatform({}, async (platform) => {
    const { from, to } = places(platform);
    await cacheAt(platform, from);
    const files = {
      ...platform.files,
      rename: () => Promise.reject(new Error("Read-only file system")),
    };
    assert.equal(await adoptStore({ ...platform, files }, from, to), from);
  }));

Deno.test("a file of another program at the old place is left alone", () =>
  withPlatform({}, async (platform) => {
    const { from, to } = places(platform);
    await platform.files.makeDirectory(join(platform.home, "trackers"));
    const foreign = await platform.openDatabase(from, {});
    foreign.exec("CREATE TABLE tracker_issues (identity TEXT PRIMARY KEY)");
    foreign.close();
    assert.equal(await adoptStore(platform, from, to), to);
    assert.notEqual(await platform.files.stat(from), null);
    assert.equal(await platform.files.stat(to), null);
  }));

Deno.test("a cache at the new place is never replaced by the old one", () =>
  withPlatform({}, async (platform) => {
    const { from, to } = places(platform);
    await cacheAt(platform, from);
    (await IssueStore.open(platform, to)).close();
    assert.equal(await adoptStore(platform, from, to), to);
    using store = await IssueStore.open(platform, to);
    assert.equal(store.list().length, 0);
  }));
