import assert from "node:assert/strict";
import { join } from "../../src/platform/paths.ts";
import { type EngineOptions, SyncEngine } from "../../src/local/engine.ts";
import { createIssue, type EditContext, editIssue } from "../../src/sync/edits.ts";
import { fieldsOf } from "../../src/sync/fields.ts";
import { parseOwnership, type Strategy } from "../../src/sync/ownership.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { countingRandom, type TestPlatform, withPlatform } from "../support/platform.ts";
import { type FakeTracker, fakeTracker } from "./fake_tracker.ts";
import { burn, type Fuse, fusedDatabaseOpener, Killed } from "./fused_database.ts";

type Kind = "pull" | "push" | "run";

/** A workspace with changes of every kind waiting on both sides. */
async function scene(platform: TestPlatform, fuse: Fuse, strategy: Strategy) {
  const tracker = fakeTracker({
    now: platform.clock.now,
    instant: () => burn(fuse),
  });
  const path = join(platform.home, "scene.db");
  const rules = {
    ownership: parseOwnership("split_ownership", {
      priority: "spec_kitty",
      body: "external",
      assignees: "external",
    }),
    strategy,
  };
  const open = () =>
    IssueStore.open({ ...platform, openDatabase: fusedDatabaseOpener(fuse) }, path);
  const options = (store: IssueStore): EngineOptions => ({
    connector: tracker.connector,
    clock: platform.clock,
    store,
    rules,
  });
  for (let i = 0; i < 7; i++) tracker.add(`a-${i}`);
  fuse.at = Infinity;
  {
    using store = await open();
    await new SyncEngine(options(store)).pull();
    platform.clock.advance(60_000);
    const edits: EditContext = {
      store,
      rules,
      side: tracker.connector,
      now: platform.clock.now(),
      random: countingRandom(),
    };
    editIssue(edits, "a-1", { title: "Ours", labels: ["ours"] });
    editIssue(edits, "a-2", { status: "done", issueType: "bug" });
    editIssue(edits, "a-3", { priority: 1 });
    const parent = createIssue(edits, { title: "New", status: "done", labels: ["n"] });
    createIssue(edits, { title: "Child", parent: parent.issue.ref.id, assignees: ["bob"] });
    store.mappings.add({
      wp_id: "WP01",
      system: "beads",
      workspace: "w",
      external_id: parent.issue.ref.id,
    }, "2026-03-01T00:00:00Z");
  }
  platform.clock.advance(60_000);
  tracker.edit("a-1", { title: "Theirs", body: "Theirs" });
  tracker.edit("a-3", { priority: 4 });
  tracker.edit("a-4", { labels: ["theirs"] });
  tracker.add("a-9");
  tracker.issues.delete("a-6");
  fuse.count = 0;
  return { tracker, open, options };
}

/** What counts of both sides in the end. */
function endState(tracker: FakeTracker, store: IssueStore) {
  const view = (issues: Iterable<Parameters<typeof fieldsOf>[0]>) =>
    [...issues].map((issue) => [issue.ref.id, fieldsOf(issue)])
      .sort(([a], [b]) => String(a) < String(b) ? -1 : 1);
  return {
    theirs: view(tracker.issues.values()),
    ours: view(store.list()),
    pending: store.issues.pending().map(({ issue }) => issue.ref.id),
    mappings: store.mappings.list().map(({ wp_id, external_id }) => [wp_id, external_id]),
    conflicts: store.conflicts.list()
      .map(({ issueId, field, ours, theirs, taken }) => [issueId, field, ours, theirs, taken])
      .sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
  };
}

async function endAfter(kind: Kind, strategy: Strategy, at: number) {
  const fuse: Fuse = { count: 0, at: Infinity };
  let end: ReturnType<typeof endState> | null = null;
  let wasKilled = false;
  await withPlatform({}, async (platform) => {
    const { tracker, open, options } = await scene(platform, fuse, strategy);
    fuse.at = at;
    try {
      using store = await open();
      await new SyncEngine(options(store))[kind]();
    } catch (error) {
      if (!String(error).includes("Killed") && !(error instanceof Killed)) throw error;
      wasKilled = true;
    }
    fuse.at = Infinity;
    using store = await open();
    if (wasKilled) await new SyncEngine(options(store))[kind]();
    // What one kind leaves to the other is brought to its end as well.
    await new SyncEngine(options(store)).run({ full: true });
    end = endState(tracker, store);
  });
  return { end, wasKilled, instants: fuse.count };
}

for (const kind of ["pull", "push", "run"] as const) {
  for (const strategy of ["newer_timestamp", "manual_review"] as const) {
    Deno.test(`a ${kind} with ${strategy}, killed at any instant and run again, ends the same`, async () => {
      const whole = await endAfter(kind, strategy, Infinity);
      let killed = 0;
      for (let at = 1; at <= whole.instants; at++) {
        const { end, wasKilled } = await endAfter(kind, strategy, at);
        if (!wasKilled) break;
        killed++;
        assert.deepEqual(end, whole.end, `killed at instant ${at}`);
      }
      assert.ok(killed > 10, `only ${killed} instants`);
    });
  }
}
