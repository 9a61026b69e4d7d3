import assert from "node:assert/strict";
import type { IssueStore } from "../../src/store/issue_store.ts";
import { issue, SIGNED_IN, withScene } from "./support.ts";

const BOUND = { provider: "linear", bindingRef: "srm_1", displayLabel: "Website (WEB)" };

/** Runs a test with what the page is told of an issue. */
async function withView(
  id: string,
  prepare: (store: IssueStore) => void,
  test: (view: ReturnType<typeof JSON.parse>) => void,
): Promise<void> {
  await withScene({ env: SIGNED_IN }, async ({ bind, cache, json }) => {
    await bind(BOUND);
    await cache(prepare);
    test(await json(`issue.json?id=${encodeURIComponent(id)}`));
  });
}

Deno.test("an issue is told with all its fields and the issues it points to", () => {
  const ref = (id: string, key?: string) => ({ system: "linear", workspace: "acme", id, key });
  return withView("1", (store) =>
    store.putPage([
      issue("1", {
        ref: { ...ref("1", "ENG-1"), url: "https://linear.app/acme/ENG-1" },
        title: "Login",
        body: "Some **text**",
        status: "in_review",
        issue_type: "bug",
        priority: 1,
        assignees: ["Ada"],
        labels: ["ui"],
        parent_ref: ref("2"),
        links: [{ type: "blocked_by", ref: ref("none", "OPS-7") }],
      }),
      issue("2"),
    ]), (view) =>
    assert.deepEqual(view, {
      handle: "1",
      key: "ENG-1",
      title: "Login",
      status: "in_review",
      type: "bug",
      priority: "urgent",
      assignees: ["Ada"],
      labels: ["ui"],
      parent: { key: "ENG-2", handle: "2" },
      links: [{ type: "blocked by", issue: { key: "OPS-7", handle: null } }],
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-03-01T00:00:00Z",
      link: { url: "https://linear.app/acme/ENG-1", host: "linear.app" },
      is_new: false,
      waiting: [],
      staying: [],
      refused: [],
      conflicts: [],
      body: {
        blocks: [{
          kind: "paragraph",
          text: [
            { kind: "text", text: "Some " },
            { kind: "strong", parts: [{ kind: "text", text: "text" }] },
          ],
        }],
        cut: false,
      },
    }));
});

Deno.test("edits that wait, refused ones with their reason, and held conflicts with both values are told", () =>
  withView("1", (store) => {
    const base = issue("1", { title: "Before", labels: ["a"], status: "todo" });
    const fault = { code: "tool_failed", message: "open \u001b blockers", at: 1 };
    const wanted = { ...base, title: "Wanted", status: "done" as const, priority: 2 as const };
    const edits = { title: { at: 1 }, priority: { at: 1 }, status: { at: 1, fault } };
    store.issues.put({ issue: wanted, base, edits, seenAt: null });
    store.conflicts.record({
      issueId: "1",
      field: "labels",
      reason: "both_changed",
      base: ["a"],
      ours: ["a", "b"],
      theirs: [],
      taken: null,
    }, Date.parse("2026-03-10T12:00:00Z"));
  }, (view) => {
    assert.equal(view.status, "todo", "a refused edit is not the state");
    assert.deepEqual(view.waiting, [
      { field: "title", from: "Before", to: "Wanted" },
      { field: "priority", from: "none", to: "high" },
    ]);
    assert.deepEqual(view.refused, [
      { field: "status", wanted: "done", reason: "open ‹U+001B› blockers" },
    ]);
    assert.deepEqual(view.conflicts, [{
      id: 1,
      field: "labels",
      base: "a",
      ours: "a, b",
      theirs: "(empty)",
      detected_at: "2026-03-10T12:00:00.000Z",
    }]);
  }));

Deno.test("an issue made here is told as new, not field by field", () =>
  withView("local-1", (store) => {
    const made = issue("local-1", { title: "Made here" });
    store.issues.put({ issue: made, base: null, edits: { title: { at: 1 } }, seenAt: null });
  }, ({ is_new, waiting }) => assert.deepEqual([is_new, waiting], [true, []])));

Deno.test("whatever an issue holds, what is told of it is bounded", () =>
  withView("1", (store) =>
    store.putPage([issue("1", {
      title: "t".repeat(100_000),
      body: "- > x\n".repeat(200_000),
      labels: Array.from({ length: 5_000 }, (_, i) => `${i}${"l".repeat(1_000)}`),
      assignees: Array.from({ length: 5_000 }, (_, i) => `Ada ${i}`),
      links: Array.from({ length: 3_000 }, (_, i) => ({
        type: "relates_to" as const,
        ref: { system: "linear", workspace: "acme", id: `x${i}` },
      })),
    })]), (view) => {
    assert.deepEqual([view.labels.length, view.assignees.length, view.links.length], [50, 50, 100]);
    assert.equal(view.body.cut, true);
    assert.ok(JSON.stringify(view).length < 500_000);
  }));

Deno.test("an issue that is not in the cache is a failure that says so", () =>
  withScene({ env: SIGNED_IN }, async ({ bind, cache, ask }) => {
    await bind(BOUND);
    await cache((store) => void store.putPage([issue("1")]));
    const answer = await ask("issue.json?id=2");
    assert.equal(answer.status, 404);
    assert.match((await answer.json()).error.message, /not in the cache/);
    for (const path of ["issue.json", "issue.json?id=", `issue.json?id=${"1".repeat(1_001)}`]) {
      assert.equal((await ask(path)).status, 400, path);
    }
  }));
