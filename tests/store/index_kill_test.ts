import assert from "node:assert/strict";
import { STATUSES } from "../../src/contract/issue.ts";
import { join } from "../../src/platform/paths.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { IssueTable } from "../../src/store/issues.ts";
import { READABLE_FROM, STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { startProgram } from "../support/child.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { pageOf } from "./pages_fixture.ts";

/** How often a program that stores pages is killed. */
const KILLS = 6;

/** Counts and searches as reading every issue tells them. */
async function recounted(platform: TestPlatform, path: string, texts: readonly string[]) {
  using database = await platform.openDatabase(path, { readOnly: true });
  const counted = new Map(
    database.prepare(
      "SELECT status, count(*) AS count FROM tracker_issues NOT INDEXED GROUP BY status",
    )
      .all().map((row) => [row["status"], row["count"]]),
  );
  const scanned = new IssueTable(database, { proposed: () => null });
  return {
    byStatus: Object.fromEntries(STATUSES.map((name) => [name, counted.get(name) ?? 0])),
    found: texts.map((text) => scanned.page({ text, limit: 20 })),
    faults: database.prepare("PRAGMA integrity_check").all().map((row) => row["integrity_check"]),
  };
}

Deno.test(`${KILLS} kills of a program that stores pages leave counts and searches that are true`, () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    let page = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const program = new URL("./programs/store_pages.ts", import.meta.url);
      const child = startProgram(program, [path, String(page)]);
      // A segment is built in about every third page: so that all moments of one are met.
      for (let lines = 0; lines <= 2 + kill; lines++) page = Number(await child.line()) + 1;
      await child.kill();
      for (const open of [IssueStore.openForReading, IssueStore.open]) {
        using store = await open(platform, path);
        assert.ok(store !== null);
        const texts = [`page ${page - 1}`, "word 13", "number 4", "é%_ of", "nothing", "7"];
        const { byStatus, found, faults } = await recounted(platform, path, texts);
        assert.deepEqual(faults, ["ok"]);
        assert.deepEqual(store.counts().byStatus, byStatus);
        assert.ok(store.counts().total > 0);
        assert.deepEqual(texts.map((text) => store.issues.page({ text, limit: 20 })), found);
      }
    }
    // All but the last issues are in the index.
    using database = await platform.openDatabase(path, { readOnly: true });
    const left = database.prepare(
      "SELECT count(*) AS count FROM tracker_issues, issue_words_place WHERE tracker_issues.rowid > indexed",
    ).get();
    assert.ok(Number(left?.["count"]) < 1_024, `${left?.["count"]} issues are not in the index`);
    const known = database.prepare("SELECT count(*) AS count FROM issue_segments").get();
    assert.ok(Number(known?.["count"]) > 0);
  }));

Deno.test("a cache of a version without the index finds the same before and after it is prepared", () =>
  withPlatform({}, async (platform) => {
    for (let version = READABLE_FROM; version < STORE_MIGRATIONS.length; version++) {
      const path = join(platform.home, `${version}.db`);
      const old = await platform.openDatabase(path, {
        migrations: STORE_MIGRATIONS.slice(0, version),
      });
      const table = new IssueTable(old);
      for (let page = 0; page < 12; page += 2) {
        for (const issue of pageOf(page)) table.put({ issue, base: issue, edits: {}, seenAt: 7 });
      }
      const before = table.all();
      old.close();
      const searched = ["page 4", "word 13", "é%_", "nothing", "a"];
      const find = (store: IssueStore) =>
        searched.map((text) => store.issues.page({ text, limit: 5 }));
      using reader = await IssueStore.openForReading(platform, path);
      assert.ok(reader !== null);
      const found = find(reader);
      assert.equal(found[0]?.total, 400);
      using store = await IssueStore.open(platform, path);
      assert.deepEqual(store.issues.all(), before);
      assert.deepEqual(find(store), found);
      assert.deepEqual(find(reader), found, "a reader of before goes by the index from now on");
      using database = await platform.openDatabase(path, { readOnly: true });
      const { indexed } = database.prepare("SELECT indexed FROM issue_words_place").get() ?? {};
      assert.ok(Number(indexed) >= 1_024, `${indexed}`);
    }
  }));
