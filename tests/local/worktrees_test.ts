import assert from "node:assert/strict";
import { CredentialStore } from "../../src/user/credentials.ts";
import { userPaths } from "../../src/user/paths.ts";
import { repositoryOf } from "../../src/project/repository.ts";
import { bdIssue } from "../support/issues.ts";
import { withWorktrees, type WorktreeScene } from "./worktree_scene.ts";

const test = (name: string, run: (scene: WorktreeScene) => Promise<void>) =>
  Deno.test(name, () => withWorktrees(run));

test("worktrees share the cache, the edits, the mappings and the way the tool is run", async (scene) => {
  const { root, side, at, tool, bind } = scene;
  tool.setIssues([bdIssue("bd-1", { title: "One" })]);
  await bind();
  await at(root).pull();
  assert.equal((await at(side).status()).cwd, tool.cwd);
  assert.deepEqual((await at(side).issueList()).map(({ title }) => title), ["One"]);
  await at(side).issueEdit("bd-1", { title: "Edited in the worktree" });
  await at(side).mapAdd({ wpId: "WP01", externalId: "bd-1" });
  assert.equal((await at(root).issueShow("bd-1")).issue.title, "Edited in the worktree");
  assert.equal((await at(root).mapList())[0]?.wp_id, "WP01");
  assert.equal((await at(root).push()).failures.length, 0);
  assert.equal(tool.issues()[0]?.["title"], "Edited in the worktree");
  assert.deepEqual((await at(side).issueShow("bd-1")).pending, []);
});

test("a clone gets neither the cache nor the way the tool is run", async (scene) => {
  const { root, clone, at, tool, bind } = scene;
  tool.setIssues([bdIssue("bd-1")]);
  await bind();
  await at(root).pull();
  await at(root).issueEdit("bd-1", { title: "Mine" });
  const { command, cwd, counts, mappings } = await at(clone).status();
  assert.deepEqual({ command, cwd, total: counts.total, mappings }, {
    command: "bd",
    cwd: clone,
    total: 0,
    mappings: 0,
  });
});

test("a clone that is run on the same database keeps its own edits", async (scene) => {
  const { platform, root, clone, at, tool, bind } = scene;
  tool.setIssues([bdIssue("bd-1", { title: "One" })]);
  await bind();
  await at(root).pull();
  await at(root).issueEdit("bd-1", { title: "Mine" });
  await new CredentialStore({ platform })
    .saveProjectCredentials("beads", clone + "/.git", { command: tool.command, cwd: tool.cwd });
  await at(clone).pull();
  assert.equal((await at(clone).issueShow("bd-1")).issue.title, "One");
  assert.deepEqual((await at(clone).issueShow("bd-1")).pending, []);
});

test("an unbind in one worktree leaves the way the tool is run to the others", async (scene) => {
  const { platform, root, side, at, tool, bind } = scene;
  const { unbindProject } = await import("../../src/tracker/binding.ts");
  await bind();
  await unbindProject({ platform, root: side, version: "0" });
  assert.equal((await at(root).status()).command, tool.command);
  await unbindProject({ platform, root, version: "0" });
  const credentials = new CredentialStore({ platform });
  assert.deepEqual(await credentials.providerCredentials("beads", `${root}/.git`), {});
});

test("what was saved under a root is read in every worktree, and moved by the next bind", async (scene) => {
  const { platform, root, side, at, tool } = scene;
  const saved = (cwd: string) =>
    `[tracker.providers.beads.projects."${root}"]\ncommand = "${tool.command}"\ncwd = "${cwd}"\n`;
  const { credentials } = userPaths(platform);
  await platform.files.writeAtomic(credentials, saved(tool.cwd), { mode: 0o600 });
  for (const at_ of [root, side]) assert.equal((await at(at_).status()).cwd, tool.cwd);
  await at(side).bind({
    provider: "beads",
    workspace: "main",
    credentials: { command: tool.command, cwd: side },
  });
  const text = await platform.files.readText(credentials) ?? "";
  assert.ok(!text.includes(`"${root}"`), text);
  assert.ok(text.includes(`"${root}/.git"`), text);
  assert.equal((await at(root).status()).cwd, side);
});

test("two projects of one repository keep the way their tools are run apart", async (scene) => {
  const { platform, root } = scene;
  const places = [];
  for (const name of ["a", "b"]) {
    await platform.files.makeDirectory(`${root}/packages/${name}`);
    places.push(await repositoryOf(platform, `${root}/packages/${name}`));
  }
  assert.deepEqual(places.map(({ directory, place }) => [directory, place]), [
    [`${root}/.git`, "packages/a"],
    [`${root}/.git`, "packages/b"],
  ]);
});

test("`bd` is asked for its database once, until something on disk changes", async (scene) => {
  const { platform, root, side, at, tool, bind } = scene;
  await bind();
  await at(root).pull();
  await at(root).pull();
  assert.equal(tool.asked(), 1);
  await at(side).pull();
  assert.equal(tool.asked(), 2);
  await platform.files.writeAtomic(`${tool.cwd}/.beads/config.yaml`, "no-db: false\n");
  await at(root).pull();
  assert.equal(tool.asked(), 3);
  await Deno.mkdir(`${tool.cwd}/sub`);
  platform.setEnv("BEADS_DIR", `${tool.cwd}/sub`);
  await at(root).pull();
  assert.equal(tool.asked(), 4);
});

test("what only looks or edits starts no tool", async (scene) => {
  const { at, side, tool, bind } = scene;
  await bind();
  await at(side).issueCreate({ title: "New" });
  await at(side).issueList();
  await at(side).status();
  assert.deepEqual([tool.asked(), tool.calls()], [0, []]);
});

test("another database of the tool is other state, and what waits for the first is told", async (scene) => {
  const { platform, root, at, tool, bind, storeOf } = scene;
  tool.setIssues([bdIssue("bd-1", { title: "One" })]);
  await bind();
  await at(root).pull();
  await at(root).issueEdit("bd-1", { title: "Mine" });
  const first = await storeOf(root);
  tool.behave({ now: platform.clock.now(), where: `${platform.home}/elsewhere` });
  await platform.files.writeAtomic(`${tool.cwd}/.beads/redirect`, `${platform.home}/elsewhere\n`);
  await at(root).push();
  assert.match(platform.stderr(), /uses the database ".*elsewhere" now\. .*issues with edits: 1/);
  assert.equal(tool.issues()[0]?.["title"], "One");
  assert.notEqual(await storeOf(root), first);
  assert.deepEqual(await at(root).issueList(), []);
  tool.behave({ now: platform.clock.now() });
  await Deno.remove(`${tool.cwd}/.beads/redirect`);
  await at(root).push();
  assert.equal(tool.issues()[0]?.["title"], "Mine");
});

for (
  const [name, where] of [["`bd context`", "context"], ["the nearest directory", null]] as const
) {
  test(`a \`bd\` without \`where\` has the database of ${name}`, async (scene) => {
    const { platform, root, at, tool, bind } = scene;
    tool.behave({ now: platform.clock.now(), where });
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await at(root).pull();
    const notes = [];
    for await (const { name } of Deno.readDir(userPaths(platform).trackers)) {
      if (!name.endsWith(".seen.json")) continue;
      notes.push(JSON.parse(await Deno.readTextFile(`${userPaths(platform).trackers}/${name}`)));
    }
    assert.deepEqual(notes.map(({ database }) => database), [
      `${await Deno.realPath(tool.cwd)}/.beads`,
    ]);
  });
}

test("a note that is no note, or too large, is none", async (scene) => {
  const { platform, root, at, tool, bind } = scene;
  tool.setIssues([bdIssue("bd-1")]);
  await bind();
  await at(root).pull();
  const { trackers } = userPaths(platform);
  for (const text of ["{", "[1]", `"${"x".repeat(70_000)}"`]) {
    for (const { name } of await platform.files.list(trackers)) {
      if (name.endsWith(".json")) await Deno.writeTextFile(`${trackers}/${name}`, text);
    }
    await at(root).pull();
    assert.equal((await at(root).issueList()).length, 1, text.slice(0, 9));
  }
});
