import assert from "node:assert/strict";
import { editIssue } from "../../src/sync/edits.ts";
import { resolveConflict } from "../../src/sync/resolve.ts";
import { editBothTitles, MINUTE, type Scene, scene } from "./engine_scene.ts";

const SECOND = 1_000;

scene("an older title does not go over a newer one because of a later label", async (scene) => {
  const { engine, tracker, platform, store, edits } = scene;
  tracker.add("a");
  await engine().pull();
  platform.clock.advance(MINUTE);
  editIssue(edits(), "a", { title: "Ours" });
  platform.clock.advance(3 * SECOND);
  tracker.edit("a", { title: "Theirs" });
  platform.clock.advance(3 * SECOND);
  editIssue(edits(), "a", { labels: ["ours"] });
  const run = await engine().run();
  assert.deepEqual([run.pull.held, run.push.held], [1, 1]);
  assert.equal(tracker.issues.get("a")?.title, "Theirs", "neither side is overwritten");
  assert.equal(store.get("a")?.title, "Ours");
  assert.deepEqual(tracker.issues.get("a")?.labels, ["ours"], "other fields are pushed");
  const [held] = store.conflicts.open();
  assert.deepEqual([held?.base, held?.ours, held?.theirs], ["Issue a", "Ours", "Theirs"]);
});

scene(
  "a held conflict makes every push fail, and a pull in the run that held it",
  async (scene) => {
    const { engine, store } = scene;
    await editBothTitles(scene);
    assert.equal((await engine().pull()).held, 1);
    assert.equal((await engine().pull({ full: true })).held, 0);
    for (let i = 0; i < 2; i++) assert.equal((await engine().push()).held, 1);
    assert.equal(store.runs.last()?.outcome, "partial");
    assert.equal(store.conflicts.list().length, 1, "recorded once");
  },
);

scene("listings after a conflict was held decide nothing", async (scene) => {
  const { engine, tracker, platform, store } = scene;
  await editBothTitles(scene);
  for (let i = 0; i < 3; i++) {
    await engine().run({ full: true });
    platform.clock.advance(MINUTE);
    // The version differs each time, so that it is merged each time.
    tracker.edit("a", { body: `Text ${i}` });
  }
  assert.deepEqual([store.get("a")?.title, tracker.issues.get("a")?.title], ["Ours", "Theirs"]);
  assert.equal(store.conflicts.open().length, 1);
});

scene(
  "an edit after a conflict was held is the newer one where the times prove it",
  async (scene) => {
    const { engine, tracker, platform, store, edits } = scene;
    await editBothTitles(scene);
    await engine().run();
    platform.clock.advance(MINUTE);
    editIssue(edits(), "a", { title: "Ours again" });
    assert.equal((await engine().run()).push.held, 0);
    assert.equal(tracker.issues.get("a")?.title, "Ours again");
    assert.deepEqual(store.conflicts.open(), []);
  },
);

scene("a value that was still there after our edit is changed later than that", async (scene) => {
  const { engine, tracker, platform, store, edits } = scene;
  tracker.add("a");
  await engine().pull();
  platform.clock.advance(MINUTE);
  editIssue(edits(), "a", { title: "Ours" });
  platform.clock.advance(MINUTE);
  await engine().pull();
  platform.clock.advance(MINUTE);
  tracker.edit("a", { title: "Theirs" });
  await engine().run();
  assert.deepEqual([store.get("a")?.title, tracker.issues.get("a")?.title], ["Theirs", "Theirs"]);
  assert.deepEqual(store.conflicts.list().map(({ taken }) => taken), ["theirs"]);
});

scene(
  "what was said of an issue within the second of its last change proves nothing",
  async (scene) => {
    const { engine, tracker, platform, store, edits } = scene;
    tracker.add("a");
    await engine().pull();
    platform.clock.advance(MINUTE);
    tracker.edit("a", { title: "Theirs" });
    platform.clock.advance(900);
    editIssue(edits(), "a", { title: "Ours" });
    await engine().run();
    assert.equal(tracker.issues.get("a")?.title, "Theirs");
    assert.equal(store.conflicts.open().length, 1);
  },
);

scene("labels given on both sides are all there", async (scene) => {
  const { engine, tracker, platform, store, edits } = scene;
  tracker.add("a", { labels: ["old", "stale"] });
  await engine().pull();
  platform.clock.advance(MINUTE);
  tracker.edit("a", { labels: ["old", "stale", "theirs"] });
  platform.clock.advance(MINUTE);
  editIssue(edits(), "a", { labels: ["old", "ours"] });
  const run = await engine().run({ full: true });
  assert.deepEqual([run.pull.conflicts, run.push.conflicts, run.push.failures], [0, 0, []]);
  for (const labels of [tracker.issues.get("a")?.labels, store.get("a")?.labels]) {
    assert.deepEqual([...labels ?? []].sort(), ["old", "ours", "theirs"]);
  }
});

for (
  const [take, title] of [["ours", "Ours"], ["theirs", "Theirs"], ["base", "Issue a"]] as const
) {
  scene(`a held conflict that is settled with ${take} lets the next run pass`, async (scene) => {
    const { engine, tracker, store, edits } = scene;
    await editBothTitles(scene);
    await engine().run();
    const [held] = store.conflicts.open();
    resolveConflict(edits(), held?.id ?? 0, take);
    const run = await engine().run({ full: true });
    assert.equal(run.push.held, 0);
    assert.deepEqual([store.get("a")?.title, tracker.issues.get("a")?.title], [title, title]);
    assert.equal(store.conflicts.load(held?.id ?? 0)?.taken, take);
  });
}

scene("both values of a set can be taken, of a title they cannot", async (scene) => {
  const { engine, tracker, platform, store, edits } = scene;
  tracker.add("a");
  const rules = { ...edits().rules, strategy: "manual_review" } as const;
  const connector = {
    ...tracker.connector,
    traits: { silent: [], single: ["assignees"] },
  } as const;
  await engine({ rules, connector }).pull();
  editIssue(edits(), "a", { title: "Ours", assignees: ["ann"] });
  platform.clock.advance(MINUTE);
  tracker.edit("a", { title: "Theirs", assignees: ["bob"] });
  await engine({ rules, connector }).run();
  const idOf = (field: string) =>
    store.conflicts.open().find((one) => one.field === field)?.id ?? 0;
  assert.throws(() => resolveConflict(edits(), idOf("title"), "both"), { code: "not_a_set" });
  resolveConflict(edits(), idOf("assignees"), "both");
  await engine({ rules, connector }).push();
  assert.deepEqual(tracker.issues.get("a")?.assignees.toSorted(), ["ann", "bob"]);
});

/** Runs a test after the first edit of `a`, whose push was killed at the instant. */
function afterKilledPush(
  name: string,
  instant: string,
  test: (scene: Scene) => Promise<void>,
): void {
  let isKilled = false;
  const fake = {
    instant: (what: string) => {
      if (isKilled && what === instant) throw new Error("Killed");
    },
  };
  scene(name, async (scene) => {
    const { engine, tracker, platform, edits } = scene;
    tracker.add("a");
    await engine().pull();
    platform.clock.advance(MINUTE);
    editIssue(edits(), "a", { title: "First" });
    isKilled = true;
    await assert.rejects(engine().push(), /Killed/);
    isKilled = false;
    await test(scene);
  }, fake);
}

afterKilledPush(
  "what we wrote ourselves is no conflict when the answer was lost",
  "updated title",
  async ({ engine, tracker, store, edits }) => {
    assert.equal(tracker.issues.get("a")?.title, "First", "the write has arrived");
    editIssue(edits(), "a", { title: "Second" });
    await engine().run();
    assert.equal(tracker.issues.get("a")?.title, "Second");
    assert.deepEqual(store.conflicts.list(), []);
    assert.equal(store.counts().pending, 0);
  },
);

afterKilledPush(
  "an edit that is taken back after its write was killed goes back at the tracker",
  "updated title",
  async ({ engine, tracker, store, edits }) => {
    editIssue(edits(), "a", { title: "Issue a" });
    await engine().run();
    assert.equal(store.get("a")?.title, "Issue a");
    assert.equal(tracker.issues.get("a")?.title, "Issue a");
    assert.deepEqual(store.conflicts.list(), []);
  },
);

afterKilledPush(
  "an edit that was taken back while its write was on the way is still an edit",
  "update title",
  async ({ engine, tracker, platform, store, edits }) => {
    editIssue(edits(), "a", { title: "Issue a" });
    platform.clock.advance(MINUTE);
    tracker.edit("a", { title: "Theirs" });
    await engine().run();
    const [held] = store.conflicts.open();
    assert.equal(held?.ours, "Issue a");
    assert.equal(held?.theirs, "Theirs");
  },
);
