/** A pull of some statuses, types or updates is answered by an index, with what a scan of all issues would give. */
import assert from "node:assert/strict";
import { ISSUE_TYPES, STATUSES } from "../../src/contract/issue.ts";
import { isoTime } from "../../src/platform/clock.ts";
import { type ChangePage, type ChangeQuery, changesAfter } from "../../src/server/store/changes.ts";
import { listIssues } from "../../src/server/store/issue_list.ts";
import { storeIssue } from "../../src/server/store/issues.ts";
import { integer, text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { keepPage, keptPage, keptPages } from "../../src/server/sync/kept_pages.ts";
import { type Chance, chanceOf } from "../support/chance.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";
import { planOf } from "./plans.ts";
import { type TestHost, withHost } from "./support.ts";

const BEGIN = Date.parse("2026-01-01T00:00:00Z");
const MINUTE = 60_000;
/** Issues that a history works on. */
const ISSUES = 40;

async function resourceOf({ store }: TestHost): Promise<string> {
  return text(await store.one("SELECT id FROM resources WHERE label = 'Mobile (MOB)'") ?? {}, "id");
}

function all(resourceId: string, limit: number): ChangeQuery {
  const filters = { updatedSince: null, statuses: [], issueTypes: [], deliveredOnly: false };
  return { resourceId, after: 0, limit, ...filters };
}

/** Returns each of some values by chance; none of them means all. */
function some<T>(chance: Chance, values: readonly T[]): readonly T[] {
  return chance.below(2) === 0 ? [] : values.filter(() => chance.below(3) === 0);
}

/** Stores an issue with a status, a type and an update by chance, or removes it. */
async function happens(store: HostStore, id: string, chance: Chance): Promise<void> {
  const name = `issue-${chance.below(ISSUES)}`;
  await store.transaction(async (tx) => {
    if (chance.once(6)) return await removeIssue(tx, id, name, BEGIN + chance.below(90) * MINUTE);
    const issue = anIssue(name, {
      title: `Title ${chance.below(1_000)}`,
      // Large ones are read apart from their page.
      body: "x".repeat(chance.once(25) ? 600_000 : 9_000),
      status: chance.hot(STATUSES),
      issue_type: chance.hot(ISSUE_TYPES),
      updated_at: isoTime(BEGIN + chance.below(100) * MINUTE),
    });
    await storeIssue(tx, id, issue, chance.once(2));
  });
}

/** Returns the page that a scan of all issues finds: its texts, where it ends, and whether more follow. */
async function scanned(store: HostStore, query: ChangeQuery): Promise<Partial<ChangePage>> {
  const rows = await store.all(
    "SELECT * FROM issues WHERE resource_id = ? ORDER BY change",
    query.resourceId,
  );
  const found = rows.filter((row) =>
    integer(row, "change") > query.after &&
    integer(row, "updated_ms") >= (query.updatedSince ?? -Infinity) &&
    holds(query.statuses, row["status"]) && holds(query.issueTypes, row["issue_type"])
  );
  const page = found.slice(0, query.limit);
  return {
    json: new TextEncoder().encode(
      page.map((row) => `${text(row, "json").slice(0, -1)},"version":"${row["version"]}"}`).join(),
    ),
    count: page.length,
    through: page.length === 0 ? query.after : integer(page.at(-1) ?? {}, "change"),
    hasMore: found.length > page.length,
  };
}

function holds(values: readonly string[], value: unknown): boolean {
  return values.length === 0 || values.some((one) => one === value);
}

Deno.test("whatever was written, a page with filters is what a scan of all issues finds, kept or not", () =>
  withHost(async (host) => {
    const { store } = host;
    const id = await resourceOf(host);
    const chance = chanceOf(11);
    const kept = keptPages();
    for (let number = 0; number < 80; number++) await happens(store, id, chance);
    const queries = Array.from({ length: 10 }, (): ChangeQuery => ({
      ...all(id, 4 + chance.below(20)),
      statuses: some(chance, STATUSES),
      issueTypes: some(chance, ISSUE_TYPES),
      updatedSince: chance.below(2) === 0 ? null : BEGIN + chance.below(100) * MINUTE,
    }));
    let known = 0;
    for (let step = 0; step < 16; step++) {
      if (step % 2 === 0) await happens(store, id, chance);
      for (const first of queries) {
        for (let after = 0, hasMore = true; hasMore;) {
          const query = { ...first, after };
          const row = await store.one("SELECT last_change FROM resources WHERE id = ?", id);
          const before = (await keptPage(store, kept, query))?.page ?? null;
          const page = before ?? await changesAfter(store, query);
          if (before === null) keepPage(kept, query, page, integer(row ?? {}, "last_change"));
          else known++;
          const { json, count, through } = page;
          assert.deepEqual(
            { json, count, through, hasMore: page.hasMore },
            await scanned(store, query),
          );
          ({ hasMore, through: after } = page);
        }
      }
    }
    assert.ok(known > 20, `${known} were kept`);
  }));

Deno.test("a listing with filters shows what matches, and what was removed, while others write", () =>
  withPlatform({}, (platform) =>
    withHost(async (host) => {
      const { store } = host;
      const id = await resourceOf(host);
      const binding_ref = await host.bind("linear", "Mobile (MOB)");
      const chance = chanceOf(12);
      for (let number = 0; number < 60; number++) await happens(store, id, chance);
      for (let listing = 0; listing < 10; listing++) {
        const [status, issue_type] = [some(chance, STATUSES), some(chance, ISSUE_TYPES)];
        const updatedSince = chance.once(2) ? BEGIN + chance.below(100) * MINUTE : null;
        const limit = 1 + chance.below(8);
        const filters = {
          status,
          issue_type,
          updated_since: updatedSince === null ? null : isoTime(updatedSince),
        };
        let after = 0;
        let begunAt: number | null = null;
        for (let cursor: unknown = null; cursor !== undefined;) {
          const row = await store.one("SELECT last_change FROM resources WHERE id = ?", id);
          const last = integer(row ?? {}, "last_change");
          begunAt ??= last;
          const query = {
            ...all(id, limit),
            after,
            statuses: status,
            issueTypes: issue_type,
            updatedSince,
          };
          const wanted = await scanned(store, query);
          const { hasMore = false, through = 0 } = wanted;
          const upTo = hasMore ? through : last;
          const gone =
            (await store.all("SELECT * FROM tombstones WHERE resource_id = ? ORDER BY change", id))
              .filter((row) =>
                integer(row, "change") > after && integer(row, "change") <= upTo &&
                (integer(row, "change") > (begunAt ?? 0) ||
                  updatedSince !== null && integer(row, "removed_at") >= updatedSince)
              );
          const asked = { provider: "linear", binding_ref, limit, cursor, filters };
          const pull = (time: number) =>
            host.call("POST", "/api/v1/tracker/pull/", { ...asked, time });
          const page = await pull(1);
          // Once more, when it may be kept, while something else is written or not.
          for (let time = 2; time < 4; time++) {
            if (chance.once(3)) await store.run("UPDATE mappings SET last_sync_at = 1");
            assert.deepEqual((await pull(time)).body, page.body);
          }
          assert.equal(page.status, 200, JSON.stringify(page.body));
          const items = JSON.parse(`[${new TextDecoder().decode(wanted.json)}]`);
          assert.deepEqual(page.list("items"), items);
          assert.deepEqual(page.list("removed"), gone.map((row) => JSON.parse(text(row, "ref"))));
          assert.equal(page.at("has_more"), hasMore);
          cursor = page.at("next_cursor") ?? undefined;
          assert.equal(cursor !== undefined, hasMore);
          after = through;
          if (chance.once(2)) await happens(store, id, chance);
        }
      }
    }, { dataDir: `${platform.home}/data` })));

Deno.test("a list by status has each of its issues once, the last changed first", () =>
  withHost(async (host) => {
    const { store } = host;
    const id = await resourceOf(host);
    const chance = chanceOf(13);
    for (let number = 0; number < 80; number++) await happens(store, id, chance);
    for (const status of STATUSES) {
      const found: string[] = [];
      const limit = 1 + chance.below(9);
      for (let after: string | null = null;;) {
        const query = { resourceId: id, status, search: "", after, limit };
        const { entries, next } = await listIssues(store, query, () => Promise.resolve());
        assert.ok(entries.length <= limit);
        found.push(...entries.map(({ ref }) => ref.id));
        if (next === null) break;
        after = next;
      }
      const rows = await store.all(
        "SELECT external_id FROM issues WHERE resource_id = ? AND status = ? ORDER BY change DESC",
        id,
        status,
      );
      assert.deepEqual(found, rows.map((row) => row["external_id"]), status);
    }
  }));

Deno.test("issues of a rare kind are found without passing the others", () =>
  withHost(async ({ store }) => {
    const row = await store.one("SELECT id FROM resources WHERE label = 'Mobile (MOB)'");
    const resourceId = text(row ?? {}, "id");
    await store.transaction((tx) => storeIssue(tx, resourceId, anIssue("first"), false));
    await store.transaction((tx) =>
      tx.run(
        `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
         INSERT INTO issues (resource_id, external_id, key_folded, status, issue_type, updated_ms, change, version,
           undelivered, json, search, first_change, parent_id)
         SELECT i.resource_id, 'n' || n, 'n' || n, i.status, i.issue_type, i.updated_ms, i.change + n, 1, 0, i.json,
           i.search, i.change + n, i.parent_id FROM issues i, numbers WHERE i.external_id = 'first'`,
      )
    );
    await store.run("ANALYZE issues");
    const query = { ...all(resourceId, 100), statuses: ["blocked"], issueTypes: ["epic"] } as const;
    const kind = store.dialect === "sqlite"
      ? [resourceId, "blocked", "epic", 0]
      : ['["blocked"]', '["epic"]', resourceId, 0, 0, 101];
    const plan = await planOf(
      store,
      [100, resourceId, 0, ...kind, 101, 101],
      (tx) => changesAfter(tx, query),
    );
    assert.match(plan, /(COVERING INDEX|Index Only Scan using) issues_by_kind/);
    assert.doesNotMatch(plan, /Seq Scan/);
    if (store.dialect === "sqlite") assert.match(plan, /issues_by_change .*change=/);
    const last = { resourceId, status: "blocked", search: "", after: null, limit: 100 } as const;
    const before = Number.MAX_SAFE_INTEGER;
    const kinds = store.dialect === "sqlite"
      ? ISSUE_TYPES.flatMap((type) => [resourceId, "blocked", type, before])
      : ['["blocked"]', JSON.stringify(ISSUE_TYPES), resourceId, before, 0, 101];
    const listed = await planOf(
      store,
      [resourceId, ...kinds, 101, 101],
      (tx) => listIssues(tx, last, () => Promise.resolve()),
    );
    assert.match(listed, /(COVERING INDEX|Index Only Scan( Backward)? using) issues_by_kind/);
    assert.doesNotMatch(listed, /Seq Scan/);
  }));
