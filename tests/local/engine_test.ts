import assert from "node:assert/strict";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { everyField } from "../../src/sync/ownership.ts";
import { FULL_EVERY } from "../../src/local/pull.ts";
import { MINUTE, scene } from "./engine_scene.ts";

scene("a listing reaches back five minutes before what was seen last", async (scene) => {
  const { engine, tracker, platform } = scene;
  tracker.add("a");
  platform.clock.advance(10 * MINUTE);
  tracker.add("b");
  platform.clock.advance(10 * MINUTE);
  await engine().pull();
  const second = await engine().pull();
  assert.deepEqual(tracker.calls, ["list", "list 2026-03-01T12:05:00.000Z"]);
  assert.deepEqual([second.full, second.skipped, second.updated], [false, 1, 0]);
});

scene("a change within the overlap is found though its time did not move", async (scene) => {
  const { engine, tracker, store } = scene;
  tracker.add("a");
  await engine().pull();
  tracker.edit("a", { labels: ["late"] });
  assert.equal((await engine().pull()).updated, 1);
  assert.deepEqual(store.get("a")?.labels, ["late"]);
});

scene("everything is listed again every so many pulls", async ({ engine, tracker }) => {
  tracker.add("a");
  const full: boolean[] = [];
  for (let i = 0; i < FULL_EVERY.pulls + 1; i++) full.push((await engine().pull()).full);
  assert.deepEqual(full.map((is, i) => is ? i : -1).filter((i) => i >= 0), [0, FULL_EVERY.pulls]);
});

scene("everything is listed again after a day, and after a clock was set back", async (scene) => {
  const { engine, tracker, platform } = scene;
  tracker.add("a");
  await engine().pull();
  platform.clock.advance(FULL_EVERY.ms - 1);
  assert.equal((await engine().pull()).full, false);
  platform.clock.advance(1);
  assert.equal((await engine().pull()).full, true);
  platform.clock.setWallTime(platform.clock.now() - MINUTE);
  assert.equal((await engine().pull()).full, true);
  assert.equal((await engine().pull({ full: true })).full, true);
});

scene("a small cache is always listed as a whole", async ({ engine, tracker }) => {
  tracker.add("a");
  tracker.add("b");
  await engine().pull();
  assert.equal((await engine({ smallCache: 2 }).pull()).full, true);
  assert.equal((await engine({ smallCache: 1 }).pull()).full, false);
});

scene("a time that lies ahead does not hide what is changed until then", async (scene) => {
  const { engine, tracker, platform, store } = scene;
  tracker.add("a", { updated_at: "2030-01-01T00:00:00Z" });
  await engine().pull();
  assert.equal(store.checkpoint()?.updatedSince, "2026-03-01T12:00:00.000Z");
  platform.clock.advance(MINUTE);
  tracker.add("b");
  assert.equal((await engine().pull()).created, 1);
});

scene("an ordered listing moves the checkpoint with every page", async (scene) => {
  const { engine, tracker, platform, store } = scene;
  for (const id of ["a", "b", "c", "d"]) {
    tracker.add(id);
    platform.clock.advance(MINUTE);
  }
  const reached: (string | null | undefined)[] = [];
  await engine({
    onEvent: ({ kind }) => {
      if (kind === "page") reached.push(store.checkpoint()?.updatedSince);
    },
  }).pull();
  assert.deepEqual(reached, ["2026-03-01T12:02:00.000Z", "2026-03-01T12:03:00.000Z"]);
}, { inOrder: true });

scene("a pull that breaks off keeps its pages and what it knew before", async (scene) => {
  const { engine, tracker, store } = scene;
  for (const id of ["a", "b", "c", "d"]) tracker.add(id);
  let pages = 0;
  const checkStop = () => {
    if (++pages === 2) throw new Error("Stopped");
  };
  await assert.rejects(engine({ checkStop }).pull(), /Stopped/);
  assert.equal(store.counts().total, 3);
  assert.equal(store.checkpoint(), null);
  assert.equal(store.runs.last()?.outcome, "failed");
  const rest = await engine().pull();
  assert.deepEqual([rest.created, rest.skipped], [1, 3]);
});

scene("a damaged row fails alone and holds the checkpoint back", async (scene) => {
  const { engine, tracker, platform, store, path } = scene;
  tracker.add("a");
  platform.clock.advance(10 * MINUTE);
  tracker.add("b");
  await engine().pull();
  const database = await platform.openDatabase(path);
  database.exec("UPDATE tracker_issues SET json = '{' WHERE id = 'b'");
  database.close();
  platform.clock.advance(10 * MINUTE);
  tracker.edit("b", { title: "New" });
  platform.clock.advance(10 * MINUTE);
  tracker.add("c");
  const report = await engine().pull();
  assert.deepEqual(report.failures.map(({ id, code }) => [id, code]), [["b", "database_damaged"]]);
  assert.equal(report.created, 1);
  assert.equal(store.checkpoint()?.updatedSince, "2026-03-01T12:19:59.999Z");
  assert.equal(store.runs.last()?.outcome, "partial");
});

scene("both sides coming to the same value by themselves ends a conflict", async (scene) => {
  const { engine, tracker, platform, store, edits } = scene;
  const rules = { ownership: everyField("shared"), strategy: "manual_review" } as const;
  tracker.add("a");
  await engine({ rules }).pull();
  editIssue(edits(), "a", { title: "Ours" });
  platform.clock.advance(MINUTE);
  tracker.edit("a", { title: "Theirs" });
  await engine({ rules }).run();
  assert.equal(store.conflicts.open().length, 1);
  tracker.edit("a", { title: "Ours" });
  platform.clock.advance(MINUTE);
  await engine({ rules }).run({ full: true });
  assert.deepEqual(store.conflicts.list().map(({ taken }) => taken), ["agreed"]);
  assert.equal(store.counts().pending, 0);
});

scene("a child waits for its parent, and says so when that fails", async (scene) => {
  const { engine, tracker, edits } = scene;
  const parent = createIssue(edits(), { title: "Parent" }).issue.ref.id;
  createIssue(edits(), { title: "Child", parent });
  const report = await engine().push();
  assert.deepEqual(report.failures.map(({ title, code }) => [title, code]), [
    ["Parent", "tool_failed"],
    ["Child", "parent_not_pushed"],
  ]);
  assert.equal(tracker.issues.size, 0);
}, { failWrite: (_, field) => field === "create" ? "disk full" : null });

scene("a link to a new issue is written with the id it has got", async (scene) => {
  const { engine, tracker, edits } = scene;
  const first = createIssue(edits(), { title: "First" }).issue.ref.id;
  createIssue(edits(), { title: "Second", links: [{ type: "blocked_by", id: first }] });
  assert.deepEqual((await engine().push()).failures, []);
  const issues = [...tracker.issues.values()];
  const second = issues.find(({ title }) => title === "Second");
  assert.deepEqual(
    second?.links.map(({ ref }) => ref.id),
    issues.filter(({ title }) => title === "First").map(({ ref }) => ref.id),
  );
});

{
  let isBroken = true;
  scene(
    "what failed of a new issue is written later, whatever side owns the fields",
    async (scene) => {
      const { engine, tracker, edits, store } = scene;
      const rules = { ownership: everyField("external"), strategy: "external_wins" } as const;
      createIssue(edits(), { title: "New", status: "in_progress", assignees: ["ann"] });
      const failed = await engine({ rules }).push();
      assert.deepEqual(failed.failures.map(({ fields }) => fields), [["status"]]);
      await engine({ rules }).pull({ full: true });
      isBroken = false;
      await engine({ rules }).push({ retry: true });
      const [issue] = tracker.issues.values();
      assert.deepEqual([issue?.status, issue?.assignees], ["in_progress", ["ann"]]);
      assert.equal(store.counts().pending, 0);
      // Once all of it has been written the tracker owns it.
      tracker.edit(issue?.ref.id ?? "", { status: "blocked" });
      await engine({ rules }).run({ full: true });
      assert.equal([...tracker.issues.values()][0]?.status, "blocked");
    },
    { failWrite: (_, field) => isBroken && field === "status" ? "disk full" : null },
  );
}

scene("what a limit lets be made is made whole", async ({ engine, tracker, edits }) => {
  for (const title of ["One", "Two"]) createIssue(edits(), { title, status: "in_progress" });
  assert.deepEqual((await engine().push({ limit: 1 })).created, 1);
  assert.deepEqual([...tracker.issues.values()].map(({ status }) => status), ["in_progress"]);
});

scene("taking in another field does not make our edit a newer one", async (scene) => {
  const { engine, tracker, platform, store, edits } = scene;
  tracker.add("a");
  await engine().pull();
  editIssue(edits(), "a", { title: "Ours" });
  platform.clock.advance(MINUTE);
  tracker.edit("a", { body: "Text" });
  platform.clock.advance(10 * MINUTE);
  await engine().pull();
  // What comes from another machine has the time it was written there.
  const written = platform.clock.now() - 5 * MINUTE;
  tracker.edit("a", { title: "Theirs" });
  const theirs = tracker.issues.get("a");
  assert.ok(theirs !== undefined);
  tracker.issues.set("a", { ...theirs, updated_at: new Date(written).toISOString() });
  await engine().pull({ full: true });
  assert.equal(store.get("a")?.title, "Theirs");
});

scene("a limit counts new issues too", async ({ engine, tracker, edits }) => {
  for (const title of ["One", "Two", "Three"]) createIssue(edits(), { title });
  const first = await engine().push({ limit: 2 });
  assert.deepEqual([first.created, first.complete, tracker.issues.size], [2, false, 2]);
  const second = await engine().push({ limit: 2 });
  assert.deepEqual([second.created, second.complete, tracker.issues.size], [1, true, 3]);
});

scene("the log tells what a run did on both sides", async ({ engine, tracker, store, edits }) => {
  tracker.add("a");
  createIssue(edits(), { title: "New" });
  await engine().run();
  assert.deepEqual(store.runs.last()?.counts, {
    pulled_created: 1,
    pulled_updated: 0,
    pulled_skipped: 0,
    pulled_conflicts: 0,
    pulled_failed: 0,
    pushed_created: 1,
    pushed_updated: 0,
    pushed_skipped: 0,
    pushed_conflicts: 0,
    pushed_failed: 0,
  });
});

scene("steps are told in order, with the values before and after", async (scene) => {
  const { engine, tracker, events, edits, platform } = scene;
  tracker.add("a", { title: "Before" });
  await engine().pull();
  editIssue(edits(), "a", { title: "After" });
  platform.clock.advance(MINUTE);
  tracker.edit("a", { body: "Text" });
  events.length = 0;
  await engine().run();
  assert.deepEqual(events, [
    { kind: "pull_started", full: false },
    {
      kind: "pulled",
      action: "updated",
      id: "a",
      title: "After",
      changes: [{ field: "body", from: null, to: "Text" }],
    },
    { kind: "page", listed: 1 },
    { kind: "push_started", pending: 1 },
    {
      kind: "pushed",
      action: "updated",
      id: "a",
      localId: null,
      title: "After",
      changes: [{ field: "title", from: "Before", to: "After" }],
    },
  ]);
});
