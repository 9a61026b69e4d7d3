import assert from "node:assert/strict";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

function beads(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("bd", test));
}

beads(
  "run takes changes of both sides and records what met",
  async ({ service, tool, bind, platform }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await service.run();
    await service.issueEdit("bd-1", { title: "Ours", priority: 2 });
    platform.clock.advance(60_000);
    // It still shows the old title, so that what comes after it is the newer one.
    await service.pull();
    platform.clock.advance(60_000);
    tool.change("bd-1", {
      title: "Theirs",
      description: "Theirs",
      updated_at: "2026-03-01T12:01:30Z",
    });
    const report = await service.run();
    assert.deepEqual([report.pull.conflicts, report.pull.updated, report.push.updated], [1, 1, 1]);
    assert.deepEqual(
      ["title", "description", "priority"].map((name) => tool.issues()[0]?.[name]),
      ["Theirs", "Theirs", 1],
    );
    const [conflict] = await service.conflicts();
    assert.deepEqual(
      [conflict?.field, conflict?.ours, conflict?.theirs, conflict?.taken],
      ["title", "Ours", "Theirs", "theirs"],
    );
    assert.deepEqual((await service.status()).conflicts, { open: 0, total: 1 });
  },
);

beads(
  "a settled conflict can be settled the other way",
  async ({ service, tool, bind, platform }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind({ strategy: "external_wins" });
    await service.pull();
    await service.issueEdit("bd-1", { title: "Ours" });
    platform.clock.advance(60_000);
    tool.change("bd-1", { title: "Theirs", updated_at: "2026-03-01T12:00:30Z" });
    await service.run();
    const outcome = await service.resolveConflict({ id: 1, take: "ours" });
    assert.equal(outcome.kind === "resolved" ? outcome.issue.title : "", "Ours");
    assert.equal((await service.resolveConflict({ id: 1, take: "ours" })).kind, "unchanged");
    await service.push();
    assert.equal(tool.issues()[0]?.["title"], "Ours");
    await assert.rejects(service.resolveConflict({ id: 9, take: "ours" }), {
      code: "conflict_not_found",
    });
  },
);

beads("conflicts about the same field are recorded one by one", async (project) => {
  const { service, tool, bind, platform } = project;
  tool.setIssues([bdIssue("bd-1")]);
  await bind({ strategy: "external_wins" });
  await service.pull();
  for (const round of ["1", "2"]) {
    await service.issueEdit("bd-1", { title: `Ours ${round}` });
    platform.clock.advance(60_000);
    tool.change("bd-1", { title: `Theirs ${round}`, updated_at: `2026-03-01T12:0${round}:30Z` });
    await service.run();
  }
  assert.deepEqual((await service.conflicts()).map(({ ours, theirs }) => [ours, theirs]), [
    ["Ours 2", "Theirs 2"],
    ["Ours 1", "Theirs 1"],
  ]);
  await bind({ doctrineMode: "external_authoritative" });
  await assert.rejects(service.resolveConflict({ id: 1, take: "ours" }), {
    code: "field_owned_by_tracker",
  });
});

for (const take of ["ours", "theirs"] as const) {
  beads(`under manual review nothing moves until ${take} is taken`, async (project) => {
    const { service, tool, bind, platform, events, onEvent } = project;
    tool.setIssues([bdIssue("bd-1")]);
    await bind({ strategy: "manual_review" });
    await service.pull();
    await service.issueEdit("bd-1", { title: "Ours", body: "Ours too" });
    platform.clock.advance(60_000);
    tool.change("bd-1", { title: "Theirs", updated_at: "2026-03-01T12:00:30Z" });
    for (let i = 0; i < 2; i++) await service.run({ onEvent });
    assert.equal(tool.issues()[0]?.["title"], "Theirs");
    assert.equal(tool.issues()[0]?.["description"], "Ours too", "other fields go on");
    assert.equal((await service.issueShow("bd-1")).issue.title, "Ours");
    assert.equal(events.filter((event) => event.kind === "conflict").length, 1, "told once");
    assert.equal(events.filter((event) => event.kind === "held").length, 2);
    const [open] = (await service.issueShow("bd-1")).conflicts;
    await service.resolveConflict({ id: open?.id ?? 0, take });
    await service.run();
    const title = take === "ours" ? "Ours" : "Theirs";
    assert.equal(tool.issues()[0]?.["title"], title);
    assert.equal((await service.issueShow("bd-1")).issue.title, title);
    assert.deepEqual((await service.status()).conflicts, { open: 0, total: 1 });
  });
}

beads("a field the tracker owns cannot be edited here", async ({ service, tool, bind }) => {
  tool.setIssues([bdIssue("bd-1")]);
  await bind({ doctrineMode: "external_authoritative" });
  await service.pull();
  await assert.rejects(service.issueEdit("bd-1", { title: "Ours" }), {
    code: "field_owned_by_tracker",
    message: /"title"/,
  });
  assert.deepEqual((await service.issueEdit("bd-1", { title: "Issue bd-1" })).changes, []);
  const { issue } = await service.issueCreate({ title: "New" });
  await service.issueEdit(issue.ref.id, { title: "Newer" });
  await service.push();
  assert.equal(tool.issues().some(({ title }) => title === "Newer"), true, "it was ours till then");
  await assert.rejects(service.issueEdit("bd-9", { title: "x" }), { code: "issue_not_found" });
  await assert.rejects(service.issueEdit("bd-1", { title: " " }), { code: "invalid_edit" });
});

beads(
  "a field we own goes over the tracker's, whose value is recorded",
  async ({ service, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind({ doctrineMode: "spec_kitty_authoritative" });
    await service.pull();
    await service.issueEdit("bd-1", { title: "Ours" });
    tool.change("bd-1", { title: "Theirs", updated_at: "2026-03-01T12:30:00Z" });
    const report = await service.run();
    assert.equal(report.push.updated, 1);
    assert.equal(tool.issues()[0]?.["title"], "Ours");
    const [conflict] = await service.conflicts();
    assert.deepEqual([conflict?.reason, conflict?.theirs], ["owner", "Theirs"]);
  },
);

beads(
  "a field we own and did not edit takes the tracker's value, which another clone may have given it",
  async ({ service, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind({ doctrineMode: "spec_kitty_authoritative" });
    await service.pull();
    tool.change("bd-1", { title: "Of another clone", updated_at: "2026-03-01T12:30:00Z" });
    const report = await service.run();
    assert.equal(report.push.updated, 0);
    assert.equal(tool.issues()[0]?.["title"], "Of another clone");
    assert.equal((await service.issueShow("bd-1")).issue.title, "Of another clone");
  },
);

beads(
  "values without a word at the tool are listed and not pushed",
  async ({ service, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1", { status: "hooked", issue_type: "agent" }), bdIssue("bd-2")]);
    await bind();
    await service.pull();
    const { unwritable } = await service.issueEdit("bd-1", {
      status: "in_review",
      issueType: "subtask",
      assignees: ["ann", "bob"],
      customFields: { team: "core" },
      priority: 1,
    });
    const fields = ["status", "issue_type", "assignees", "custom_fields"];
    assert.deepEqual(unwritable.map(({ field }) => field), fields);
    const report = await service.push();
    assert.deepEqual(report.skippedFields.map(({ id, field }) => [id, field]), [
      ...fields.map((field) => ["bd-1", field]),
    ]);
    assert.match(report.skippedFields[0]?.reason ?? "", /no status for "in_review"/);
    assert.deepEqual(report.failures, []);
    assert.deepEqual(
      ["status", "issue_type", "priority"].map((name) => tool.issues()[0]?.[name]),
      ["hooked", "agent", 0],
    );
    const calls = tool.calls().length;
    const second = await service.push();
    assert.deepEqual([second.skipped, second.skippedFields.length], [1, 4]);
    assert.equal(tool.calls().length, calls, "nothing that can be written: the tool is not asked");
  },
);
