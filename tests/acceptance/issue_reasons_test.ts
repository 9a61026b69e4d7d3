/** `issue close --reason` and `issue reopen --reason`: where the reason goes, and that none is lost or doubled. */
import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";
import { withProject } from "../local/local_project.ts";
import { realBd } from "../local/real_bd.ts";
import { fill, TOKEN, withGitHub } from "./connect_setup.ts";
import { serveBound, terminate } from "./host_setup.ts";

/** Runs a test with a project that has pulled what the host has. */
function pulled(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () =>
    withBoundWorld(async (world) => {
      await ends(world, 0, ["sync", "pull", "--all"]);
      await test(world);
    }));
}

async function texts(world: World): Promise<string[]> {
  const { comments } = await document(world, "issue", "show", "ENG-2", "--comments");
  return comments.map(({ text }: { readonly text: string }) => text);
}

pulled("a reason that is a status is one, another text a comment", async (world) => {
  const before = await texts(world);
  await ends(world, 0, ["issue", "edit", "ENG-2", "--status", "in_progress"]);
  const line = ["issue", "close", "ENG-2", "--reason", "not planned"];
  const { stdout, stderr } = await ends(world, 0, line);
  assert.match(stdout, /^ {2}status +\S+ → canceled$/m);
  assert.match(stderr, /^ {2}The reason is told by the status "canceled"\.$/m);
  await ends(world, 0, ["issue", "close", "ENG-2", "--reason", "completed"]);
  assert.equal((await document(world, "issue", "show", "ENG-2")).status, "done");
  assert.deepEqual(await texts(world), before);
  const again = await ends(world, 0, ["issue", "reopen", "ENG-2", "--reason", "It is back"]);
  assert.match(again.stdout, /^ {2}status +done → todo\n✓ Commented on ENG-2 at the host$/m);
  assert.deepEqual(await texts(world), [...before, "It is back"]);
  const copy = await document(world, "issue", "close", "ENG-2", "--reason", "Duplicate");
  assert.deepEqual([copy.issue.status, copy.reason], ["canceled", {
    by: "comment",
    text: "Duplicate",
    state: "at_host",
  }]);
  await ends(world, 2, ["issue", "close", "ENG-2", "--reason", " "]);
});

pulled("a reason whose answer is lost is written once, when it is sent again", async (world) => {
  await ends(world, 0, ["issue", "edit", "ENG-2", "--status", "in_progress"]);
  await world.lever("fail", { path: "comments/add", status: 502, body: "html", after: true });
  const line = ["issue", "close", "ENG-2", "--reason", "Seen nowhere"];
  const lost = await failure(world, 1, line);
  assert.match(
    lost.next_action,
    /^The new status is kept, and waits for the next push; its reason/,
  );
  assert.match(lost.next_action, /Run the same command again: a comment that has arrived is not/);
  assert.equal((await document(world, "issue", "show", "ENG-2")).status, "done");
  const { stdout, stderr } = await ends(world, 0, line);
  assert.match(stdout, /^Nothing to change: ENG-2 .*\n✓ Commented on ENG-2 at the host$/m);
  assert.match(stderr, /It was there already: an earlier sending had arrived/);
  assert.equal((await texts(world)).filter((text) => text === "Seen nowhere").length, 1);
});

pulled("offline the move is kept, and the reason told as not written", async (world) => {
  await ends(world, 0, ["issue", "move", "ENG-2", "in_progress"]);
  await world.stopHost();
  await ends(world, 0, ["issue", "close", "ENG-2", "--reason", "not_planned"]);
  const line = ["issue", "reopen", "ENG-2", "--reason", "Back"];
  const { code, next_action } = await failure(world, 1, line);
  assert.equal(code, "network_error");
  assert.match(next_action, /^The new status is kept/);
  assert.equal((await document(world, "issue", "show", "ENG-2")).status, "todo");
  const { issue: { ref } } = await document(world, "issue", "create", "--title", "New");
  const draft = await failure(world, 1, ["issue", "close", ref.id, "--reason", "No"]);
  assert.equal(draft.code, "issue_not_pushed");
  assert.equal((await document(world, "issue", "show", ref.id)).status, "todo");
});

Deno.test("GitHub is told not_planned and completed as its reasons", () =>
  withGitHub(async ({ world, data, github, repository, connect }) => {
    fill(github, repository, 1);
    await ends(world, 0, connect("--repository", "acme/web"), { stdin: TOKEN });
    const host = await serveBound(world, data, "github");
    await until(async () => {
      await world.here(["sync", "pull", "--all"]);
      return (await world.here(["issue", "show", "#1"])).code === 0 ? true : null;
    });
    for (const reason of ["not_planned", "completed"]) {
      await ends(world, 0, ["issue", "close", "#1", "--reason", reason]);
      await ends(world, 0, ["sync", "push"]);
      await until(() =>
        Promise.resolve(repository.issues.get(1)?.stateReason === reason ? true : null)
      );
    }
    assert.equal(repository.issues.get(1)?.comments.length, 0);
    await terminate(host);
  }));

Deno.test("bd keeps the reason beside the status; one that is closed keeps its own", () =>
  withProject("bd", async (project) => {
    const { platform, root, service, tool } = project;
    tool.setIssues([bdIssue("bd-1")]);
    await project.bind();
    await service.pull();
    const run = (...args: string[]) => tracker(platform, "--repo", root, "issue", ...args);
    const first = await run("close", "bd-1", "--reason", "Not ours");
    assert.match(first.stderr, /^ {2}The reason goes to beads with the status\.$/m);
    const second = await run("close", "bd-1", "--reason", "-- Not planned");
    assert.match(second.stdout, /^Nothing to change: bd-1/);
    assert.match(second.stderr, /^ {2}The reason goes to beads with the status\.$/m);
    assert.deepEqual((await service.push()).failures, []);
    const [closed] = tool.issues();
    assert.deepEqual([closed?.["status"], closed?.["close_reason"]], ["closed", "-- Not planned"]);
    const third = await run("close", "bd-1", "--reason", "Other");
    assert.match(
      third.stderr,
      /beads keeps the reason it has; .*`tracker issue comment bd-1 TEXT`/,
    );
    assert.equal((await service.status()).counts.pending, 0);
    await run("reopen", "bd-1");
    await run("close", "bd-1");
    assert.equal((await service.status()).counts.pending, 0);
    assert.equal((await service.issueComments("bd-1")).total, 0);
  }));

Deno.test("bd shows the reason of a reopening nowhere, so that it becomes a comment", () =>
  withProject("bd", async (project) => {
    const { platform, root, service, tool } = project;
    tool.setIssues([bdIssue("bd-1", { status: "closed", close_reason: "Done" })]);
    await project.bind();
    await service.pull();
    const line = ["issue", "reopen", "bd-1", "--reason", "It is back"];
    const { code, stdout, stderr } = await tracker(platform, "--repo", root, ...line);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ {2}status +done → todo\n✓ Commented on bd-1$/m);
    assert.deepEqual((await service.push()).failures, []);
    assert.equal(tool.issues()[0]?.["status"], "open");
    const { comments } = await service.issueComments("bd-1");
    assert.deepEqual(comments.map(({ text }) => text), ["It is back"]);
    const made = await tracker(platform, "--repo", root, "issue", "create", "--title", "New");
    const draft = /Created (\S+)/.exec(made.stdout)?.[1] ?? "";
    const refused = await tracker(
      ...[platform, "--repo", root, "issue", "reopen", draft, "--reason", "No"] as const,
    );
    assert.match(refused.stderr, /is not at the tracker yet|not pushed/);
  }));

Deno.test("fp has no place for a reason, so that it becomes a comment", () =>
  withProject("fp", async (project) => {
    const { platform, root, service, tool } = project;
    const time = "2026-01-02T03:04:05.000Z";
    tool.setIssues([{
      ...{ id: "my-app-aaaa", shortId: "aaaa", title: "One", status: "todo" },
      ...{ createdAt: time, updatedAt: time },
    }]);
    await project.bind();
    await service.pull();
    const line = ["issue", "close", "my-app-aaaa", "--reason", "not_planned"];
    const { code, stdout, stderr } = await tracker(platform, "--repo", root, ...line);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^✓ Commented on my-app-aaaa$/m);
    assert.deepEqual((await service.push()).failures, []);
    assert.equal(tool.issues()[0]?.["status"], "done");
    const { comments } = await service.issueComments("my-app-aaaa");
    assert.deepEqual(comments.map(({ text }) => text), ["not_planned"]);
  }));

realBd("real bd is given the reason of a close and of a reopen", async (project) => {
  const { service, bd, made, shown, at } = project;
  const id = made("--title=Closed");
  await service.pull();
  await service.issueEdit(id, { status: "done", reason: "- Not ours" });
  at(60_000);
  assert.deepEqual((await service.run()).push.failures, []);
  assert.deepEqual([shown(id)["status"], shown(id)["close_reason"]], ["closed", "- Not ours"]);
  await service.issueEdit(id, { status: "todo", reason: "Back" });
  assert.deepEqual((await service.run()).push.failures, []);
  assert.equal(shown(id)["status"], "open");
  assert.ok(bd("show", id).includes(id));
});
