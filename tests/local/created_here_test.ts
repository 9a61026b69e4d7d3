import assert from "node:assert/strict";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { everyField } from "../../src/sync/ownership.ts";
import { MINUTE, scene } from "./engine_scene.ts";

const EXTERNAL = { ownership: everyField("external"), strategy: "newer_timestamp" } as const;

for (const owner of ["shared", "external"] as const) {
  scene(`an issue made here is like any other once it was made (${owner})`, async (scene) => {
    const { engine, tracker, edits, platform, store } = scene;
    const rules = { ownership: everyField(owner), strategy: "newer_timestamp" } as const;
    createIssue(edits(), { title: "New" });
    await engine({ rules }).run();
    const [id = ""] = tracker.issues.keys();
    assert.equal(store.counts().pending, 0);
    platform.clock.advance(MINUTE);
    tracker.edit(id, { status: "done", title: "Renamed", priority: 1 });
    platform.clock.advance(MINUTE);
    const run = await engine({ rules }).run({ full: true });
    assert.deepEqual([run.pull.conflicts, run.push.updated], [0, 0]);
    const issue = tracker.issues.get(id);
    assert.deepEqual([issue?.status, issue?.title, issue?.priority], ["done", "Renamed", 1]);
    assert.deepEqual(store.get(id)?.status, "done");
  });
}

scene("an issue of which a field has no word at the tracker does not stay ours", async (scene) => {
  const { engine, tracker, edits, platform } = scene;
  createIssue(edits(), { title: "New", status: "canceled" });
  await engine({ rules: EXTERNAL }).run();
  const [id = ""] = tracker.issues.keys();
  platform.clock.advance(MINUTE);
  tracker.edit(id, { status: "blocked", title: "Renamed" });
  await engine({ rules: EXTERNAL }).run({ full: true });
  const issue = tracker.issues.get(id);
  assert.deepEqual([issue?.status, issue?.title], ["blocked", "Renamed"]);
});

scene(
  "a field that waits after a refusal does not keep the others of a new issue ours",
  async (scene) => {
    const { engine, tracker, edits, platform, store } = scene;
    createIssue(edits(), { title: "New", status: "done" });
    await engine({ rules: EXTERNAL }).run();
    const [id = ""] = tracker.issues.keys();
    platform.clock.advance(MINUTE);
    tracker.edit(id, { title: "Renamed" });
    await engine({ rules: EXTERNAL }).pull({ full: true });
    assert.equal(store.get(id)?.title, "Renamed");
    assert.deepEqual(Object.keys(store.issues.require(id).edits), ["status"]);
  },
  { failWrite: (_, field) => field === "status" ? "blocked by open issues" : null },
);

{
  let isKilled = true;
  scene(
    "an issue whose push was killed right after its creation does not stay ours",
    async (scene) => {
      const { engine, tracker, edits, platform, store } = scene;
      createIssue(edits(), { title: "New" });
      await assert.rejects(engine().push(), /Killed/);
      isKilled = false;
      await engine().push();
      const [id = ""] = tracker.issues.keys();
      assert.equal(tracker.issues.size, 1);
      platform.clock.advance(MINUTE);
      tracker.edit(id, { status: "done" });
      await engine().run({ full: true });
      assert.deepEqual([tracker.issues.get(id)?.status, store.get(id)?.status], ["done", "done"]);
      assert.equal(store.counts().pending, 0);
    },
    {
      instant: (what) => {
        if (isKilled && what === "created") throw new Error("Killed");
      },
    },
  );
}

{
  let isKilled = true;
  scene(
    "an edit made after a killed creation is no conflict with what was created",
    async (scene) => {
      const { engine, tracker, edits, platform, store } = scene;
      const { issue } = createIssue(edits(), { title: "First", labels: ["a"] });
      await assert.rejects(engine().push(), /Killed/);
      isKilled = false;
      platform.clock.advance(MINUTE);
      editIssue(edits(), issue.ref.id, { title: "Second", labels: ["a", "b"], body: "Text" });
      await engine().push();
      const made = [...tracker.issues.values()][0];
      assert.deepEqual([made?.title, made?.labels, made?.body], ["Second", ["a", "b"], "Text"]);
      assert.deepEqual(store.conflicts.list(), []);
    },
    {
      instant: (what) => {
        if (isKilled && what === "created") throw new Error("Killed");
      },
    },
  );
}
