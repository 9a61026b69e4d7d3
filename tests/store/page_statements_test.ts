import assert from "node:assert/strict";
import type { DatabaseOpener } from "../../src/platform/database.ts";
import { join } from "../../src/platform/paths.ts";
import type { Checkpoint } from "../../src/store/checkpoints.ts";
import { knownIssues } from "../../src/store/issue_segments.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { Statements } from "../../src/store/rows.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

const PAGE = 600;

/** The statements that are run on the databases of a platform, one entry for each time. */
function listening(platform: TestPlatform): { readonly platform: TestPlatform; run: string[] } {
  const run: string[] = [];
  const openDatabase: DatabaseOpener = async (path, options) => {
    const database = await platform.openDatabase(path, options);
    const prepare = (sql: string) => {
      const statement = database.prepare(sql);
      const listened = (["all", "get", "run"] as const).map((name) => {
        const method: (...args: never[]) => unknown = statement[name];
        const value = (...args: never[]) => {
          run.push(sql);
          return method.apply(statement, args);
        };
        return [name, { value }] as const;
      });
      return Object.create(statement, Object.fromEntries(listened));
    };
    return Object.create(database, {
      isOpen: { get: () => database.isOpen },
      isTransaction: { get: () => database.isTransaction },
      prepare: { value: prepare },
      exec: { value: (sql: string) => database.exec(sql) },
      location: { value: () => database.location() },
      close: { value: () => database.close() },
    });
  };
  return { platform: { ...platform, openDatabase }, run };
}

function pageOf(page: number) {
  return Array.from({ length: PAGE }, (_, at) => anIssue(`iss-${page * PAGE + at}`));
}

function place(cursor: string | null): Checkpoint {
  return { cursor, updatedSince: null, filtersKey: "all" };
}

/** Stores a listing of so many pages into a new cache; returns the statements that each of them has run. */
async function storedPages(platform: TestPlatform, pages: number): Promise<readonly string[][]> {
  const { platform: listened, run } = listening(platform);
  using store = await IssueStore.open(listened, join(platform.home, "a.db"));
  return Array.from({ length: pages }, (_, page) => {
    run.length = 0;
    store.putPage(pageOf(page), place(page === pages - 1 ? null : `after ${page}`));
    return [...run];
  });
}

Deno.test("the pages of a listing are indexed as they come, and no issue is read again for it", () =>
  withPlatform({}, async (platform) => {
    const run = (await storedPages(platform, 5)).flat();
    assert.deepEqual(run.filter((sql) => /json_extract\(json, '\$\.body'\)/.test(sql)), []);
    using database = await platform.openDatabase(join(platform.home, "a.db"), { readOnly: true });
    const known = knownIssues(new Statements(database));
    assert.deepEqual(known?.segments.map(({ size }) => size), Array(5).fill(PAGE));
  }));

Deno.test("a listing of one small page is not indexed", () =>
  withPlatform({}, async (platform) => {
    const run = (await storedPages(platform, 1)).flat();
    assert.deepEqual(run.filter((sql) => sql.startsWith("INSERT INTO issue_")), []);
  }));

Deno.test("storing the pages of a listing does not count all issues each time", () =>
  withPlatform({}, async (platform) => {
    const run = (await storedPages(platform, 6)).flat();
    const counted = run.filter((sql) => /count\(\*\) FROM tracker_issues\)/.test(sql));
    assert.ok(counted.length <= 2, `${counted.length} times`);
  }));

Deno.test("what a listing has not shown is found by as many statements as there are issues gone, and a few", () =>
  withPlatform({}, async (platform) => {
    const { platform: listened, run } = listening(platform);
    using store = await IssueStore.open(listened, join(platform.home, "a.db"));
    store.putPage([...pageOf(0), anIssue("gone"), anIssue("end\0of"), anIssue("é%_'\"")]);
    store.listings.begin(1);
    store.listings.note(pageOf(0).map(({ ref }) => ref.id));
    store.listings.note(["end\0of", "é%_'\"", "iss-1"]);
    run.length = 0;
    const { removed } = store.listings.complete();
    assert.deepEqual(removed.map(({ id }) => id), ["gone"]);
    assert.ok(run.length <= 6, `${run.length} statements`);
    assert.ok(run.every((sql) => !/ IN \(|json_each/.test(sql)), run.join("\n"));
  }));
