import assert from "node:assert/strict";
import { STATUSES } from "../../src/contract/issue.ts";
import { inTransaction } from "../../src/platform/database.ts";
import { join } from "../../src/platform/paths.ts";
import type { IssueFilter } from "../../src/store/issue_filter.ts";
import { knownIssues } from "../../src/store/issue_segments.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { IssueTable } from "../../src/store/issues.ts";
import { Statements } from "../../src/store/rows.ts";
import { READABLE_FROM, STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { PARTS } from "../../src/store/word_segments.ts";
import { startProgram } from "../support/child.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { pageOf } from "./pages_fixture.ts";

/** How often a program that stores pages is killed. */
const KILLS = 6;

/** What is listed by the columns of the segments. */
const LISTS: readonly IssueFilter[] = [
  { labels: ["AREA-3"], status: ["todo", "done"] },
  { assignees: [""], sort: { by: "title", descending: true } },
  { sort: { by: "key", descending: false } },
  { sort: { by: "priority", descending: false } },
];

/** Counts, searches and lists as reading every issue tells them. */
async function recounted(platform: TestPlatform, path: string, texts: readonly string[]) {
  using database = await platform.openDatabase(path, { readOnly: true });
  const counted = new Map(
    database.prepare(
      "SELECT status, count(*) AS count FROM tracker_issues NOT INDEXED GROUP BY status",
    )
      .all().map((row) => [row["status"], row["count"]]),
  );
  const scanned = new IssueTable(database, {
    words: { proposed: () => null, share: () => 1 },
    chosen: { choose: () => null, referenced: () => null },
  });
  return {
    byStatus: Object.fromEntries(STATUSES.map((name) => [name, counted.get(name) ?? 0])),
    found: [...texts.map((text) => ({ text })), ...LISTS].map((filter) =>
      scanned.page({ ...filter, limit: 20 })
    ),
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
        assert.deepEqual(
          [...texts.map((text) => ({ text })), ...LISTS].map((filter) =>
            store.issues.page({ ...filter, limit: 20 })
          ),
          found,
        );
      }
    }
    // All but the last issues are in the index.
    using database = await platform.openDatabase(path, { readOnly: true });
    const left = database.prepare(
      "SELECT count(*) AS count FROM tracker_issues, issue_words_place WHERE tracker_issues.rowid > indexed",
    ).get();
    assert.ok(Number(left?.["count"]) < 1_024, `${left?.["count"]} issues are not in the index`);
    const known = knownIssues(new Statements(database));
    assert.ok((known?.segments.length ?? 0) > 0, "what the segments know can be relied on");
  }));

Deno.test("kills of programs that prepare a cache of the version before leave what is true", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    {
      using old = await platform.openDatabase(path, {
        migrations: STORE_MIGRATIONS.slice(0, -1),
      });
      const table = new IssueTable(old);
      inTransaction(old, () => {
        for (let page = 0; page < 20; page += 2) {
          for (const issue of pageOf(page)) table.put({ issue, base: issue, edits: {}, seenAt: 7 });
        }
      });
      // As a segment of before, which has no columns; it has the first issue, and no words.
      old.exec(`INSERT INTO issue_segments (segment, first, issues) VALUES (1, 1, x'00000000');
        INSERT INTO issue_words (id, holders)
          WITH RECURSIVE part (id) AS (VALUES (${PARTS}) UNION ALL SELECT id + 1 FROM part LIMIT ${PARTS})
          SELECT id, zeroblob(100000) FROM part;
        UPDATE issue_words_place SET indexed = 1`);
    }
    for (let kill = 0; kill < KILLS; kill++) {
      const program = new URL("./programs/prepare_cache.ts", import.meta.url);
      const child = startProgram(program, [path]);
      // It tells when it begins, and each time a transaction has ended: whichever moment is met.
      for (let lines = 0; lines <= kill; lines++) await child.line();
      await child.kill();
      using reader = await IssueStore.openForReading(platform, path);
      const texts = ["page 4", "word 13"];
      const { byStatus, found, faults } = await recounted(platform, path, texts);
      assert.deepEqual(faults, ["ok"]);
      assert.deepEqual(reader?.counts().byStatus, byStatus);
      const asked = [...texts.map((text) => ({ text })), ...LISTS];
      assert.deepEqual(
        asked.map((filter) => reader?.issues.page({ ...filter, limit: 20 })),
        found,
      );
    }
    (await IssueStore.open(platform, path)).close();
    using database = await platform.openDatabase(path, { readOnly: true });
    const known = knownIssues(new Statements(database));
    assert.ok((known?.indexed ?? 0) > 3_000, `${known?.indexed}`);
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
