import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { bdIssue } from "../support/issues.ts";

type Run = (root: string, ...args: string[]) => ReturnType<typeof tracker>;

/** Runs a test in a project bound to `bd`, with a second working tree whose cache holds `work`. */
async function withWorktree(
  work: (run: Run, worktree: string) => Promise<unknown>,
  test: (run: Run, project: LocalProject, worktree: string) => Promise<void>,
): Promise<void> {
  await withProject("bd", async (project) => {
    const run: Run = (root, ...args) => tracker(project.platform, "--repo", root, ...args);
    project.tool.setIssues([bdIssue("bd-1")]);
    const worktree = `${project.root}-side`;
    for (const root of [project.root, worktree]) {
      await Deno.mkdir(`${root}/.kittify`, { recursive: true });
      const bound = await run(
        root,
        ...["bind", "-p", "beads", "--workspace", "web"],
        ...["--credential", `command=${project.tool.command}`],
        ...(root === worktree ? [] : ["--credential", `cwd=${project.tool.cwd}`]),
      );
      assert.equal(bound.code, 0, bound.stderr);
    }
    await run(worktree, "sync", "pull");
    await work(run, worktree);
    await Deno.remove(worktree, { recursive: true });
    await test(run, project, worktree);
  });
}

const EDIT = async (run: Run, worktree: string) => {
  const made = await run(worktree, "issue", "create", "--title", "Only here");
  assert.equal(made.code, 0, made.stderr);
};

Deno.test("`status` and `unbind` name the cache of a directory that is gone and holds edits", () =>
  withWorktree(EDIT, async (run, project, worktree) => {
    for (const command of ["status", "unbind"]) {
      const { code, stderr } = await run(project.root, command);
      assert.equal(code, 0, stderr);
      assert.ok(stderr.includes(`"${worktree}" is gone`), stderr);
      assert.match(stderr, /workspace "web" holds 1 issue with unpushed edits/);
    }
  }));

Deno.test("`doctor` warns of the cache of a directory that is gone and holds edits", () =>
  withWorktree(EDIT, async (run, project, worktree) => {
    const { stdout } = await run(project.root, "doctor", "--json");
    const checks: { check: string; status: string; details: Record<string, unknown> }[] =
      JSON.parse(stdout).checks;
    const [found] = checks.filter(({ check, status }) =>
      check === "issue caches" && status === "warning"
    );
    assert.equal(found?.details["directory"], worktree);
    assert.equal(found?.details["edits"], 1);
  }));

Deno.test("the cache of a directory that is gone and holds only what was pulled is not named", () =>
  withWorktree(() => Promise.resolve(), async (run, project) => {
    const { stderr } = await run(project.root, "status");
    assert.doesNotMatch(stderr, /is gone/);
  }));
