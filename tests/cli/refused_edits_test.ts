import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { bdIssue } from "../support/issues.ts";

type Run = (...args: string[]) => ReturnType<typeof tracker>;

/** A bound project in which closing `bd-1` was refused. */
async function withRefused(
  test: (run: Run, project: LocalProject) => Promise<void>,
): Promise<void> {
  await withProject("bd", async (project) => {
    const { platform, root, tool, bind } = project;
    const run: Run = (...args) => tracker(platform, "--repo", root, ...args);
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await run("sync", "pull");
    await run("issue", "edit", "bd-1", "--status", "done");
    tool.behave({ fail: [{ match: "^close bd-1", message: "blocked by bd-2" }] });
    const push = await run("sync", "push");
    assert.deepEqual([push.code, push.stdout], [
      1,
      "! Pushed: 0 sent.\n",
    ]);
    assert.match(push.stderr, /^! 1 issue failed:\n {3}bd-1 {2}status: .*blocked by bd-2\n$/m);
    await test(run, project);
  });
}

Deno.test("a refused edit is listed and shown as one, with the ways out", () =>
  withRefused(async (run) => {
    assert.match((await run("issue", "list")).stdout, /^ bd-1 +todo, done refused +task/m);
    const shown = (await run("issue", "show", "bd-1")).stdout;
    assert.match(shown, /^ {2}status +todo, done refused$/m);
    assert.match(shown, /^ {2}refused +status → done: .*blocked by bd-2$/m);
    assert.match(
      shown,
      /`tracker issue discard bd-1` drops the edits, `tracker sync push --retry`/,
    );
    assert.doesNotMatch(shown, /to push/);
    assert.match(
      (await run("status")).stdout,
      /^ {2}refused +1 issue, .*: `tracker sync status`$/m,
    );
    assert.doesNotMatch((await run("issue", "list", "--status", "done")).stdout, /bd-1/);
  }));

Deno.test("a refused edit is in the documents of its issue, and in no other", () =>
  withRefused(async (run) => {
    const { issues } = JSON.parse((await run("issue", "list", "--json")).stdout);
    const refused = issues.map((issue: { ref: { id: string }; refused?: { field: string }[] }) =>
      [issue.ref.id, issue.refused?.map(({ field }) => field)] as const
    );
    assert.deepEqual(refused.sort(), [["bd-1", ["status"]], ["bd-2", undefined]]);
    const shown = JSON.parse((await run("issue", "show", "bd-1", "--json")).stdout);
    assert.deepEqual([shown.status, shown.refused[0].wanted], ["todo", "done"]);
    assert.equal(JSON.parse((await run("status", "--json")).stdout).refused, 1);
  }));

Deno.test("a later sync passes and counts the refused edit, and --retry sends it", () =>
  withRefused(async (run, { tool }) => {
    const later = await run("sync", "run");
    assert.deepEqual([later.code, later.stderr.includes("failed")], [0, false]);
    assert.match(later.stdout, /^ {2}1 issue with refused edits, not sent again/m);
    tool.behave({});
    assert.equal((await run("sync", "push", "--retry")).code, 0);
    assert.equal(tool.issues()[0]?.["status"], "closed");
  }));

Deno.test("issue discard tells what was dropped, and that there is nothing more", () =>
  withRefused(async (run) => {
    const dropped = await run("issue", "discard", "bd-1", "--field", "status");
    assert.equal(
      dropped.stdout,
      "✓ Discarded edits of bd-1  Issue bd-1\n  status        done → todo\n",
    );
    const again = await run("issue", "discard", "bd-1");
    assert.equal(again.stdout, "No edits to discard: bd-1  Issue bd-1\n");
    const made = await run("issue", "create", "--title", "Only here", "--json");
    const { id } = JSON.parse(made.stdout).issue.ref;
    const removed = await run("issue", "discard", id, "--json");
    assert.equal(JSON.parse(removed.stdout).removed, true);
    assert.equal((await run("sync", "run")).code, 0);
  }));

Deno.test("what was wanted of an issue that is not here is told, with what can be done about it", () =>
  withRefused(async (run) => {
    const made = await run("issue", "create", "--title", "Only here", "--json");
    const { id } = JSON.parse(made.stdout).issue.ref;
    await run("issue", "discard", id);
    assert.match((await run("sync", "conflicts")).stdout, /^No open conflicts/);
    const { stdout } = await run("sync", "conflicts", "--all");
    assert.match(
      stdout,
      new RegExp(`^ *\\d+ +${id} \\(not here\\) +title .*Only here.* dropped `, "m"),
    );
    assert.match(stdout, /^1 row of issues that are not here: .*`tracker issue create`/m);
    assert.doesNotMatch(stdout, /--resolve/);
    const { conflicts: [one] } = JSON.parse(
      (await run("sync", "conflicts", "--all", "--json")).stdout,
    );
    assert.deepEqual([one.issue_is_here, one.state, one.taken, one.key], [
      ...[false, "settled", "dropped", id],
    ]);
    const settle = await run("sync", "conflicts", "--resolve", String(one.id), "--take", "ours");
    assert.equal(settle.code, 1);
    assert.match(settle.stderr, /is not here\n.*`tracker sync conflicts --all --json`/);
  }));

Deno.test("edits of an issue that is gone are shown with the way to create it again", () =>
  withProject("bd", async ({ platform, root, tool, bind }) => {
    const run: Run = (...args) => tracker(platform, "--repo", root, ...args);
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await run("sync", "pull");
    await run("issue", "edit", "bd-1", "--title", "Mine");
    tool.setIssues([bdIssue("bd-2")]);
    await run("sync", "run");
    const again =
      /discard bd-1` drops the edits, `tracker issue create --from bd-1` creates it again/;
    assert.match((await run("issue", "show", "bd-1")).stdout, again);
    const { stdout } = await run("sync", "status");
    assert.match(stdout, again);
    assert.doesNotMatch(stdout, /--retry/);
  }));
