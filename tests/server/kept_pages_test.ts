import assert from "node:assert/strict";
import { type ChangePage, type ChangeQuery, changesAfter } from "../../src/server/store/changes.ts";
import { lastChange, storeIssue } from "../../src/server/store/issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { deliverChanges } from "../../src/server/store/open_changes.ts";
import { text } from "../../src/server/store/row.ts";
import type { HostStore, Transaction } from "../../src/server/store/store.ts";
import { removeIssue } from "../../src/server/store/tombstones.ts";
import { keepPage, keptPage, keptPages } from "../../src/server/sync/kept_pages.ts";
import { chanceOf } from "../support/chance.ts";
import { anIssue } from "../support/issues.ts";
import { testOnSqlite } from "../support/host_data.ts";
import { watchStatements } from "./statements.ts";
import { openTestHost, type TestHost, withHost } from "./support.ts";

/** Characters of an issue: a dozen make a page that is worth keeping. */
const BODY = 4_000;

async function resourceOf({ store }: TestHost): Promise<string> {
  return text(await store.one("SELECT id FROM resources WHERE label = 'Mobile (MOB)'") ?? {}, "id");
}

async function inResource(
  store: HostStore,
  id: string,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<void> {
  await store.transaction(async (tx) => {
    await lockResource(tx, id);
    await work(tx);
  });
}

function all(resourceId: string, after: number, limit: number): ChangeQuery {
  const filters = { updatedSince: null, statuses: [], issueTypes: [], deliveredOnly: false };
  return { resourceId, after, limit, ...filters };
}

Deno.test("whatever changes, a page that is kept is the page that is there, and most are kept", () =>
  withHost(async (host) => {
    const { store } = host;
    const id = await resourceOf(host);
    const chance = chanceOf(7);
    const kept = keptPages();
    let known = 0;
    const read = async (query: ChangeQuery): Promise<ChangePage> => {
      const last = await lastChange(store, id);
      const before = await keptPage(store, kept, query);
      if (before !== null) {
        known++;
        assert.equal(before.last, last);
        return before.page;
      }
      const page = await changesAfter(store, query);
      keepPage(kept, query, page, last);
      return page;
    };
    const issue = (number: number, words: string) =>
      anIssue(`issue-${number}`, { title: words, body: `${words} `.repeat(BODY / words.length) });
    const written = (number: number, words: string) =>
      inResource(store, id, (tx) => storeIssue(tx, id, issue(number, words), true));
    const begin = await lastChange(store, id);
    for (let number = 0; number < 60; number++) await written(number, "first");
    const works = [
      () => written(chance.below(60), `changed ${chance.below(1_000)}`),
      () => written(60 + chance.below(1_000), "added"),
      () => inResource(store, id, (tx) => removeIssue(tx, id, `issue-${chance.below(60)}`, 0)),
      () => inResource(store, id, (tx) => deliverChanges(tx, id, 5)),
      () => Promise.resolve(),
    ];
    for (let step = 0; step < 40; step++) {
      await chance.pick(works)();
      for (const limit of [12, 25]) {
        let after = begin;
        for (let hasMore = true; hasMore;) {
          const query = all(id, after, limit);
          const [page, now] = [await read(query), await changesAfter(store, query)];
          assert.deepEqual(page, now);
          ({ hasMore, through: after } = page);
        }
      }
    }
    assert.ok(known > 50, `${known} were kept`);
  }));

Deno.test("a page with filters is no page without them", () =>
  withHost(async (host) => {
    const { store } = host;
    const id = await resourceOf(host);
    const kept = keptPages();
    const begin = await lastChange(store, id);
    for (let number = 0; number < 20; number++) {
      const status = number % 2 === 0 ? "done" : "todo";
      const more = { status, body: "x".repeat(BODY) } as const;
      await inResource(store, id, (tx) => storeIssue(tx, id, anIssue(`${number}`, more), false));
    }
    const last = await lastChange(store, id);
    const query = all(id, begin, 20);
    const page = await changesAfter(store, query);
    keepPage(kept, query, page, last);
    keepPage(kept, query, page, last);
    assert.equal((await keptPage(store, kept, query))?.page.count, 20);
    const filters: Partial<ChangeQuery>[] = [
      { statuses: ["done"] },
      { issueTypes: ["bug"] },
      { updatedSince: 1 },
      { deliveredOnly: true },
    ];
    for (const filter of filters) {
      assert.equal(await keptPage(store, kept, { ...query, ...filter }), null);
    }
    assert.equal(await keptPage(store, kept, all(id, begin + 1, 20)), null);
    assert.equal(await keptPage(store, kept, all(id, begin, 19)), null);
    await store.run("UPDATE resources SET last_change = last_change - 1 WHERE id = ?", id);
    assert.equal(await keptPage(store, kept, query), null, "older data in its place");
  }));

/** Returns the statements that read texts of issues while `work` is done. */
async function readsOf(store: HostStore, work: () => Promise<unknown>): Promise<number> {
  let reads = 0;
  const stop = watchStatements(
    store,
    (sql) => void (/octet_length\(json\) AS bytes/.test(sql) && reads++),
  );
  await work();
  stop();
  return reads;
}

testOnSqlite(
  "a page that was pulled twice is not read again when something else is written, and is when it changes",
  async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "tracker-kept-" });
    const host = await openTestHost({ dataDir });
    try {
      const { store } = host;
      const id = await resourceOf(host);
      const ref = await host.bind("linear", "Mobile (MOB)");
      const issue = (name: string, title: string) =>
        anIssue(name, { title, body: "x".repeat(BODY) });
      await inResource(store, id, async (tx) => {
        for (let number = 0; number < 20; number++) {
          await storeIssue(tx, id, issue(`kept-${number}`, "Before"), false);
        }
      });
      const body = { provider: "linear", binding_ref: ref, limit: 1_000 };
      const pull = () => host.call("POST", "/api/v1/tracker/pull/", body);
      const elsewhere = () =>
        store.run("UPDATE mappings SET last_sync_at = COALESCE(last_sync_at, 0) + 1");
      const before = await pull();
      await pull();
      await elsewhere();
      await pull();
      await elsewhere();
      const again = await readsOf(store, async () => {
        assert.deepEqual((await pull()).body, before.body);
      });
      assert.equal(again, 0);
      await inResource(store, id, (tx) => storeIssue(tx, id, issue("kept-3", "After"), false));
      const changed = await readsOf(store, async () => {
        const items = (await pull()).list("items").map((item) => JSON.stringify(item));
        assert.match(items.at(-1) ?? "", /"title":"After"/);
        assert.equal(items.length, before.list("items").length);
      });
      assert.equal(changed, 1);
    } finally {
      await host.host.close();
      await Deno.remove(dataDir, { recursive: true });
    }
  },
);

testOnSqlite(
  "while nothing is written, the database is asked for nothing to answer with a page that is kept",
  async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "tracker-kept-" });
    const host = await openTestHost({ dataDir });
    try {
      const { store } = host;
      const id = await resourceOf(host);
      const ref = await host.bind("linear", "Mobile (MOB)");
      await inResource(store, id, async (tx) => {
        for (let number = 0; number < 20; number++) {
          const issue = anIssue(`kept-${number}`, { body: "x".repeat(BODY) });
          await storeIssue(tx, id, issue, false);
        }
        await removeIssue(tx, id, "kept-0", 0);
      });
      // What differs has it be another question, for the same page.
      const pull = (time: number) =>
        host.call("POST", "/api/v1/tracker/pull/", {
          provider: "linear",
          binding_ref: ref,
          limit: 1_000,
          time,
        });
      const first = await pull(0);
      let asked = Infinity;
      for (let time = 1; asked > 0; time++) {
        assert.ok(time < 100, `${asked} statements`);
        asked = 0;
        const stop = watchStatements(store, () => void asked++);
        assert.deepEqual((await pull(time)).body, first.body);
        stop();
      }
    } finally {
      await host.host.close();
      await Deno.remove(dataDir, { recursive: true });
    }
  },
);
