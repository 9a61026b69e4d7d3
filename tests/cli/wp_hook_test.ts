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
    const { schema, hooks, ...places } = JSON.parse(stdout);
    assert.equal(schema, 1);
    assert.deepEqual(Object.keys(places).sort(), ["directory", "log"]);
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
