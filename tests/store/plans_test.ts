import assert from "node:assert/strict";
import type { Database } from "../../src/platform/database.ts";
import { join } from "../../src/platform/paths.ts";
import type { IssueFilter } from "../../src/store/issue_filter.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { IssueTable } from "../../src/store/issues.ts";
import { READABLE_FROM, STORE_MIGRATIONS } from "../../src/store/schema.ts";
import { SORT_FIELDS } from "../../src/store/sort_fields.ts";
import { testPlatform, withPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

/** How SQLite finds the rows of each statement that `ask` prepares, one line a step. */
async function plansOf(ask: (issues: IssueTable) => void): Promise<string[]> {
  const { openDatabase } = testPlatform("/nowhere");
  using database = await openDatabase(":memory:", { migrations: STORE_MIGRATIONS });
  const asked: string[] = [];
  const listening: Database = Object.create(database, {
    isTransaction: { get: () => database.isTransaction },
    exec: { value: (sql: string) => database.exec(sql) },
    prepare: {
      value: (sql: string) => {
        asked.push(sql);
        return database.prepare(sql);
      },
    },
  });
  ask(new IssueTable(listening));
  return asked.flatMap((sql) => planOf(database, sql));
}

function planOf(database: Database, sql: string): string[] {
  return database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => String(detail));
}

/** The steps that look for issues without having their ids, by what they use. */
function searches(plan: readonly string[]): string[] {
  return plan.filter((step) =>
    /^(SCAN|SEARCH) tracker_issues/.test(step) && !/autoindex_tracker_issues_1 \(id=\?\)/.test(step)
  );
}

/** What is listed in the order of an index, so that a page ends the reading. */
const IN_ORDER: readonly IssueFilter[] = [
  {},
  { limit: 50 },
  { sort: { by: "updated", descending: true }, limit: 50 },
  { status: ["todo"], limit: 50 },
  { status: ["todo", "in_progress", "in_review", "blocked"], limit: 50 },
  { issueType: ["bug"], limit: 50 },
  { status: ["todo"], issueType: ["bug"], limit: 50 },
  { updatedSince: 7, limit: 50 },
  { after: [7, "a"], limit: 50 },
  { status: ["todo"], after: [7, "a"], limit: 50 },
];

for (const filter of IN_ORDER) {
  Deno.test(`an index finds and counts the issues of ${JSON.stringify(filter)}`, async () => {
    const found = searches(await plansOf((issues) => issues.page({ limit: 50, ...filter })));
    assert.equal(found.length, 2, `${found}`);
    for (const step of found) assert.match(step, / USING COVERING INDEX /);
  });
}

Deno.test("the page after a place begins at that place of the index", async () => {
  const plans = await plansOf((issues) => issues.page({ after: [7, "a"], limit: 50 }));
  assert.ok(
    plans.includes(
      "SEARCH tracker_issues USING COVERING INDEX tracker_issues_by_update (updated_at<?)",
    ),
    `${plans}`,
  );
});

Deno.test("issues are counted by status without reading one", async () => {
  const found = searches(await plansOf((issues) => issues.counts()));
  assert.deepEqual(
    found.slice(0, 6),
    Array(6).fill(
      "SEARCH tracker_issues USING COVERING INDEX tracker_issues_by_status (status=?)",
    ),
  );
});

Deno.test("whether edits wait is known without reading an issue that is not edited", async () => {
  const plans = await plansOf((issues) => issues.hasPending());
  assert.deepEqual(plans, ["SCAN tracker_issues USING INDEX tracker_issues_edited"]);
});

Deno.test("a list in an order without an index reads each issue once", async () => {
  for (const by of SORT_FIELDS) {
    const sort = { by, descending: false };
    const found = searches(await plansOf((issues) => issues.page({ sort, limit: 50 })));
    // All are counted by an index alone, and those that are in no segment by their rows.
    const read = found.filter((step) => !step.includes("COVERING") && !step.includes("(rowid>?)"));
    assert.equal(read.length, by === "updated" || by === "status" ? 0 : 1, `${by}: ${found}`);
  }
});

Deno.test("a cache of the version before is read as it is, without a copy", () =>
  withPlatform({}, async (platform) => {
    const path = join(platform.home, "a.db");
    const old = await platform.openDatabase(path, {
      migrations: STORE_MIGRATIONS.slice(0, READABLE_FROM),
    });
    old.close();
    using writer = await platform.openDatabase(path);
    using reader = await IssueStore.openForReading(platform, path);
    assert.equal(reader?.counts().total, 0);
    // A copy would not see what is written now.
    writer.prepare(
      `INSERT INTO tracker_issues (id, title, status, issue_type, updated_at, json)
       VALUES ('a', 'Issue a', 'todo', 'task', 1, ?)`,
    ).run(JSON.stringify(anIssue("a")));
    assert.equal(reader?.counts().byStatus.todo, 1);
    assert.equal(reader?.list()[0]?.ref.id, "a");
  }));

for (
  const { size, told } of [{ size: 1, told: "" }, {
    size: 34e6,
    told: "Preparing the issue cache once…\n",
  }]
) {
  Deno.test(`a cache of the version before with ${size} bytes of text is prepared, and says ${told === "" ? "nothing" : "so once"}`, () =>
    withPlatform({}, async (platform) => {
      const path = join(platform.home, "a.db");
      const old = await platform.openDatabase(path, {
        migrations: STORE_MIGRATIONS.slice(0, READABLE_FROM),
      });
      const issue = anIssue("a", { body: "x".repeat(size) });
      old.prepare(
        `INSERT INTO tracker_issues (id, title, status, issue_type, updated_at, json)
         VALUES ('a', 'Issue a', 'todo', 'task', 1, ?)`,
      ).run(JSON.stringify(issue));
      old.close();
      for (let round = 0; round < 2; round++) {
        using store = await IssueStore.open(platform, path);
        assert.deepEqual(store.get("a"), issue);
        assert.equal(store.counts().total, 1);
        assert.equal(platform.stderr(), told);
      }
    }));
}
