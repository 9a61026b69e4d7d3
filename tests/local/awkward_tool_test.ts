import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { systemFiles } from "../../src/platform/files.ts";
import { LocalTrackerService } from "../../src/local/service.ts";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

function beads(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("bd", test));
}

for (const envelope of ["data", "items", "nested"]) {
  beads(`answers wrapped as ${envelope} are read like plain ones`, async (project) => {
    const { service, tool, bind, platform } = project;
    tool.behave({ envelope, now: platform.clock.now(), noise: "Warning: new version\n\n" });
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    assert.equal((await service.pull()).created, 2);
    await service.issueEdit("bd-1", { title: "Ours" });
    await service.issueCreate({ title: "New" });
    const report = await service.push();
    assert.deepEqual([report.created, report.updated, report.failures.length], [1, 1, 0]);
    tool.setIssues([]);
    assert.deepEqual((await service.pull()).failures.map(({ code }) => code), ["listing_empty"]);
    await service.issueEdit("bd-2", { title: "Ours" });
    assert.deepEqual((await service.push()).failures.map(({ code }) => code), ["issue_gone"]);
  });
}

beads("raw control characters inside strings are accepted", async ({ service, tool, bind }) => {
  tool.behave({ rawControls: true });
  const description = 'A\nB\tC\u0007 "D" \\n \\\\';
  tool.setIssues([bdIssue("bd-1", { description }), bdIssue("bd-2")]);
  await bind();
  assert.equal((await service.pull()).created, 2);
  assert.equal((await service.issueShow("bd-1")).issue.body, description);
});

beads("an issue that cannot be read does not stop the others", async ({ service, tool, bind }) => {
  tool.behave({
    answer: `[${JSON.stringify(bdIssue("bd-1"))}, {"id": "bd-2", "title": 7, "updated_at":
      "2026-02-02T10:00:00Z"}, {"id": "bd-3", "title": {broken}}, ${
      JSON.stringify(bdIssue("bd-4", { created_at: "yesterday" }))
    }, ${JSON.stringify(bdIssue("bd-5"))}]`,
  });
  await bind();
  const report = await service.pull();
  assert.equal(report.created, 2);
  assert.deepEqual(report.failures.map(({ id, code }) => [id, code]), [
    ["bd-2", "issue_unreadable"],
    [null, "issue_unreadable"],
    ["bd-4", "issue_unreadable"],
  ]);
  assert.match(report.failures[0]?.message ?? "", /"title"/);
  const status = await service.status();
  assert.equal(status.updatedSince, null, "one of unknown time keeps the checkpoint where it was");
  assert.equal(status.lastSync?.outcome, "partial");
});

beads("what is not listed stays while something in the list cannot be read", async (project) => {
  const { service, tool, bind } = project;
  tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
  await bind();
  await service.pull();
  tool.behave({ answer: `[${JSON.stringify(bdIssue("bd-1"))}, {broken}]` });
  const report = await service.pull({ full: true });
  assert.deepEqual([report.removed, report.failures.length], [0, 1]);
  assert.equal((await service.issueShow("bd-2")).issue.title, "Issue bd-2");
});

for (
  const [what, answer] of [
    ["prose", "Nothing to see here\n"],
    ["a list that breaks off", '[{"id": "bd-1", "title": "x"'],
    ["a text that breaks off", '[{"id": "bd-1'],
    ["a list without commas", "[{} {}]"],
    ["nothing", ""],
  ] as const
) {
  beads(`${what} for an answer is an error that says so`, async ({ service, tool, bind }) => {
    tool.behave({ answer });
    await bind();
    await assert.rejects(service.pull(), { code: "tool_answer_unreadable" });
    assert.equal((await service.status()).lastSync?.outcome, "failed");
  });
}

for (const answer of ["null", "[]", '{"items": null}', '{"schema_version": 1, "data": []}']) {
  beads(`${answer} is an empty list`, async ({ service, tool, bind }) => {
    tool.behave({ answer });
    await bind();
    assert.equal((await service.pull()).created, 0);
  });
}

for (const stream of ["stdout", "stderr"] as const) {
  beads(`an error on ${stream} is told with its command and exit code`, async (project) => {
    const { service, tool, bind } = project;
    const message = `the database \u001b[31mis\u001b[0m broken\u0007`;
    tool.behave({ fail: [{ match: "^list", message, stream }] });
    await bind();
    await assert.rejects(service.pull(), {
      code: "tool_failed",
      message: `"${tool.command} list" failed with exit code 1: the database is broken`,
      details: {
        command: `${tool.command} list`,
        exit_code: 1,
        tool_message: "the database is broken",
      },
    });
  });
}

for (
  const [stream, message] of [
    [
      "stderr",
      "Error updating bd-1: Error 1105: string 'it's\nsecret\n' is too large for column 'body'",
    ],
    ["stdout", `${"what it did: ".repeat(40)} 'secret' is too long: the end`],
  ] as const
) {
  beads(
    `a long error on ${stream} keeps its reason, without the text it is about`,
    async (project) => {
      const { service, tool, bind } = project;
      tool.behave({ fail: [{ match: "^list", message, stream, prose: stream === "stderr" }] });
      await bind();
      const told = await service.pull().then(() => "", (error) => String(error.message));
      assert.match(
        told,
        /: (Error updating bd-1|what it did).*'…' is too l(arge for column 'body'|ong: the end)$/,
      );
      assert.doesNotMatch(told, /secret/);
      assert.ok(told.length < 500, told);
    },
  );
}

beads("a failing issue is recorded and the others are pushed", async ({ service, tool, bind }) => {
  tool.setIssues(["bd-1", "bd-2", "bd-3"].map((id) => bdIssue(id)));
  await bind();
  await service.pull();
  for (const id of ["bd-1", "bd-2", "bd-3"]) await service.issueEdit(id, { title: "Secret title" });
  tool.behave({ fail: [{ match: "^update bd-2", message: "disk full" }] });
  const report = await service.push();
  assert.equal(report.updated, 2);
  assert.deepEqual(report.failures.map(({ id, fields, code }) => [id, fields, code]), [
    ["bd-2", ["title"], "tool_failed"],
  ]);
  assert.match(report.failures[0]?.message ?? "", /update" failed with exit code 1: disk full$/);
  assert.doesNotMatch(report.failures[0]?.message ?? "", /Secret/);
  assert.equal((await service.status()).lastSync?.outcome, "partial");
  tool.behave({});
  assert.equal((await service.push({ retry: true })).updated, 1);
});

beads("one field that is refused does not keep the others from being written", async (project) => {
  const { service, tool, bind } = project;
  tool.setIssues([bdIssue("bd-1")]);
  await bind();
  await service.pull();
  await service.issueEdit("bd-1", { title: "Ours", assignees: ["ann"], status: "in_progress" });
  tool.behave({ fail: [{ match: "--assignee", message: "no such user" }] });
  const report = await service.push();
  assert.deepEqual(report.failures.map(({ fields }) => fields), [["assignees"]]);
  assert.equal(report.updated, 1);
  assert.deepEqual(["title", "status", "assignee"].map((name) => tool.issues()[0]?.[name]), [
    "Ours",
    "in_progress",
    undefined,
  ]);
  assert.deepEqual((await service.issueShow("bd-1")).pending.map(({ field }) => field), [
    "assignees",
  ]);
});

beads("an issue with open blockers is not closed by force", async ({ service, tool, bind }) => {
  tool.setIssues([
    bdIssue("bd-1", {
      dependencies: [{ issue_id: "bd-1", depends_on_id: "bd-2", type: "blocks" }],
    }),
    bdIssue("bd-2"),
  ]);
  await bind();
  await service.pull();
  await service.issueEdit("bd-1", { status: "done" });
  const report = await service.push();
  assert.match(report.failures[0]?.message ?? "", /blocked by open issues \[bd-2\]/);
  assert.equal(tool.issues()[0]?.["status"], "open");
  assert.equal(tool.calls().flat().includes("--force"), false);
  tool.change("bd-2", { status: "closed" });
  assert.equal((await service.push({ retry: true })).updated, 1);
  assert.equal(tool.issues()[0]?.["status"], "closed");
});

beads("a long error full of quotes is told like any other", async (project) => {
  const { service, tool, bind } = project;
  // A search from each quote to the end would not come to an end here.
  const message = `what it did: ${"it's what they didn't ".repeat(40_000)}`;
  tool.behave({ fail: [{ match: "^list", message, stream: "stderr", prose: true }] });
  await bind();
  await assert.rejects(service.pull(), { code: "tool_failed", message: /: what it did: it's/ });
});

beads("an issue made by a call that died is found again, not made twice", async (project) => {
  const { service, tool, bind } = project;
  await bind();
  await service.issueCreate({
    title: "New",
    body: "Text",
    status: "in_progress",
    issueType: "subtask",
    assignees: ["ann"],
    labels: ["a,b", "c"],
    customFields: { team: "core" },
  });
  tool.behave({ dieAfter: "^create" });
  const first = await service.push();
  assert.equal(first.failures[0]?.code, "tool_failed");
  assert.match(first.failures[0]?.message ?? "", /ended by a signal/);
  tool.behave({});
  assert.equal((await service.pull()).created, 0, "a pull leaves it to the push that made it");
  const second = await service.push();
  assert.deepEqual([second.created, second.failures], [1, []]);
  assert.deepEqual(tool.issues().map(({ title, status }) => [title, status]), [
    ["New", "in_progress"],
  ]);
  assert.equal((await service.status()).counts.total, 1);
  assert.deepEqual(await service.conflicts(), [], "nobody has changed it in between");
});

beads(
  "a found issue that was changed since has the tracker's value where nothing was said here",
  async (project) => {
    const { service, tool, bind } = project;
    await bind();
    await service.issueCreate({ title: "New" });
    tool.behave({ dieAfter: "^create" });
    await service.push();
    tool.behave({});
    const id = String(tool.issues()[0]?.["id"]);
    tool.change(id, { description: "Written there", updated_at: "2030-01-01T00:00:00Z" });
    await service.push();
    assert.equal((await service.issueShow(id)).issue.body, "Written there");
    assert.equal(tool.issues()[0]?.["description"], "Written there");
    assert.deepEqual(await service.conflicts(), []);
  },
);

beads(
  "a found issue keeps labels given there, though its time did not move",
  async (project) => {
    const { service, tool, bind } = project;
    await bind();
    await service.issueCreate({ title: "New", status: "in_progress", labels: ["ours"] });
    tool.behave({ dieAfter: "^create" });
    await service.push();
    tool.behave({});
    const id = String(tool.issues()[0]?.["id"]);
    tool.change(id, { labels: ["theirs"] });
    await service.push();
    assert.deepEqual(tool.issues()[0]?.["labels"], ["theirs"]);
    assert.deepEqual(
      await service.conflicts(),
      [],
      "the status the tool starts with is nobody's change",
    );
    assert.equal(tool.issues()[0]?.["status"], "in_progress");
  },
);

beads(
  "what was changed at the moment of a creation that died is the tracker's, and held where ours differs",
  async (project) => {
    const { service, tool, bind } = project;
    await bind();
    await service.issueCreate({
      title: "New",
      body: "Ours",
      status: "in_progress",
      issueType: "bug",
      labels: ["ours"],
    });
    tool.behave({ dieAfter: "^create" });
    await service.push();
    tool.behave({});
    const id = String(tool.issues()[0]?.["id"]);
    const theirs = { status: "blocked", issue_type: "epic", priority: 0, labels: [] };
    tool.change(id, { ...theirs, description: undefined });
    await service.push();
    assert.deepEqual(
      (await service.conflicts())
        .map(({ field, ours, theirs, taken }) => [field, ours, theirs, taken]),
      [["status", "in_progress", "blocked", null]],
    );
    const { issue } = await service.issueShow(id);
    assert.deepEqual([issue.body, issue.issue_type, issue.labels], [null, "epic", []]);
    assert.equal(
      (await service.issueShow(id)).issue.priority,
      1,
      "what was left open here is theirs",
    );
  },
);

beads("labels changed without a new time are found", async ({ service, tool, bind }) => {
  tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
  await bind();
  await service.pull();
  tool.change("bd-2", { labels: ["late"] });
  assert.equal((await service.pull()).updated, 1);
  assert.deepEqual((await service.issueShow("bd-2")).issue.labels, ["late"]);
});

beads("two syncs at once take turns and never meet at the tool", async (project) => {
  const { service, tool, bind, platform, root } = project;
  tool.setIssues([bdIssue("bd-1")]);
  tool.behave({ slowMs: 30 });
  await bind();
  await service.pull();
  // The waiting here is for a tool that really takes its time.
  const real = { ...platform, files: systemFiles(systemClock(), platform.random) };
  const patient = new LocalTrackerService({ platform: real, root });
  await service.issueEdit("bd-1", { title: "Ours" });
  const outcomes = await Promise.allSettled([
    patient.push(),
    patient.issueCreate({ title: "Meanwhile" }),
    patient.pull({ dryRun: true }),
    patient.run(),
  ]);
  assert.equal(tool.hadCollision(), false);
  assert.deepEqual(outcomes.map(({ status }) => status), outcomes.map(() => "fulfilled"));
  assert.equal(tool.issues().find(({ id }) => id === "bd-1")?.["title"], "Ours");
});
