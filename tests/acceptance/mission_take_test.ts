/** The whole of `mission start`: text, branch, status and assignee of the ticket, at a host and with a tool. */
import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";
import { git, readyForMissions } from "../support/world_git.ts";

/** A bound project in a repository; its user is called `mei` by the tracker. */
function inRepository(name: string, test: (world: World, key: string) => Promise<void>): void {
  Deno.test(name, () =>
    withBoundWorld(async (world) => {
      await readyForMissions(world);
      const { issues } = await document(world, "issue", "list", "--status", "todo", "--limit", "1");
      await test(world, issues[0].ref.key);
    }));
}

/** What the host has of an issue. */
async function atHost(world: World, key: string) {
  await ends(world, 0, ["sync", "pull"]);
  return await document(world, "issue", "show", key);
}

inRepository(
  "a start quotes the ticket, makes its branch, and takes the ticket; a repeat changes nothing",
  async (world, key) => {
    await ends(world, 0, ["issue", "edit", key, "--body", "Since Monday\n\n- [ ] find out why"]);
    await ends(world, 0, ["sync", "push"]);
    const before = await document(world, "issue", "show", key);
    const args = ["mission", "start", "--ticket", key, "--yes", "--branch", "--no-input"];
    const { stdout } = await ends(world, 0, args);
    const branch = await git(world, "symbolic-ref", "--short", "HEAD");
    assert.match(branch, new RegExp(`^${key}-[a-z0-9-]+$`));
    assert.match(stdout, new RegExp(`^ {2}on the new branch ${branch}$`, "m"));
    assert.match(stdout, new RegExp(`^ {2}${key} is in progress$`, "m"));
    assert.match(stdout, new RegExp(`^ {2}${key} is assigned to mei$`, "m"));
    assert.equal(await git(world, "rev-list", "--count", "main"), "1");
    const mission = `001-${key.toLowerCase()}`;
    const spec = await Deno.readTextFile(`${world.project}/kitty-specs/${mission}/spec.md`);
    assert.ok(spec.includes(`> **${key}: ${before.title}**\n`), spec);
    assert.match(spec, /^> Since Monday\n>\n> - \[ \] find out why\n/m);
    assert.match(spec, /^### Tasks of the ticket\n\n> - \[ \] find out why\n/m);
    const after = await atHost(world, key);
    assert.equal(after.status, "in_progress");
    assert.deepEqual(after.assignees, [...before.assignees, "mei"]);

    await world.forgetRequests();
    const again = await document(world, ...args);
    assert.equal(again.resumed, true);
    assert.deepEqual(
      again.steps.map(({ step, outcome }: Record<string, string>) => `${step} ${outcome}`),
      [
        "branch already",
        "mission already",
        "origin done",
        "commit done",
        "status already",
        "assignee already",
      ],
    );
    assert.deepEqual(
      (await world.requests()).filter((line) => line.includes("/push/")),
      [],
    );
    assert.equal(await git(world, "rev-list", "--count", "HEAD"), "3");
  },
);

inRepository(
  "--no-transition leaves the ticket as it is; other edits wait on",
  async (world, key) => {
    const { issues } = await document(world, "issue", "list", "--status", "done", "--limit", "1");
    await ends(world, 0, ["issue", "edit", issues[0].ref.key, "--title", "Later"]);
    const before = await document(world, "issue", "show", key);
    const left = await document(
      world,
      ...["mission", "start", "--ticket", key, "--yes", "--no-transition"],
    );
    assert.deepEqual(
      left.steps.slice(-2).map(({ outcome }: Record<string, string>) => outcome),
      ["not_asked", "not_asked"],
    );
    assert.equal(left.branch, null);
    assert.equal((await atHost(world, key)).status, before.status);
    await ends(world, 0, ["mission", "start", "--ticket", key, "--yes"]);
    assert.equal((await atHost(world, key)).status, "in_progress");
    const other = await document(world, "issue", "show", issues[0].ref.key);
    assert.deepEqual(other.pending.map(({ field }: { field: string }) => field), ["title"]);
  },
);

inRepository(
  "a ticket that is further is not moved back, and without a name nobody is assigned",
  async (world) => {
    await ends(world, 0, ["config", "unset", "mission.assignee"]);
    const { issues } = await document(world, "issue", "list", "--status", "in_review");
    const { key } = issues[0].ref;
    const { stdout } = await ends(world, 0, ["mission", "start", "--ticket", key, "--yes"]);
    assert.match(stdout, /did not move to in progress: it is in review/);
    assert.match(stdout, /did not assign to you: .*`tracker config set mission\.assignee NAME`/);
    assert.equal((await atHost(world, key)).status, "in_review");
  },
);

inRepository("what cannot be sent waits, is told, and a repeat sends it", async (world, key) => {
  await world.lever("fail", { times: 1, status: 403, path: "tracker/push" });
  const args = ["mission", "start", "--ticket", key, "--yes"];
  const { stdout, stderr } = await ends(world, 1, args);
  assert.match(stdout, /^✓ Mission 001-/m);
  assert.match(stderr, /^! move to in progress waits for `tracker sync push`: /m);
  const again = await ends(world, 0, args);
  assert.match(again.stdout, new RegExp(`${key} is in progress`));
  const { status, assignees, pending } = await atHost(world, key);
  assert.equal(status, "in_progress");
  assert.ok(assignees.includes("mei"));
  assert.deepEqual(pending ?? [], [], "nothing waits here any more");
});

inRepository(
  "the picker narrows my open tickets as one types; Escape starts nothing",
  async (world, key) => {
    await ends(world, 0, ["issue", "edit", key, "--assignee", "mei"]);
    const none = await failure(world, 1, ["mission", "start"], { stdin: "" });
    assert.equal(none.code, "no_answer");
    assert.match(none.message, new RegExp(`no terminal to choose one\\. Open: ${key}$`));
    assert.equal(none.details.candidates[0].external_issue_key, key);
    assert.match(none.next_action, /--ticket KEY --yes/);
  },
);

inRepository(
  "`issue branch` makes the branch of an issue, finds it, and names it",
  async (world, key) => {
    const named = await ends(world, 0, ["issue", "branch", key, "--print"]);
    const branch = named.stdout.trim();
    assert.match(branch, new RegExp(`^${key}-[a-z0-9-]+$`));
    assert.equal(await git(world, "symbolic-ref", "--short", "HEAD"), "main");
    const made = await ends(world, 0, ["issue", "branch", key.toLowerCase()]);
    assert.equal(made.stdout, `✓ Created and checked out ${branch}\n`);
    const again = await ends(world, 0, ["issue", "branch", key]);
    assert.equal(again.stdout, `On ${branch} already\n`);
    await git(world, "switch", "--quiet", "main");
    const found = await document(world, "issue", "branch", key);
    assert.deepEqual(found, {
      schema: 1,
      branch,
      key,
      mission: null,
      checked_out: true,
      created: false,
      exists: true,
      previous_branch: "main",
    });
    assert.equal((await failure(world, 1, ["issue", "branch", "NOPE-1"])).code, "issue_not_found");
  },
);
