import assert from "node:assert/strict";
import { bdIssue } from "../support/issues.ts";
import { type LocalProject, withProject } from "./local_project.ts";

function bd(
  name: string,
  test: (project: LocalProject) => Promise<void>,
  version = "1.3.0",
): void {
  Deno.test(name, () =>
    withProject("bd", async (project) => {
      const { tool, platform } = project;
      tool.behave({ version, now: platform.clock.now() });
      tool.setIssues([bdIssue("bd-1", { assignee: "ann" }), bdIssue("bd-2")]);
      await project.bind({ strategy: "local_wins" });
      await project.service.pull();
      await test(project);
    }));
}

/** The arguments of the writes so far. */
function writes({ tool }: LocalProject): string[][] {
  return tool.calls().filter(([verb, id]) => verb === "update" && id !== "--help");
}

function helps({ tool }: LocalProject): number {
  return tool.calls().filter((args) => args[1] === "--help").length;
}

bd("a write of status or assignee says what these were when they were read", async (project) => {
  const { service } = project;
  await service.issueEdit("bd-1", { status: "in_progress", assignees: ["bob"], title: "Ours" });
  await service.issueEdit("bd-2", { title: "Ours" });
  assert.equal((await service.push()).updated, 2);
  const [first = [], second = []] = writes(project);
  assert.deepEqual(first.filter((arg) => arg.startsWith("--if")), [
    "--if-status=open",
    "--if-assignee=ann",
  ]);
  assert.deepEqual(second.filter((arg) => arg.startsWith("--if")), []);
});

bd(
  "the help of bd is read once for each file, and again when that has changed",
  async (project) => {
    const { service, tool } = project;
    for (const status of ["in_progress", "blocked"] as const) {
      await service.issueEdit("bd-2", { status });
      assert.equal((await service.push()).updated, 1);
    }
    assert.equal(helps(project), 1);
    await Deno.utime(tool.command, 1_700_000_000, 1_700_000_000);
    await service.issueEdit("bd-2", { status: "todo" });
    assert.equal((await service.push()).updated, 1);
    assert.equal(helps(project), 2);
  },
);

bd("bd 1.0, which has no preconditions, is written to without", async (project) => {
  const { service, tool } = project;
  await service.issueEdit("bd-2", { status: "in_progress", assignees: ["bob"] });
  assert.equal((await service.push()).updated, 1);
  assert.equal(helps(project), 1);
  assert.deepEqual(writes(project).flat().filter((arg) => arg.startsWith("--if")), []);
  assert.deepEqual([tool.issues()[1]?.["status"], tool.issues()[1]?.["assignee"]], [
    "in_progress",
    "bob",
  ]);
}, "1.0.0");

bd("a bd that was replaced by an older one behind the same file is written to", async (project) => {
  const { service, tool, platform } = project;
  await service.issueEdit("bd-2", { status: "in_progress" });
  await service.push();
  tool.behave({ version: "1.0.0", now: platform.clock.now() });
  await service.issueEdit("bd-2", { status: "blocked" });
  const report = await service.push();
  assert.deepEqual([report.updated, report.failures], [1, []]);
  assert.equal(tool.issues()[1]?.["status"], "blocked");
});

bd("an issue that changed after it was read is read, merged and written again", async (project) => {
  const { service, tool, platform } = project;
  await service.issueEdit("bd-2", { status: "in_progress", title: "Ours" });
  const changes = [{ status: "deferred", description: "Theirs" }];
  tool.behave({
    version: "1.3.0",
    now: platform.clock.now(),
    meanwhile: { match: "^update bd-2 ", id: "bd-2", changes },
  });
  const report = await service.push();
  assert.deepEqual([report.updated, report.failures, report.held], [1, [], 0]);
  const { status, title, description } = tool.issues()[1] ?? {};
  assert.deepEqual([status, title, description], ["in_progress", "Ours", "Theirs"]);
  const { issue } = await service.issueShow("bd-2");
  assert.equal(issue.body, "Theirs");
  assert.equal((await service.status()).counts.pending, 0);
});

bd("a field that changes each time it is about to be written is held", async (project) => {
  const { service, tool, platform } = project;
  await service.issueEdit("bd-2", { status: "in_progress", title: "Ours" });
  // Before the write of both, before that of the status alone, before the one on the new reading.
  const changes = ["blocked", "deferred", "blocked"].map((status) => ({ status }));
  tool.behave({
    version: "1.3.0",
    now: platform.clock.now(),
    meanwhile: { match: "^update bd-2 .*--if-status", id: "bd-2", changes },
  });
  const report = await service.push();
  assert.deepEqual([report.updated, report.failures, report.held], [1, [], 1]);
  const [held] = await service.conflicts();
  assert.deepEqual(
    [held?.field, held?.base, held?.ours, held?.theirs, held?.taken],
    ["status", "todo", "in_progress", "blocked", null],
  );
  const { status, title } = tool.issues()[1] ?? {};
  assert.deepEqual([status, title], ["blocked", "Ours"], "the other field is delivered");

  await service.resolveConflict({ id: held?.id ?? 0, take: "ours" });
  tool.behave({ version: "1.3.0", now: platform.clock.now() });
  assert.equal((await service.push()).updated, 1);
  assert.equal(tool.issues()[1]?.["status"], "in_progress");
});
