import assert from "node:assert/strict";
import { bdIssue } from "../support/issues.ts";
import { repositoryOf } from "../../src/project/repository.ts";
import { withWorktrees, type WorktreeScene } from "./worktree_scene.ts";

/** Each makes a directory claim to be the repository of `root`. */
const CLAIMS: Readonly<Record<string, (scene: WorktreeScene, fake: string) => Promise<void>>> = {
  "its uuid, its slug and its workspace's name": async ({ root }, fake) => {
    await Deno.mkdir(`${fake}/.git`);
    await Deno.copyFile(`${root}/.kittify/config.yaml`, `${fake}/.kittify/config.yaml`);
  },
  "a `.git` file that names its git directory": async ({ root }, fake) => {
    await Deno.writeTextFile(`${fake}/.git`, `gitdir: ${root}/.git\n`);
  },
  "a `.git` file that names a worktree of its": async ({ root }, fake) => {
    await Deno.writeTextFile(`${fake}/.git`, `gitdir: ${root}/.git/worktrees/side\n`);
  },
  "a `.git` link to its git directory": async ({ root }, fake) => {
    await Deno.symlink(`${root}/.git`, `${fake}/.git`);
  },
  "a `commondir` that names its git directory": async ({ root }, fake) => {
    const own = `${fake}/.made/worktrees/x`;
    await Deno.mkdir(own, { recursive: true });
    await Deno.writeTextFile(`${fake}/.git`, `gitdir: ${own}\n`);
    await Deno.writeTextFile(`${own}/gitdir`, `${fake}/.git\n`);
    await Deno.writeTextFile(`${own}/commondir`, `${root}/.git\n`);
  },
  "a `commondir` in a git directory of its own": async ({ root }, fake) => {
    await Deno.mkdir(`${fake}/.git`);
    await Deno.writeTextFile(`${fake}/.git/commondir`, `${root}/.git\n`);
  },
  "a work tree in the config of its git directory": async ({ root }, fake) => {
    await Deno.mkdir(`${fake}/made`);
    await Deno.writeTextFile(`${fake}/.git`, `gitdir: ${fake}/made\n`);
    await Deno.writeTextFile(`${fake}/made/config`, `[core]\n\tworktree = ${root}\n`);
  },
  "a link to its worktrees": async ({ root }, fake) => {
    await Deno.mkdir(`${fake}/made`);
    await Deno.symlink(`${root}/.git/worktrees`, `${fake}/made/worktrees`);
    await Deno.writeTextFile(`${fake}/.git`, `gitdir: ${fake}/made/worktrees/side\n`);
  },
  "a `.beads/redirect` to its database": async ({ tool }, fake) => {
    await Deno.mkdir(`${fake}/.git`);
    await Deno.mkdir(`${fake}/.beads`);
    await Deno.writeTextFile(`${fake}/.beads/redirect`, `${tool.cwd}/.beads\n`);
  },
  "a `bd` config that names its database": async ({ tool }, fake) => {
    await Deno.mkdir(`${fake}/.git`);
    await Deno.mkdir(`${fake}/.beads`);
    await Deno.writeTextFile(`${fake}/.beads/config.yaml`, `db: ${tool.cwd}/.beads\n`);
  },
};

for (const [claim, make] of Object.entries(CLAIMS)) {
  Deno.test(`a repository with ${claim} gets nothing of another`, () =>
    withWorktrees(async (scene) => {
      const { platform, root, at, tool, bind, storeOf } = scene;
      tool.setIssues([bdIssue("bd-1")]);
      await bind();
      await at(root).pull();
      await at(root).issueEdit("bd-1", { title: "Mine" });
      await at(root).mapAdd({ wpId: "WP01", externalId: "bd-1" });
      const fake = `${await Deno.realPath(platform.home)}/fake`;
      await Deno.mkdir(`${fake}/.kittify`, { recursive: true });
      await Deno.copyFile(`${root}/.kittify/config.yaml`, `${fake}/.kittify/config.yaml`);
      await make(scene, fake);
      const { directory } = await repositoryOf(platform, fake);
      assert.ok(directory.startsWith(fake), directory);
      assert.notEqual(await storeOf(fake), await storeOf(root));
      const { command, cwd, counts, mappings } = await at(fake).status();
      assert.deepEqual({ command, cwd, total: counts.total, pending: counts.pending, mappings }, {
        command: "bd",
        cwd: fake,
        total: 0,
        pending: 0,
        mappings: 0,
      });
      await at(fake).issueCreate({ title: "Theirs" });
      assert.deepEqual((await at(root).issueList()).map(({ title }) => title), ["Mine"]);
    }));
}

Deno.test("a repository whose tool is led to another's database has no part in what is kept of it", () =>
  withWorktrees(async ({ platform, root, clone, at, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1", { title: "One" })]);
    await bind();
    await at(root).pull();
    await at(root).issueEdit("bd-1", { title: "Mine" });
    // Its user names the command, and `bd` follows what the clone brings.
    tool.behave({ now: platform.clock.now(), where: `${await Deno.realPath(tool.cwd)}/.beads` });
    await at(clone).bind({
      provider: "beads",
      workspace: "main",
      credentials: { command: tool.command, cwd: tool.cwd },
    });
    await at(clone).push();
    assert.equal(tool.issues()[0]?.["title"], "One");
    assert.deepEqual(
      await at(clone).issueShow("bd-1").catch(({ code }) => code),
      "issue_not_found",
    );
    assert.equal((await at(root).issueShow("bd-1")).issue.title, "Mine");
  }));
