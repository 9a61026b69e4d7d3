import assert from "node:assert/strict";
import { type TestProject, withProject } from "../missions/support.ts";
import { tracker } from "../support/cli.ts";

const run = ({ platform, root }: TestProject, ...args: string[]) =>
  tracker(platform, ...args, "--repo", root);

async function init({ root }: TestProject): Promise<void> {
  const { success } = await new Deno.Command("git", { args: ["init", "--quiet", root] }).output();
  assert.ok(success);
}

Deno.test("`wp hook install` says which hooks push, and `wp hook remove` that none does", () =>
  withProject({}, async (project) => {
    await init(project);
    const installed = await run(project, "wp", "hook", "install");
    assert.equal(installed.code, 0, installed.stderr);
    assert.match(installed.stdout, /^✓ Tickets follow post-commit, post-merge, post-checkout, in /);
    assert.match(installed.stderr, /tracker-wp-push\.log/);
    const removed = await run(project, "wp", "hook", "remove");
    assert.match(removed.stdout, /^✓ Tickets do not follow post-commit/);
  }));

Deno.test("`wp hook install --json` has the documented shape", () =>
  withProject({}, async (project) => {
    await init(project);
    const { stdout } = await run(project, "wp", "hook", "install", "--json");
    const { schema, hooks, program, program_found: isFound, ...places } = JSON.parse(stdout);
    assert.equal(schema, 1);
    assert.deepEqual(Object.keys(places).sort(), ["directory", "log"]);
    assert.equal(program, "tracker");
    assert.equal(typeof isFound, "boolean");
    assert.deepEqual(hooks[0], { hook: "post-commit", outcome: "installed", reason: null });
    const again = JSON.parse((await run(project, "wp", "hook", "install", "--json")).stdout);
    assert.deepEqual(again.hooks[0], { hook: "post-commit", outcome: "kept", reason: null });
  }));

Deno.test("`wp hook install` ends with 1 and a reason where it leaves a hook alone", () =>
  withProject({}, async (project) => {
    await init(project);
    const path = `${project.root}/.git/hooks/post-merge`;
    await Deno.writeTextFile(path, "#!/usr/bin/env python3\n", { mode: 0o755 });
    const { code, stderr } = await run(project, "wp", "hook", "install");
    assert.equal(code, 1);
    assert.match(stderr, /post-merge is left alone: it is no shell script/);
  }));

Deno.test("`wp hook install` says that git does not find the program, and is done all the same", () =>
  withProject({}, async (project) => {
    await init(project);
    const system = {
      ...project.platform.system,
      standalone: true,
      execPath: () => `${project.root}/not there/tracker`,
    };
    const moved = { ...project, platform: { ...project.platform, system } };
    const { code, stderr } = await run(moved, "wp", "hook", "install");
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^! Nothing is pushed until git finds `.*\/not there\/tracker`: put it on/m,
    );
    const { stdout } = await run(moved, "wp", "hook", "install", "--json");
    assert.equal(JSON.parse(stdout).program_found, false);
  }));

for (
  const [directory, words] of [
    [".husky/_", /^! husky overwrites these hooks: repeat this command after each of its runs\.$/m],
    [
      ".githooks",
      /^! These hooks are files of the project: commit what was added\.\n {2}Other clones push nothing/m,
    ],
  ] as const
) {
  Deno.test(`\`wp hook install\` says what to mind of hooks in ${directory}`, () =>
    withProject({}, async (project) => {
      await init(project);
      const args = ["-C", project.root, "config", "core.hooksPath", directory];
      assert.ok((await new Deno.Command("git", { args }).output()).success);
      const { code, stderr } = await run(project, "wp", "hook", "install");
      assert.equal(code, 0);
      assert.match(stderr, words);
    }));
}
