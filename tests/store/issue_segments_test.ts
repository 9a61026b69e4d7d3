import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import { join } from "../../src/platform/paths.ts";
import { knownIssues } from "../../src/store/issue_segments.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { IssueTable } from "../../src/store/issues.ts";
import { Statements } from "../../src/store/rows.ts";
import { SORT_FIELDS } from "../../src/store/sort_fields.ts";
import { withPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

/** Lists that read every issue. */
const SCAN = {
  words: { proposed: () => null, share: () => 1 },
  chosen: { choose: () => null, referenced: () => null },
};

/** Issues of which many are equal in what they are sorted by. */
function manyIssues(count: number): NormalizedIssue[] {
  return Array.from({ length: count }, (_, at) =>
    anIssue(`iss-${at * 7919 % count}`, {
      title: `Update ${at % 3 === 0 ? "the" : "an"} importer ${at % 11}`,
      status: at % 10 === 0 ? "done" : "todo",
      priority: at % 100 === 0 ? 1 : 2,
      labels: at % 3 === 0 ? ["Core", `area-${at % 5}`] : [],
      assignees: at % 4 === 0 ? [] : ["ada"],
      created_at: new Date(Date.UTC(2026, 0, 1) + (at % 7) * 1_000).toISOString(),
      updated_at: new Date(Date.UTC(2026, 0, 2) + (at % 2) * 1_000).toISOString(),
    }));
}

for (const name of ["kept", "stored again"] as const) {
  Deno.test(`pages of thousands of equal issues, ${name}, are those of reading every issue`, () =>
    withPlatform({}, async (platform) => {
      const path = join(platform.home, "a.db");
      using store = await IssueStore.open(platform, path);
      const all = manyIssues(3_000);
      for (let from = 0; from < all.length; from += 1_000) {
        store.putPage(all.slice(from, from + 1_000));
      }
      if (name === "stored again") {
        store.putPage(
          all.filter((_, at) => at % 50 === 3).map((issue) => ({ ...issue, title: "again" })),
        );
        store.listings.remove(["iss-17", "iss-2999", "iss-0"]);
      }
      using database = await platform.openDatabase(path, { readOnly: true });
      assert.notEqual(knownIssues(new Statements(database)), null);
      const scanned = new IssueTable(database, SCAN);
      for (const by of SORT_FIELDS) {
        for (const descending of [false, true]) {
          for (const filter of [{}, { labels: ["core"] }, { assignees: ["", "ADA"] }]) {
            let filtered: Parameters<IssueTable["page"]>[0] = {
              ...filter,
              sort: { by, descending },
              limit: 40,
            };
            for (let page = 0; page < 3; page++) {
              const found = store.issues.page(filtered);
              assert.deepEqual(found, scanned.page(filtered), JSON.stringify(filtered));
              // The next one, and one from the middle on.
              const after = page === 1
                ? scanned.page({ ...filtered, limit: 1_400 }).next
                : found.next;
              if (after === null) break;
              filtered = { ...filtered, after };
            }
          }
        }
      }
    }));
}

Deno.test("segments that a program of the version before has built are built again", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    const all = manyIssues(2_400);
    const read = async () => {
      using database = await platform.openDatabase(path, { readOnly: true });
      return knownIssues(new Statements(database)) !== null;
    };
    (await IssueStore.open(platform, path)).putPage(all);
    assert.ok(await read());
    const faults = [
      // A segment without columns.
      "DELETE FROM issue_columns",
      // An issue that was stored again, and not noted.
      "INSERT OR REPLACE INTO tracker_issues SELECT * FROM tracker_issues WHERE id = 'iss-719'",
    ];
    for (const sql of faults) {
      using other = await platform.openDatabase(path);
      other.exec(sql);
      assert.equal(await read(), false, sql);
      using reader = await IssueStore.openForReading(platform, path);
      assert.equal(reader?.issues.page({ labels: ["core"], limit: 5 }).total, 800);
      using store = await IssueStore.open(platform, path);
      assert.ok(await read(), sql);
      assert.equal(store.issues.page({ labels: ["core"], limit: 5 }).total, 800);
    }
  }));
