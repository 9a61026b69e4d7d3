import assert from "node:assert/strict";
import { type ChangeQuery, measureChanges, readChanges } from "../../src/server/store/changes.ts";
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

function idsOf(issues: readonly { readonly json: string }[]): string[] {
  return issues.map(({ json }) => JSON.parse(json).ref.id);
}

Deno.test("a page has small and large issues in the order of their changes, each whole", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    await store(host.store, query.resourceId, { a: null, b: LARGE, c: null, d: LARGE, e: null });
    const measured = await measureChanges(host.store, query);
    assert.deepEqual(measured.rows.map(({ json }) => json === null), [
      false,
      true,
      false,
      true,
      false,
    ]);
    const page = await readChanges(host.store, query, measured);
    assert.deepEqual(idsOf(page.issues), ["a", "b", "c", "d", "e"]);
    assert.equal(JSON.parse(page.issues[3]?.json ?? "").body.length, LARGE);
    assert.ok(page.issues.every(({ json, isNew }) => isNew && JSON.parse(json).version === "1"));
    assert.equal(page.hasMore, false);
    const cut = await readChanges(host.store, query, { ...measured, through: query.after + 2 });
    assert.deepEqual(idsOf(cut.issues), ["a", "b"]);
  }));

Deno.test("a large issue that changes while its page is read is left to a later page, which there is then", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    await store(host.store, query.resourceId, { a: null, b: LARGE, c: null });
    const measured = await measureChanges(host.store, query);
    await store(host.store, query.resourceId, { a: 10, b: LARGE + 1 });
    const page = await readChanges(host.store, query, measured);
    assert.deepEqual(idsOf(page.issues), ["a", "c"]);
    assert.equal(page.hasMore, true);
    const next = { ...query, after: page.through };
    const later = await readChanges(host.store, next, await measureChanges(host.store, next));
    assert.deepEqual(idsOf(later.issues), ["a", "b"]);
    assert.deepEqual(later.issues.map(({ json }) => JSON.parse(json).version), ["2", "2"]);
  }));

Deno.test("a page that nothing follows and nothing is in reads nothing more", () =>
  withHost(async (host) => {
    const query = await fromNowOn(host.store);
    const page = await readChanges(host.store, query, await measureChanges(host.store, query));
    assert.deepEqual(page, { issues: [], through: query.after, hasMore: false });
  }));
