import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { Files } from "../../src/platform/files.ts";
import type { IssueStore } from "../../src/store/issue_store.ts";
import { userPaths } from "../../src/user/paths.ts";
import { anIssue, bdIssue } from "../support/issues.ts";
import { releasedCache, withWorktrees, type WorktreeScene } from "./worktree_scene.ts";

const AT = Date.parse("2026-01-01T00:00:00Z");

/** An issue as `bd` shows it after a pull of `bdIssue(id)`. */
async function pulled({ at, root, tool }: WorktreeScene, id: string): Promise<NormalizedIssue> {
  tool.setIssues([bdIssue(id, { title: "One" })]);
  await at(root).pull();
  const { issue } = await at(root).issueShow(id);
  return issue;
}

function withEdit(store: IssueStore, issue: NormalizedIssue, title: string, at = AT): void {
  const edited = { ...issue, title };
  store.issues.put({ issue: edited, base: issue, edits: { title: { at } }, seenAt: null });
}

const held = (title: string) => ({
  issueId: "bd-1",
  field: "title",
  reason: "both_changed",
  base: "One",
  ours: title,
  theirs: "Theirs",
  taken: null,
} as const);

const test = (name: string, run: (scene: WorktreeScene) => Promise<void>) =>
  Deno.test(name, () => withWorktrees(run));

for (const [version, old] of [["0.1", true], ["0.2", false]] as const) {
  test(`the cache that version ${version} kept for a directory is read at once and moved by a sync`, async (scene) => {
    const { platform, root, side, at, tool, bind, storeOf } = scene;
    await bind();
    const before = await releasedCache(platform, tool.cwd, (store) => {
      const issue = anIssue("bd-1", {
        title: "One",
        ref: { system: "beads", workspace: "main", id: "bd-1" },
      });
      store.putPage([issue], { cursor: null, updatedSince: null, filtersKey: "" });
      withEdit(store, issue, "Mine");
      store.mappings.add(
        { wp_id: "WP01", system: "beads", workspace: "main", external_id: "bd-1" },
        "2026-01-01T00:00:00Z",
      );
    }, { old });
    assert.equal((await at(root).issueShow("bd-1")).issue.title, "Mine");
    tool.setIssues([bdIssue("bd-1", { title: "One", updated_at: "2025-01-01T00:00:00Z" })]);
    await at(root).pull();
    for (const place of [root, side]) {
      assert.deepEqual((await at(place).issueShow("bd-1")).pending.map(({ field }) => field), [
        "title",
      ]);
      assert.equal((await at(place).mapList())[0]?.wp_id, "WP01");
    }
    assert.equal(await platform.files.stat(before), null);
    assert.notEqual(await storeOf(root), before);
  });
}

test("caches of two worktrees become one, with the edits, mappings and conflicts of both", async (scene) => {
  const { platform, root, side, at, bind } = scene;
  await bind();
  const issue = await pulled(scene, "bd-1");
  await at(root).issueEdit("bd-1", { body: "Text of the first" });
  await at(root).mapAdd({ wpId: "WP01", externalId: "bd-1" });
  // The worktree had a directory of its own for the same database.
  await releasedCache(platform, scene.tool.cwd, (store) => {
    store.putPage([issue]);
    withEdit(store, issue, "Title of the second");
    store.issues.put({
      issue: anIssue("local-1"),
      base: null,
      edits: { title: { at: AT, made: true } },
      seenAt: null,
    });
    store.mappings.add(
      { wp_id: "WP02", system: "beads", workspace: "main", external_id: "bd-2" },
      "2026-01-01T00:00:00Z",
    );
    store.conflicts.record(held("Held"), AT);
  });
  await at(side).pull();
  const { issue: merged, pending, conflicts } = await at(root).issueShow("bd-1");
  assert.deepEqual([merged.title, merged.body], ["Title of the second", "Text of the first"]);
  assert.deepEqual(pending.map(({ field }) => field).toSorted(), ["body", "title"]);
  assert.deepEqual(conflicts.map(({ ours }) => ours), ["Held"]);
  assert.equal((await at(root).issueShow("local-1")).isNew, true);
  assert.deepEqual((await at(root).mapList()).map(({ wp_id }) => wp_id), ["WP01", "WP02"]);
});

test("of one field edited in two worktrees the later edit is kept, and the other recorded", async (scene) => {
  const { platform, root, side, at, bind } = scene;
  await bind();
  const issue = await pulled(scene, "bd-1");
  await at(root).issueEdit("bd-1", { title: "Later" });
  await releasedCache(platform, scene.tool.cwd, (store) => {
    store.putPage([issue]);
    withEdit(store, issue, "Earlier", 1);
  });
  await at(side).pull();
  assert.equal((await at(root).issueShow("bd-1")).issue.title, "Later");
  assert.deepEqual(
    (await at(root).conflicts()).map(({ ours, theirs, taken }) => [ours, theirs, taken]),
    [
      ["Later", "Earlier", "ours"],
    ],
  );
});

test("a mapping that contradicts another one is told, and not lost without a word", async (scene) => {
  const { platform, root, side, at, bind } = scene;
  await bind();
  await pulled(scene, "bd-1");
  await at(root).mapAdd({ wpId: "WP01", externalId: "bd-1" });
  await releasedCache(platform, scene.tool.cwd, (store) => {
    store.mappings.add(
      { wp_id: "WP01", system: "beads", workspace: "main", external_id: "bd-9" },
      "2026-01-01T00:00:00Z",
    );
  });
  await at(side).pull();
  assert.match(platform.stderr(), /the mapping WP01 = bd-9 of another worktree contradicts/);
});

/** Files that fail from the `n`-th change on, as if the process had been killed there. */
function failingFrom(state: { left: number }): (real: Files) => Files {
  return (real) => {
    const step = () => {
      if (state.left-- <= 0) throw new Error("killed");
    };
    return {
      ...real,
      async rename(from, to, options) {
        step();
        await real.rename(from, to, options);
        step();
      },
      async remove(path, options) {
        step();
        await real.remove(path, options);
      },
      async writeAtomic(path, content, options) {
        step();
        await real.writeAtomic(path, content, options);
      },
    };
  };
}

for (const kind of ["moved", "merged"] as const) {
  Deno.test(`a cache that is ${kind} and stopped at any step loses nothing`, async () => {
    for (let steps = 0, stopped = true; stopped; steps++) {
      const state = { left: Number.MAX_SAFE_INTEGER };
      await withWorktrees(async (scene) => {
        const { platform, root, side, at, bind } = scene;
        await bind();
        const issue = await pulled(scene, "bd-1");
        if (kind === "merged") await at(root).issueEdit("bd-1", { body: "Body" });
        else await Deno.remove(userPaths(platform).trackers, { recursive: true });
        await releasedCache(platform, scene.tool.cwd, (store) => {
          store.putPage([issue]);
          withEdit(store, issue, "Title");
        });
        state.left = steps;
        stopped = await at(side).pull().then(() => state.left <= 0, () => true);
        state.left = Number.MAX_SAFE_INTEGER;
        await at(side).pull();
        const { pending } = await at(root).issueShow("bd-1");
        assert.deepEqual(
          pending.map(({ field }) => field).toSorted(),
          kind === "merged" ? ["body", "title"] : ["title"],
          `stopped after ${steps}`,
        );
      }, { files: failingFrom(state) });
    }
  });
}
