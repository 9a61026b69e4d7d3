import assert from "node:assert/strict";
import { IssueStore } from "../../src/store/issue_store.ts";
import { testPlatform } from "../support/platform.ts";
import { anIssue } from "./issue_fixture.ts";

/** So many that they are not counted unless it is asked for, each tenth with a word of its own. */
async function manyIssues(): Promise<IssueStore> {
  const store = await IssueStore.openEmpty(testPlatform("/nowhere"));
  store.putPage(Array.from({ length: 6_000 }, (_, at) =>
    anIssue(`iss-${at}`, {
      title: at % 10 === 0 ? `seldom ${at}` : `often ${at}`,
      updated_at: new Date(Date.UTC(2026, 0, 1) + (at * 7919 % 6_000) * 1_000).toISOString(),
    })));
  return store;
}

Deno.test("a search that finds very many has the same page whether it counts them or not", async () => {
  using store = await manyIssues();
  for (const sort of [undefined, { by: "updated", descending: false }] as const) {
    const filter = { text: "often", limit: 40, ...(sort === undefined ? {} : { sort }) };
    const counted = store.issues.page(filter);
    const quick = store.issues.page({ ...filter, isCounted: false });
    assert.equal(counted.total, 5_400);
    assert.deepEqual(quick, { ...counted, total: null });
    assert.ok(quick.next !== null);
    const next = { ...filter, after: quick.next };
    assert.deepEqual(
      store.issues.page({ ...next, isCounted: false }),
      { ...store.issues.page(next), total: null },
    );
  }
});

Deno.test("what must be sorted is counted with it, and so is a list that an index counts", async () => {
  using store = await manyIssues();
  const total = (filter: Parameters<IssueStore["list"]>[0]) =>
    store.issues.page({ ...filter, limit: 5, isCounted: false }).total;
  assert.equal(total({ text: "seldom", sort: { by: "title", descending: false } }), 600);
  assert.equal(total({}), 6_000);
  assert.equal(total({ status: ["todo"] }), store.counts().byStatus.todo);
});
