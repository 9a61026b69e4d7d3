import assert from "node:assert/strict";
import type { Status } from "../../src/contract/issue.ts";
import { issue, type Scene, SIGNED_IN, withScene } from "./support.ts";

const BOUND = { provider: "linear", bindingRef: "srm_1", displayLabel: "Website (WEB)" };

async function withIssues(test: (scene: Scene) => Promise<void>): Promise<void> {
  await withScene({ env: SIGNED_IN }, async (scene) => {
    await scene.bind(BOUND);
    await scene.cache((store) => {
      const statuses: Status[] = ["todo", "in_progress", "done", "canceled", "blocked"];
      store.putPage(statuses.map((status, i) =>
        issue(String(i), {
          status,
          title: i === 1 ? "Login is slow, 100% sure" : `Thing ${i}`,
          body: i === 2 ? "about the needle" : null,
          updated_at: `2026-03-0${i + 1}T00:00:00Z`,
        })
      ));
    });
    await test(scene);
  });
}

async function keysOf({ json }: Scene, query: string): Promise<string[]> {
  const { issues } = await json(`issues.json?${query}`);
  return issues.map(({ key }: { key: string }) => key);
}

Deno.test("issues are found by title, text and key, in any case, last changed first", () =>
  withIssues(async (scene) => {
    assert.deepEqual(await keysOf(scene, ""), ["ENG-4", "ENG-3", "ENG-2", "ENG-1", "ENG-0"]);
    assert.deepEqual(await keysOf(scene, "q=LOGIN"), ["ENG-1"]);
    assert.deepEqual(await keysOf(scene, "q=needle"), ["ENG-2"]);
    assert.deepEqual(await keysOf(scene, "q=eng-4"), ["ENG-4"]);
    assert.deepEqual(await keysOf(scene, "q=100%25"), ["ENG-1"]);
    assert.deepEqual(await keysOf(scene, "q=_"), []);
    assert.deepEqual(await keysOf(scene, "q=nowhere"), []);
  }));

Deno.test("issues are filtered by a status, or by being open", () =>
  withIssues(async (scene) => {
    assert.deepEqual(await keysOf(scene, "status=done"), ["ENG-2"]);
    assert.deepEqual(await keysOf(scene, "status=open"), ["ENG-4", "ENG-1", "ENG-0"]);
    assert.deepEqual(await keysOf(scene, "status=open&q=login"), ["ENG-1"]);
  }));

Deno.test("a list that is cut says that there is more", () =>
  withIssues(async ({ json }) => {
    const two = await json("issues.json?limit=2");
    assert.deepEqual([two.issues.length, two.more], [2, true]);
    const five = await json("issues.json?limit=5");
    assert.deepEqual([five.issues.length, five.more], [5, false]);
  }));

Deno.test("a query that is not valid is refused", () =>
  withIssues(async ({ ask }) => {
    for (
      const query of [
        "limit=0",
        "limit=501",
        "limit=x",
        "limit=1.5",
        "status=nope",
        `q=${"a".repeat(201)}`,
      ]
    ) {
      assert.equal((await ask(`issues.json?${query}`)).status, 400, query);
    }
  }));

Deno.test("texts of an issue arrive as texts without control characters", () =>
  withScene({ env: SIGNED_IN }, async ({ bind, cache, ask }) => {
    await bind(BOUND);
    await cache((store) =>
      store.putPage([
        issue("0", {
          ref: { system: "linear", workspace: "acme", id: "0\u0007\u202e", key: "K\u0000" },
          title: "</script><img src=x onerror=alert(1)>\u001b[2J\u202E",
          labels: ["<i>\u0007"],
          assignees: ["A\u009bda"],
        }),
      ])
    );
    const answer = await ask("issues.json");
    assert.equal(answer.headers.get("content-type"), "application/json; charset=utf-8");
    const text = await answer.text();
    assert.doesNotMatch(text, /\p{Cc}|\\u00|\u202e/u);
    const { issues } = JSON.parse(text);
    assert.equal(issues[0].title, "</script><img src=x onerror=alert(1)>‹U+001B›[2J‹U+202E›");
    assert.deepEqual(issues[0].labels, ["<i>‹U+0007›"]);
    assert.deepEqual(issues[0].assignees, ["A‹U+009B›da"]);
    assert.equal(issues[0].key, "K‹U+0000›");
    const { key, title } = await (await ask(`issue.json?id=${issues[0].handle}`)).json();
    assert.deepEqual([key, title], [issues[0].key, issues[0].title], "an odd id finds its issue");
  }));

Deno.test("a refused edit is a mark and not the state of the issue", () =>
  withIssues(async ({ cache, json }) => {
    await cache((store) => {
      const base = issue("9");
      const fault = { code: "tool_failed", message: "blocked", at: 1 };
      const edits = { status: { at: 1, fault }, title: { at: 1, fault } };
      const wanted = { ...base, status: "in_review" as const, title: "Edited" };
      store.issues.put({ issue: wanted, base, edits, seenAt: null });
    });
    const { issues } = await json("issues.json?q=9");
    assert.deepEqual(issues[0].refused, ["in review refused", "title refused"]);
    assert.notEqual(issues[0].status, "in_review");
  }));

Deno.test("a conflict that waits for a decision is a mark of its issue, a settled one is none", () =>
  withIssues(async ({ cache, json }) => {
    await cache((store) => {
      for (
        const [issueId, field, taken] of [["1", "issue_type", null], [
          "3",
          "title",
          "ours",
        ]] as const
      ) {
        const values = { base: "", ours: "a", theirs: "b" };
        store.conflicts.record({ issueId, field, reason: "both_changed", ...values, taken }, 1);
      }
    });
    const { issues } = await json("issues.json");
    const held = issues.map(({ key, held }: { key: string; held: string[] }) => [key, ...held]);
    assert.deepEqual(held, [
      ["ENG-4"],
      ["ENG-3"],
      ["ENG-2"],
      ["ENG-1", "issue type to decide"],
      ["ENG-0"],
    ]);
  }));

Deno.test("a time that no tracker has told is none", () =>
  withIssues(async ({ cache, json }) => {
    const never = "1970-01-01T00:00:00.000Z";
    await cache((store) =>
      void store.putPage([issue("7", { created_at: never, updated_at: never })])
    );
    assert.equal((await json("issues.json?q=ENG-7")).issues[0].updated_at, null);
    const { created_at, updated_at } = await json("issue.json?id=7");
    assert.deepEqual([created_at, updated_at], [null, null]);
  }));

Deno.test("an issue with edits that wait for a push is marked", () =>
  withIssues(async ({ cache, json }) => {
    await cache((store) => {
      const base = issue("9");
      const edits = { title: { at: 1 } };
      store.issues.put({ issue: { ...base, title: "Edited" }, base, edits, seenAt: null });
    });
    const { issues } = await json("issues.json?q=9");
    const marks = (list: readonly { edited: string | null }[]) => list.map(({ edited }) => edited);
    assert.deepEqual(marks(issues), ["to push"]);
    const { issues: all } = await json("issues.json");
    assert.deepEqual(marks(all).filter((mark) => mark !== null), ["to push"]);
  }));
