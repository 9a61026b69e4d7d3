import assert from "node:assert/strict";
import { SyncRunner } from "../../src/dashboard/sync_runner.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { readSyncState } from "../../src/tracker/sync_state.ts";
import { GATE_ON } from "../support/cli.ts";
import { handlerFor, pressed, request } from "./support.ts";
import { bdIssue } from "../support/issues.ts";

/** Presses "Sync now" on the page of a local project; answers what the page is told at its end. */
async function press(
  { platform, root }: LocalProject,
): Promise<ReturnType<typeof JSON.parse>> {
  const startDaemon = () => Promise.reject(new Error("The daemon was started"));
  const runner = new SyncRunner({ platform, root, version: "1.2.3", startDaemon });
  const handler = handlerFor({ platform, root }, runner);
  assert.equal((await handler(request("sync-now", pressed()))).status, 202);
  await runner.ended();
  return (await (await handler(request("sync.json"))).json()).last;
}

async function read({ platform, root }: LocalProject, path: string) {
  const answer = await handlerFor({ platform, root })(request(path));
  assert.equal(answer.status, 200);
  const body: ReturnType<typeof JSON.parse> = await answer.json();
  return body;
}

for (const [gate, env] of [["off", {}], ["on", GATE_ON]] as const) {
  Deno.test(`a local binding is synced with its tool, with hosted sync ${gate}, and asks no host`, () =>
    withProject("bd", async (project) => {
      const { tool, bind, service } = project;
      tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
      await bind();
      assert.equal((await read(project, "state.json")).can_sync, true);
      const first = await press(project);
      assert.deepEqual([first.title, first.lines], ["Synced", ["2 new."]]);
      await service.issueEdit("bd-1", { title: "Ours" });
      const second = await press(project);
      assert.equal(second.title, "Synced");
      assert.match(second.lines[0], /2 unchanged, 1 sent\.$/);
      assert.equal(tool.issues().find(({ id }) => id === "bd-1")?.["title"], "Ours");
      const third = await press(project);
      assert.deepEqual([third.title, third.tone], ["Up to date", "good"]);
    }, { env }));
}

Deno.test("the recent syncs tell a local sync in the words of Sync now", () =>
  withProject("bd", async (project) => {
    project.tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await project.bind();
    await press(project);
    await press(project);
    const { syncs } = (await read(project, "state.json")).cache;
    assert.deepEqual(syncs.map(({ facts }: { facts: string[] }) => facts), [
      ["2 unchanged"],
      ["2 new"],
    ]);
  }));

Deno.test("a conflict that waits is told with its issue, and never as up to date", () =>
  withProject("bd", async (project) => {
    const { tool, bind, service, platform } = project;
    tool.setIssues([bdIssue("bd-1")]);
    await bind({ strategy: "manual_review", doctrineMode: "split_ownership" });
    await press(project);
    await service.issueEdit("bd-1", { title: "Ours" });
    platform.clock.advance(60_000);
    tool.change("bd-1", { title: "Theirs", updated_at: "2026-03-01T10:00:00Z" });
    const told = await press(project);
    assert.equal(told.title, "Synced, with conflicts to decide");
    assert.match(told.lines[0], /1 conflict to decide/);
    assert.equal(told.next_action, "Decide conflicts with `tracker sync conflicts`.");
    const [listed] = (await read(project, "issues.json")).issues;
    assert.deepEqual(listed.held, ["title to decide"]);
    const { conflicts } = await read(project, `issue.json?id=${listed.handle}`);
    assert.deepEqual(
      conflicts.map((one: Record<string, unknown>) => [one["field"], one["ours"], one["theirs"]]),
      [["title", "Ours", "Theirs"]],
    );
  }));

Deno.test("a tool that fails is told with its reason and the next step", () =>
  withProject("bd", async (project) => {
    await project.bind();
    await Deno.remove(project.tool.command);
    const told = await press(project);
    assert.deepEqual([told.kind, told.title], ["failed", "The sync did not work"]);
    assert.match(told.lines[0], /bd/);
    assert.ok(told.next_action.length > 10);
  }));

Deno.test("an edit that the tool cannot take is told as one that stays here, as sync status tells it", () =>
  withProject("fp", async (project) => {
    const { bind, service } = project;
    await bind();
    const names = ["Search", "Sort"];
    for (const title of names) await service.issueCreate({ title });
    await press(project);
    const issues = (await read(project, "issues.json")).issues;
    const [one, other] = names.map((name) =>
      issues.find(({ title }: { title: string }) => title === name).handle
    );
    await service.issueEdit(one, { title: "Find" });
    await service.issueEdit(other, { title: "Order", priority: 1 });

    const { to_push, stay_here, counts } = (await read(project, "state.json")).cache;
    assert.deepEqual([to_push, stay_here, counts.pending], [1, 2, 2]);
    const { pending, skipped } = await readSyncState(project);
    assert.deepEqual([pending.length, skipped.length], [to_push, stay_here]);

    const listed = (await read(project, "issues.json")).issues;
    const markOf = (handle: string) =>
      listed.find((issue: { handle: string }) => issue.handle === handle).edited;
    assert.deepEqual([markOf(one), markOf(other)], ["stays here", "to push"]);
    const shown = await read(project, `issue.json?id=${other}`);
    const fields = (list: readonly { field: string }[]) => list.map(({ field }) => field);
    assert.deepEqual([fields(shown.waiting), fields(shown.staying)], [["priority"], ["title"]]);
    assert.deepEqual(shown.staying[0], {
      field: "title",
      from: "Sort",
      to: "Order",
      reason: "fp cannot change a title",
    });
  }));
