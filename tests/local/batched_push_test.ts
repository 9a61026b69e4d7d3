import assert from "node:assert/strict";
import { READING_LASTS_MS } from "../../src/local/push_batch.ts";
import { bdIssue } from "../support/issues.ts";
import { type LocalProject, withProject } from "./local_project.ts";

const MANY = 100;

async function edited(
  { service, tool, bind }: LocalProject,
  count: number,
  edit: Parameters<LocalProject["service"]["issueEdit"]>[1] = { title: "Ours", labels: ["ours"] },
): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `bd-${i}`);
  tool.setIssues(ids.map((id) => bdIssue(id)));
  await bind();
  await service.pull();
  for (const id of ids) await service.issueEdit(id, edit);
  return ids;
}

/** The calls that a push makes, by their verbs. */
async function callsOf({ tool, service }: LocalProject): Promise<Record<string, number>> {
  const before = tool.calls().length;
  const report = await service.push();
  assert.deepEqual(report.failures, []);
  const counts: Record<string, number> = {};
  for (const [verb = ""] of tool.calls().slice(before)) counts[verb] = (counts[verb] ?? 0) + 1;
  return counts;
}

for (const version of ["1.0.0", "1.3.0"]) {
  Deno.test(`a push of ${MANY} edits starts bd ${version} once for each write, and to read all twice`, () =>
    withProject("bd", async (project) => {
      const { tool, platform, service } = project;
      tool.behave({ version, now: platform.clock.now() });
      const ids = await edited(project, MANY);
      assert.deepEqual(await callsOf(project), { show: 2, update: MANY });
      assert.deepEqual(
        tool.issues().map(({ id, title, labels }) => [id, title, labels]),
        ids.map((id) => [id, "Ours", ["ours"]]),
      );
      assert.equal((await service.status()).counts.pending, 0);
      const again = await service.run({ full: true });
      assert.deepEqual([again.pull.updated, again.push.updated], [0, 0], "nothing swings");
    }));
}

Deno.test("what a push has read for too long is read again before more is written on it", () =>
  withProject("bd", async (project) => {
    const { tool, platform } = project;
    await edited(project, 4, { links: [], title: "Ours" });
    const before = tool.calls().length;
    let writes = 0;
    await project.service.push({
      onEvent(event) {
        if (event.kind !== "pushed") return;
        if (++writes === 2) platform.clock.advance(READING_LASTS_MS + 1);
      },
    });
    assert.deepEqual(tool.calls().slice(before).map((args) => args.slice(0, -1).slice(0, 5)), [
      ["show", "bd-0", "bd-1", "bd-2", "bd-3"],
      ["update", "bd-0", "--title=Ours"],
      ["update", "bd-1", "--title=Ours"],
      ["show", "bd-2", "bd-3"],
      ["update", "bd-2", "--title=Ours"],
      ["update", "bd-3", "--title=Ours"],
      ["show", "bd-0", "bd-1", "bd-2", "bd-3"],
    ]);
  }));

Deno.test("an issue that is gone, or that cannot be read, is told, and the others are pushed", () =>
  withProject("bd", async (project) => {
    const { tool, service } = project;
    await edited(project, 4);
    tool.setIssues(tool.issues().filter(({ id }) => id !== "bd-1"));
    tool.change("bd-2", { priority: "high" });
    const report = await service.push();
    assert.deepEqual(report.failures.map(({ id, code }) => [id, code]), [
      ["bd-1", "issue_gone"],
      ["bd-2", "tool_answer_unreadable"],
    ]);
    assert.equal(report.updated, 2);
    assert.deepEqual(
      tool.issues().map(({ id, title }) => [id, title]),
      [["bd-0", "Ours"], ["bd-2", "Issue bd-2"], ["bd-3", "Ours"]],
    );
  }));

Deno.test("a limit of a push is kept by what it reads and writes together", () =>
  withProject("bd", async (project) => {
    await edited(project, 5);
    const report = await project.service.push({ limit: 2 });
    assert.deepEqual([report.updated, report.complete], [2, false]);
    assert.equal(project.tool.issues().filter(({ title }) => title === "Ours").length, 2);
    assert.equal((await project.service.push({ limit: 3 })).complete, true);
  }));

Deno.test("a change made at bd after a write, and before all is read back, is taken", () =>
  withProject("bd", async (project) => {
    const { tool, service } = project;
    await edited(project, 2, { title: "Ours" });
    await service.push({
      onEvent(event) {
        if (event.kind === "pushed" && event.id === "bd-0") tool.change("bd-0", { title: "Later" });
      },
    });
    assert.equal((await service.issueShow("bd-0")).issue.title, "Later");
    assert.deepEqual(await service.conflicts(), [], "it was made on ours");
    assert.equal((await service.status()).counts.pending, 0);
  }));

Deno.test("ids are given to one call only as far as any system takes them", () =>
  withProject("bd", async (project) => {
    const { tool, service, bind } = project;
    const ids = Array.from({ length: 10 }, (_, i) => `bd-${"x".repeat(1_000)}${i}`);
    tool.setIssues(ids.map((id) => bdIssue(id)));
    await bind();
    await service.pull();
    for (const id of ids) await service.issueEdit(id, { title: "Ours" });
    assert.deepEqual(await callsOf(project), { show: 4, update: 10 });
  }));
