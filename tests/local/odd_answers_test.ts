import assert from "node:assert/strict";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

function beads(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("bd", test));
}

for (
  const [what, noise] of [
    ["a word in brackets", "[dolt] starting\n"],
    ["a log in JSON", '{"level":"info","msg":"opening"}\n{"level":"warn","error":"slow disk"}\n'],
  ] as const
) {
  for (const envelope of [undefined, "data", "items", "inline"]) {
    beads(
      `${what} before answers wrapped as ${envelope ?? "nothing"} hides none`,
      async (project) => {
        const { service, tool, bind } = project;
        tool.behave({ noise, ...(envelope === undefined ? {} : { envelope }) });
        tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
        await bind();
        assert.equal((await service.pull()).created, 2);
        await service.issueEdit("bd-1", { title: "Ours" });
        await service.issueCreate({ title: "New" });
        const report = await service.push();
        assert.deepEqual([report.created, report.updated, report.failures], [1, 1, []]);
      },
    );
  }
}

for (const stream of ["stdout", "stderr"] as const) {
  beads(`an error on ${stream} is told, not the line of a log before it`, async (project) => {
    const { service, tool, bind } = project;
    tool.behave({
      fail: [{
        match: "^list",
        message: '[dolt] starting\n{"level":"info","msg":"opening"}\nError: the disk is full',
        stream,
        prose: true,
      }],
    });
    await bind();
    await assert.rejects(service.pull(), { message: /exit code 1: the disk is full$/ });
  });
}

beads("a warning before an error is not told in its place", async (project) => {
  const { service, tool, bind } = project;
  const message = [
    "Warning: .beads has permissions 0755 (recommended: 0700). Run: chmod 700 .beads",
    "warning: beads.role not configured",
    "  Fix: git config beads.role maintainer",
    "cannot close bd-1: 1 open child issue(s)",
  ].join("\n");
  tool.behave({ fail: [{ match: "^list", message, stream: "stderr", prose: true }] });
  await bind();
  await assert.rejects(service.pull(), { message: /exit code 1: cannot close bd-1: 1 open child/ });
});

beads("a failure that only warns is told by its warning", async ({ service, tool, bind }) => {
  const message = "Warning: the disk is full\n  Remove something";
  tool.behave({ fail: [{ match: "^list", message, stream: "stderr", prose: true }] });
  await bind();
  await assert.rejects(service.pull(), { message: /exit code 1: Warning: the disk is full$/ });
});

const TWICE = [
  bdIssue("bd-1", { title: "First" }),
  bdIssue("bd-2"),
  bdIssue("bd-1", { title: "Second", updated_at: "2026-02-03T10:00:00Z" }),
];

beads("an id that is listed twice is the first issue of it, each time", async (project) => {
  const { service, tool, bind } = project;
  tool.behave({ answer: JSON.stringify(TWICE) });
  await bind();
  const first = await service.pull();
  assert.deepEqual([first.created, first.updated], [2, 0]);
  const second = await service.pull();
  assert.deepEqual([second.created, second.updated, second.skipped], [0, 0, 2]);
  assert.equal((await service.issueShow("bd-1")).issue.title, "First");
});

beads("an id that is listed twice is told", async ({ service, tool, bind }) => {
  tool.behave({ answer: JSON.stringify(TWICE) });
  await bind();
  const report = await service.pull();
  assert.deepEqual(report.failures.map(({ id, code }) => [id, code]), [["bd-1", "issue_repeated"]]);
  assert.match(report.failures[0]?.message ?? "", /lists this id more than once/);
});

beads("an id that is listed twice keeps nothing that is gone", async ({ service, tool, bind }) => {
  tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2"), bdIssue("bd-3")]);
  await bind();
  await service.pull();
  tool.behave({ answer: JSON.stringify(TWICE) });
  assert.equal((await service.pull({ full: true })).removed, 1);
});
