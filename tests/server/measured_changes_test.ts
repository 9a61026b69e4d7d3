import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import {
  type ChangePage,
  type ChangeQuery,
  measureChanges,
  readChanges,
} from "../../src/server/store/changes.ts";
import { lastChange, storeIssue } from "../../src/server/store/issues.ts";
import { lockResource } from "../../src/server/store/locks.ts";
import { text } from "../../src/server/store/row.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { anIssue } from "../support/issues.ts";
import { withHost } from "./support.ts";

/** Characters of an issue that is not read while a page of a thousand is measured. */
const LARGE = 20_000;

/** Stores issues by their names; `null` for a body of a few words. */
async function store(
  store: HostStore,
  resourceId: string,
  issues: Readonly<Record<string, number | null>>,
): Promise<void> {
  await store.transaction(async (tx) => {
    await lockResource(tx, resourceId);
    for (const [name, length] of Object.entries(issues)) {
      const body = length === null ? "A few words" : "x".repeat(length);
      await storeIssue(tx, resourceId, anIssue(name, { body }), false);
    }
  });
}

/** Returns what asks for all that is stored from now on in a resource. */
async function fromNowOn(store: HostStore): Promise<ChangeQuery> {
  const row = await store.one("SELECT id FROM resources WHERE label = 'Mobile (MOB)'");
  const resourceId = text(row ?? {}, "id");
  return {
    resourceId,
    after: await lastChange(store, resourceId),
    limit: 1_000,
    updatedSince: null,
    statuses: [],
    issueTypes: [],
    deliveredOnly: false,
  };
}

/** Returns the issues of a page. */
function issuesOf({ json }: ChangePage): NormalizedIssue[] {
  return JSON.parse(`[${new TextDecoder().decode(json)}]`);
}

function idsOf(page: ChangePage): string[] {
  return issuesOf(page).map(({ ref }) => ref.id);
}

Deno.test("a page has small and large issues in the order of their changes, each whole", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    await store(host.store, query.resourceId, { a: null, b: LARGE, c: null, d: LARGE, e: null });
    const measured = await measureChanges(host.store, query);
    assert.deepEqual(measured.issues.map(({ end }) => end === null), [
      false,
      true,
      false,
      true,
      false,
    ]);
    const page = await readChanges(host.store, query, measured);
    assert.deepEqual(idsOf(page), ["a", "b", "c", "d", "e"]);
    const issues = issuesOf(page);
    assert.equal(issues[3]?.body?.length, LARGE);
    assert.deepEqual(issues.map(({ version }) => version), ["1", "1", "1", "1", "1"]);
    assert.deepEqual([page.count, page.created], [5, 5]);
    assert.equal(page.hasMore, false);
    const cut = await readChanges(host.store, query, { ...measured, through: query.after + 2 });
    assert.deepEqual(idsOf(cut), ["a", "b"]);
  }));

Deno.test("a large issue that changes while its page is read is left to a later page, which there is then", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    await store(host.store, query.resourceId, { a: null, b: LARGE, c: null });
    const measured = await measureChanges(host.store, query);
    await store(host.store, query.resourceId, { a: 10, b: LARGE + 1 });
    const page = await readChanges(host.store, query, measured);
    assert.deepEqual(idsOf(page), ["a", "c"]);
    assert.equal(page.hasMore, true);
    const next = { ...query, after: page.through };
    const later = await readChanges(host.store, next, await measureChanges(host.store, next));
    assert.deepEqual(idsOf(later), ["a", "b"]);
    assert.deepEqual(issuesOf(later).map(({ version }) => version), ["2", "2"]);
  }));

Deno.test("a page that nothing follows and nothing is in reads nothing more", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    const page = await readChanges(host.store, query, await measureChanges(host.store, query));
    const { through, hasMore, count, created, json } = page;
    assert.deepEqual({ through, hasMore, count, created }, {
      through: query.after,
      hasMore: false,
      count: 0,
      created: 0,
    });
    assert.equal(json.length, 0);
  }));

Deno.test("a page holds texts of many bytes a character, and versions of several digits, as they were stored", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    const title = 'Ü 😀 漢字 "quoted" }, \\ \u0001';
    await host.store.transaction(async (tx) => {
      await lockResource(tx, query.resourceId);
      for (let version = 1; version <= 12; version++) {
        await storeIssue(
          tx,
          query.resourceId,
          anIssue("a", { title: `${title} ${version}` }),
          false,
        );
      }
      await storeIssue(tx, query.resourceId, anIssue("b", { title }), false);
      await storeIssue(
        tx,
        query.resourceId,
        anIssue("c", { title, body: "漢".repeat(LARGE) }),
        false,
      );
      await storeIssue(tx, query.resourceId, anIssue("d", { title }), false);
    });
    const page = await readChanges(host.store, query, await measureChanges(host.store, query));
    const told = issuesOf(page).map(({ ref, title, version }) => [ref.id, title, version]);
    assert.deepEqual(told, [
      ["a", `${title} 12`, "12"],
      ["b", title, "1"],
      ["c", title, "1"],
      ["d", title, "1"],
    ]);
    // One that has read the eleventh version has seen the issue before.
    const next = { ...query, after: page.through - 4 };
    const { created, count } = await readChanges(
      host.store,
      next,
      await measureChanges(host.store, next),
    );
    assert.deepEqual([created, count], [3, 4]);
  }));

Deno.test("a short page keeps no memory of the large issue after it", () =>
  withHost(async (host) => {
    const query = { ...await fromNowOn(host.store), limit: 1 };
    await store(host.store, query.resourceId, { a: null, b: 1_000_000 });
    const page = await readChanges(host.store, query, await measureChanges(host.store, query));
    assert.deepEqual([idsOf(page), page.hasMore], [["a"], true]);
    assert.ok(page.json.buffer.byteLength <= 2 * page.json.length);
  }));
