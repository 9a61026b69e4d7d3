/** Labels and people that are added and removed one by one: with a host, offline, and with bd. */
import assert from "node:assert/strict";
import { document, ends, withBoundWorld } from "../support/bound.ts";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import type { World } from "../support/world.ts";
import { withProject } from "../local/local_project.ts";
import { realBd } from "../local/real_bd.ts";

/** A colleague changes the sets of ENG-2 at the host. */
async function meanwhile(world: World, patch: Record<string, unknown>): Promise<void> {
  const ref = { system: "linear", workspace: "acme", id: "ENG-2" };
  const items = JSON.stringify([{ ref, action: "update", patch }]);
  const home = `${world.home}-bob`;
  const env = { HOME: home, USERPROFILE: home };
  const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
  await ends(world, 0, login, { stdin: "demo\n", env });
  await ends(world, 0, ["sync", "push", "--items-json", "-"], { stdin: items, env });
}

async function sets(world: World): Promise<{ labels: string[]; assignees: string[] }> {
  const { labels, assignees } = await document(world, "issue", "show", "ENG-2");
  return { labels: labels.toSorted(), assignees: assignees.toSorted() };
}

Deno.test("labels and people of both sides are all there, and what either took away is gone", () =>
  withBoundWorld(async (world) => {
    await meanwhile(world, { labels: ["old", "stale"], assignees: ["ada"] });
    await ends(world, 0, ["sync", "pull", "--all"]);
    const line = ["--add-label", "ours", "--remove-label", "stale", "--assign", "bo"];
    const { stdout, stderr } = await ends(world, 0, [
      ...["issue", "edit", "ENG-2", ...line, "--remove-label", "OLD"],
    ]);
    assert.match(stdout, /^ {2}labels +old, stale → old, ours$/m);
    assert.match(stdout, /^ {2}assignees +ada → ada, bo$/m);
    assert.match(stderr, /^ {2}It has no label "OLD"; it has "old"$/m);
    await meanwhile(world, {
      labels_add: ["theirs"],
      labels_remove: ["old"],
      assignees_remove: ["ada"],
    });
    await ends(world, 0, ["sync", "push"]);
    await ends(world, 0, ["sync", "pull"]);
    assert.deepEqual(await sets(world), { labels: ["ours", "theirs"], assignees: ["bo"] });
    assert.equal((await document(world, "sync", "status")).counts.pending, 0);
    const told = await document(world, "issue", "edit", "ENG-2", "--unassign", "zoe");
    assert.deepEqual([told.changes, told.absent], [[], [{ field: "assignees", name: "zoe" }]]);
  }));

Deno.test("a new issue is assigned with --assign, and options that exclude each other are told", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull", "--all"]);
    const made = await document(
      world,
      ...["issue", "create", "--title", "New", "--assignee", "ada", "--assign", "bo"],
    );
    assert.deepEqual(made.issue.assignees, ["ada", "bo"]);
    for (
      const [words, part, whole] of [
        [["--label", "x", "--add-label", "y"], "--add-label", "--label"],
        [["--clear", "labels", "--remove-label", "y"], "--remove-label", "--clear labels"],
        [["--assignee", "a", "--unassign", "b"], "--unassign", "--assignee"],
      ] as const
    ) {
      const { stderr } = await ends(world, 2, ["issue", "edit", "ENG-2", ...words]);
      assert.ok(stderr.startsWith(`✗ \`${part}\` and \`${whole}\` exclude each other`), stderr);
    }
    const twice = ["issue", "edit", "ENG-2", "--add-label", "x", "--remove-label", "x"];
    const { stderr } = await ends(world, 2, twice);
    assert.match(stderr, /"x" cannot be both added and removed/);
  }));

Deno.test("@me is what the tracker calls the user, who is told where that is not known", () =>
  withBoundWorld(async (world) => {
    await meanwhile(world, { assignees: ["ada"] });
    await ends(world, 0, ["sync", "pull", "--all"]);
    const create = ["issue", "create", "--title", "Mine", "--assign", "@me"];
    const { stderr } = await ends(world, 1, create);
    assert.match(
      stderr,
      /not known what the tracker calls you: no issue here is assigned to "demo@[^]*config set mission\.assignee NAME/,
    );
    await ends(world, 0, ["config", "set", "mission.assignee", "zoe"]);
    const made = await document(world, ...create);
    assert.deepEqual(made.issue.assignees, ["zoe"]);
    const edited = await document(world, "issue", "edit", "ENG-2", "--assign", "@me");
    assert.deepEqual(edited.issue.assignees, ["ada", "zoe"]);
    const back = await document(world, "issue", "edit", "ENG-2", "--unassign", "@me");
    assert.deepEqual(back.issue.assignees, ["ada"]);
    const whole = await document(world, "issue", "edit", "ENG-2", "--assignee", "@me");
    assert.deepEqual(whole.issue.assignees, ["zoe"]);
  }));

Deno.test("@me is written as the tracker writes the name that one is signed in by", () =>
  withBoundWorld(async (world) => {
    await meanwhile(world, { assignees: ["Demo@Example.com"] });
    await ends(world, 0, ["sync", "pull", "--all"]);
    const made = await document(
      world,
      ...["issue", "create", "--title", "Mine", "--assign", "@me"],
    );
    assert.deepEqual(made.issue.assignees, ["Demo@Example.com"]);
  }));

Deno.test("bd holds one assignee: a second one is refused with the way to replace the first", () =>
  withProject("bd", async (project) => {
    project.tool.setIssues([bdIssue("bd-1", { assignee: "mei" })]);
    await project.bind();
    await project.service.pull();
    const run = (...args: string[]) =>
      tracker(project.platform, "--repo", project.root, "issue", "edit", "bd-1", ...args);
    const { code, stderr } = await run("--assign", "ada", "--add-label", "ui");
    assert.equal(code, 1);
    assert.match(stderr, /beads holds one assignee/);
    assert.match(stderr, /`tracker issue edit bd-1 --assignee ada`/);
    assert.deepEqual((await project.service.issueShow("bd-1")).pending, []);
    assert.equal((await run("--unassign", "mei", "--assign", "ada")).code, 0);
    assert.equal((await project.service.push()).failures.length, 0);
    assert.equal(project.tool.issues()[0]?.["assignee"], "ada");
  }));

realBd("labels are added and removed beside those of others in real bd", async (project) => {
  const { service, bd, made, shown, at } = project;
  const id = made("--title=Labelled", "-l", "old,stale");
  await service.pull();
  await service.issueEdit(id, { addLabels: ["ours"], removeLabels: ["stale"], assign: ["mei"] });
  bd("update", id, "--add-label", "theirs", "--remove-label", "old");
  at(60_000);
  const run = await service.run();
  assert.deepEqual([run.pull.conflicts, run.push.conflicts, run.push.failures], [0, 0, []]);
  assert.deepEqual(shown(id)["labels"], ["ours", "theirs"]);
  assert.equal(shown(id)["assignee"], "mei");
});
