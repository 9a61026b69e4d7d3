import assert from "node:assert/strict";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { isRefusal } from "../../src/local/tool.ts";
import { discardEdits } from "../../src/local/discard.ts";
import { createIssue, editIssue } from "../../src/local/edits.ts";
import { parseOwnership } from "../../src/local/ownership.ts";
import { MINUTE, scene } from "./engine_scene.ts";
import { DIED } from "./fake_tracker.ts";

const refuseStatus = {
  failWrite: (_: string, field: string) => field === "status" ? "blocked by open issues" : null,
};

scene("a refused edit fails the push that met it, once, and is not sent again", async (scene) => {
  const { engine, tracker, edits, platform } = scene;
  tracker.add("a");
  await engine().pull();
  platform.clock.advance(MINUTE);
  editIssue(edits(), "a", { status: "done", title: "Ours" });
  const first = await engine().run();
  assert.deepEqual(first.push.failures.map(({ id, fields }) => [id, fields]), [["a", ["status"]]]);
  assert.deepEqual([first.push.updated, first.push.refused], [1, 0]);
  const calls = tracker.calls.filter((call) => call.startsWith("update")).length;
  for (let i = 0; i < 2; i++) {
    const later = await engine().run({ full: true });
    assert.deepEqual([later.pull.failures, later.push.failures, later.push.refused], [[], [], 1]);
  }
  assert.equal(tracker.calls.filter((call) => call.startsWith("update")).length, calls);
}, refuseStatus);

scene("a refused edit is not the state of the issue", async ({ engine, tracker, edits, store }) => {
  tracker.add("a");
  await engine().pull();
  editIssue(edits(), "a", { status: "done" });
  assert.equal(store.get("a")?.status, "done", "it may well arrive");
  await engine().push();
  assert.equal(store.get("a")?.status, "todo");
  assert.equal(store.counts().byStatus.done, 0);
}, refuseStatus);

for (
  const [what, again] of [
    ["an edit of the issue", true],
    ["a change of the issue at the tracker", true],
    ["--retry", true],
    ["another issue's change", false],
  ] as const
) {
  scene(`after ${what} a refused edit is ${again ? "" : "not "}sent again`, async (scene) => {
    const { engine, tracker, edits, platform } = scene;
    tracker.add("a");
    tracker.add("b");
    await engine().pull();
    platform.clock.advance(MINUTE);
    editIssue(edits(), "a", { status: "done" });
    await engine().push();
    platform.clock.advance(MINUTE);
    if (what === "an edit of the issue") editIssue(edits(), "a", { body: "Text" });
    if (what === "a change of the issue at the tracker") tracker.edit("a", { labels: ["new"] });
    if (what === "another issue's change") tracker.edit("b", { title: "New" });
    const run = await engine().run({ full: true, retry: what === "--retry" });
    assert.equal(run.push.failures.length, again ? 1 : 0);
  }, refuseStatus);
}

{
  let hasDied = false;
  scene(
    "a write that died is sent again, which is no reason to repeat a refused one",
    async (scene) => {
      const { engine, tracker, edits, platform } = scene;
      tracker.add("a");
      await engine().pull();
      platform.clock.advance(MINUTE);
      editIssue(edits(), "a", { status: "done", title: "Ours" });
      assert.equal((await engine().push()).failures.length, 2);
      hasDied = true;
      platform.clock.advance(MINUTE);
      assert.deepEqual((await engine().push()).failures, []);
      assert.equal(tracker.issues.get("a")?.title, "Ours");
      const last = await engine().push();
      assert.deepEqual([last.failures, last.refused], [[], 1]);
    },
    {
      failWrite: (_, field) => {
        if (field === "status") return "blocked by open issues";
        return field === "title" && !hasDied ? DIED : null;
      },
    },
  );
}

scene("an issue that cannot be made is refused once, and its child with it", async (scene) => {
  const { engine, edits, store } = scene;
  const parent = createIssue(edits(), { title: "Parent" }).issue.ref.id;
  createIssue(edits(), { title: "Child", parent });
  assert.equal((await engine().push()).failures.length, 2);
  const later = await engine().push();
  assert.deepEqual([later.failures, later.refused], [[], 2]);
  assert.equal(store.counts().refused, 2);
  assert.equal((await engine().push({ retry: true })).failures.length, 2);
}, { failWrite: (_, field) => field === "create" ? "no such type" : null });

scene("discarded edits are gone, and the next sync has nothing to tell", async (scene) => {
  const { engine, tracker, edits, store } = scene;
  tracker.add("a");
  await engine().pull();
  editIssue(edits(), "a", { status: "done", body: "Text" });
  await engine().push();
  editIssue(edits(), "a", { title: "Ours" });
  const { changes } = discardEdits(edits(), "a", ["status"]);
  assert.deepEqual(changes, [{ field: "status", from: "done", to: "todo" }]);
  assert.equal(store.get("a")?.title, "Ours", "other edits stay");
  discardEdits(edits(), "a", []);
  assert.equal(store.counts().pending, 0);
  assert.deepEqual(discardEdits(edits(), "a", []).changes, []);
  const run = await engine().run({ full: true });
  assert.deepEqual([run.push.failures, run.push.refused, run.push.updated], [[], 0, 0]);
  assert.equal(tracker.issues.get("a")?.title, "Issue a");
}, refuseStatus);

scene("discarding an edit settles its held conflict in favour of the tracker", async (scene) => {
  const { engine, tracker, edits, platform, store } = scene;
  tracker.add("a");
  await engine().pull();
  platform.clock.advance(MINUTE);
  editIssue(edits(), "a", { title: "Ours" });
  platform.clock.advance(MINUTE);
  tracker.edit("a", { title: "Theirs" });
  await engine().run();
  discardEdits(edits(), "a", ["title"]);
  assert.deepEqual(store.conflicts.list().map(({ taken, ours }) => [taken, ours]), [
    ["theirs", "Ours"],
  ]);
  assert.equal((await engine().run({ full: true })).push.held, 0);
  assert.equal(store.get("a")?.title, "Theirs");
});

scene("an issue that is only here is discarded as a whole", ({ edits, store }) => {
  const parent = createIssue(edits(), { title: "Parent" }).issue.ref.id;
  const child = createIssue(edits(), { title: "Child", parent }).issue.ref.id;
  assert.throws(() => discardEdits(edits(), parent, []), { code: "invalid_edit" });
  assert.throws(() => discardEdits(edits(), child, ["title"]), { code: "invalid_edit" });
  assert.equal(discardEdits(edits(), child, []).removed, true);
  assert.equal(discardEdits(edits(), parent, []).removed, true);
  assert.equal(store.counts().total, 0);
  return Promise.resolve();
});

scene("a refused field of split ownership is told how to share it", async (scene) => {
  const { engine, tracker, edits } = scene;
  tracker.add("a");
  await engine().pull();
  const refuse = (owners: Record<string, string>, mode = "split_ownership") => {
    const rules = { ...edits().rules, ownership: parseOwnership(mode, owners) };
    try {
      editIssue({ ...edits(), rules }, "a", { title: "Ours" });
    } catch (error) {
      if (error instanceof Error && "nextAction" in error) return String(error.nextAction);
    }
    return "";
  };
  assert.equal(
    refuse({ title: "external", body: "spec_kitty" }),
    'Change it in the tracker, or bind again without giving "title" to it: ' +
      "`--doctrine-mode split_ownership --field-owner body=spec_kitty`.",
  );
  assert.match(refuse({ title: "external" }), /split_ownership --field-owner title=shared`\.$/);
  assert.match(
    refuse({}, "external_authoritative"),
    /or bind with `--doctrine-mode split_ownership` to edit on both sides\.$/,
  );
});

for (
  const message of [
    "the database is closed",
    "dolt: lock held by another process",
    "disk I/O error",
  ]
) {
  Deno.test(`"${message}" is trouble that passes, not a refusal`, () => {
    const error = new TrackerError({ code: "tool_failed", message, details: { exit_code: 1 } });
    assert.equal(isRefusal(error), false);
  });
}

Deno.test("a tool that says no to a change has refused it", () => {
  const message = "cannot close bd-1: blocked by open issues";
  const error = new TrackerError({ code: "tool_failed", message, details: { exit_code: 1 } });
  assert.equal(isRefusal(error), true);
});
