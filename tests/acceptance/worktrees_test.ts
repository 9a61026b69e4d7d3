import assert from "node:assert/strict";
import { bdIssue } from "../support/issues.ts";
import { gitIn } from "../support/git.ts";
import { inProject } from "./local_setup.ts";

Deno.test("two worktrees that sync at the same time end with one cache, and every edit is sent once", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    const git = gitIn(world.home);
    const side = `${world.home}/side`;
    // The project is bound before it is a repository.
    await bind();
    await git(world.project, "init", "--quiet", "--initial-branch=main");
    await git(world.project, "add", ".");
    await git(world.project, "commit", "--quiet", "-m", "Start");
    await git(world.project, "worktree", "add", "--quiet", "-b", "side", side);
    tool.behave({ lockWaitMs: 10_000 });
    tool.setIssues([1, 2, 3].map((n) => bdIssue(`bd-${n}`, { title: `Issue ${n}` })));
    await world.ok("sync", "pull");
    await world.ok("issue", "edit", "bd-1", "--title", "Edited here");
    await world.ok("--repo", side, "issue", "edit", "bd-2", "--title", "Edited there");
    await world.ok("--repo", side, "issue", "create", "--title", "Created there");
    const ended = await Promise.all([
      world.run(["sync", "run"]),
      world.run(["--repo", side, "sync", "run"]),
    ]);
    for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
    assert.deepEqual(
      tool.issues().map(({ title }) => title).toSorted(),
      ["Created there", "Edited here", "Edited there", "Issue 3"],
    );
    const { states } = await world.json("state", "list");
    assert.equal(states.length, 1);
    assert.deepEqual(states[0].holds, {
      issues: 4,
      edits: 0,
      pending: 0,
      refused: 0,
      stay_here: 0,
      held: 0,
      mappings: 0,
      unanswered: 0,
    });
    assert.deepEqual((await world.json("sync", "conflicts")).conflicts, []);
  }));
