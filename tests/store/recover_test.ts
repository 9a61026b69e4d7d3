import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import { damageIndex, damagePages } from "../support/damage.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

const ISSUES = Array.from({ length: 400 }, (_, i) => anIssue(`bd-${i}`));

/** Files of the directory of caches, those of locks left out. */
async function names(platform: TestPlatform): Promise<string[]> {
  return (await platform.files.list(`${platform.home}/trackers`)).map(({ name }) => name)
    .filter((name) => !name.endsWith(".lock"));
}

/** A closed store of many issues, and of what `work` does to it, whose pages are damaged from the given one on. */
async function damagedStore(
  platform: TestPlatform,
  work: (store: IssueStore) => void,
  from: number,
): Promise<string> {
  const path = `${platform.home}/trackers/a.db`;
  const store = await IssueStore.open(platform, path);
  work(store);
  store.putPage(ISSUES);
  store.close();
  await damagePages(path, from);
  return path;
}

Deno.test("a damaged cache that may hold edits is set aside under a name that is told", () =>
  withPlatform({}, async (platform) => {
    const path = await damagedStore(platform, () => {}, 30);
    const before = await Deno.readFile(path);
    using store = await IssueStore.open(platform, path);
    assert.equal(store.counts().total, 0);
    const aside = (await names(platform)).find((name) => name.includes(".damaged-")) ?? "";
    assert.deepEqual(await Deno.readFile(`${platform.home}/trackers/${aside}`), before);
    assert.ok(platform.stderr().includes(`/trackers/${aside}"`), platform.stderr());
  }));

Deno.test("a damaged cache that holds nothing made here is filled again", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/trackers/a.db`;
    const store = await IssueStore.open(platform, path);
    store.putPage(ISSUES);
    store.close();
    await damageIndex(platform, path);
    using again = await IssueStore.open(platform, path);
    assert.equal(again.counts().total, 0);
    assert.equal((await names(platform)).some((name) => name.includes(".damaged-")), false);
    assert.match(platform.stderr(), /was damaged and held nothing of yours/);
  }));

Deno.test("a damaged cache with a mapping is set aside, though the mapping can be read", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/trackers/a.db`;
    const store = await IssueStore.open(platform, path);
    store.putPage(ISSUES);
    store.mappings.add(
      { wp_id: "WP01", system: "beads", workspace: "web", external_id: "bd-1" },
      "2026-03-01T12:00:00Z",
    );
    store.close();
    await damageIndex(platform, path);
    (await IssueStore.open(platform, path)).close();
    assert.equal((await names(platform)).some((name) => name.includes(".damaged-")), true);
  }));

Deno.test("a cache that is no database any more is set aside", () =>
  withPlatform({}, async (platform) => {
    const path = `${platform.home}/trackers/a.db`;
    await Deno.mkdir(`${platform.home}/trackers`);
    await Deno.writeTextFile(path, "no database ".repeat(500));
    using store = await IssueStore.open(platform, path);
    assert.equal(store.counts().total, 0);
    assert.equal((await names(platform)).some((name) => name.includes(".damaged-")), true);
  }));
