import assert from "node:assert/strict";
import { fpIssue } from "../support/issues.ts";
import { type LocalProject, withProject } from "./local_project.ts";

function fp(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("fp", test));
}

/** An issue as `fp` stores it. */
function inApp(shortId: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return fpIssue(`my-app-${shortId}`, fields);
}

fp("pull stores fp's issues, raw control characters included", async ({ service, tool, bind }) => {
  tool.setIssues([
    inApp("aaaa", {
      description: "Line\none\t\u0001 \\n",
      status: "in-progress",
      priority: "critical",
      properties: { labels: "b, a", team: "core" },
    }),
    inApp("aaab", {
      parent: "my-app-aaaa",
      dependencies: ["my-app-aaac"],
      priority: "none",
      status: "waiting for review",
    }),
    inApp("aaac", { status: "done" }),
  ]);
  await bind();
  const report = await service.pull();
  assert.deepEqual([report.created, report.failures], [3, []]);
  const { issue } = await service.issueShow("my-app-aaaa");
  assert.deepEqual(
    [issue.body, issue.status, issue.priority, issue.labels, issue.custom_fields],
    ["Line\none\t\u0001 \\n", "in_progress", 1, ["a", "b"], { team: "core" }],
  );
  const second = (await service.issueShow("my-app-aaab")).issue;
  assert.deepEqual(
    [second.status, second.provider_metadata["raw_status"], second.parent_ref?.id],
    ["in_review", "waiting for review", "my-app-aaaa"],
  );
  assert.deepEqual(second.links.map(({ type, ref }) => [type, ref.id]), [
    ["blocked_by", "my-app-aaac"],
  ]);
  const again = await service.pull();
  assert.deepEqual([again.updated, again.skipped], [0, 3]);
});

fp("the step that makes an issue tells what is written, and skips the rest", async (project) => {
  const { service, bind, events, onEvent } = project;
  await bind();
  await service.issueCreate({ title: "Find", body: "Why", labels: ["ui"], assignees: ["ada"] });
  const plan = await service.push({ dryRun: true, onEvent });
  const [made] = events.filter((event) => event.kind === "pushed");
  assert.ok(made !== undefined);
  const planned = made.changes.map(({ field }) => field);
  assert.deepEqual(planned.filter((field) => ["labels", "assignees"].includes(field)), []);
  assert.ok(planned.includes("title") && planned.includes("body"));
  assert.deepEqual(plan.skippedFields.map(({ field }) => field).sort(), ["assignees", "labels"]);
});

fp("what fp can write is written, what it cannot is listed", async ({ service, tool, bind }) => {
  tool.behave({ properties: ["team", "labels"] });
  tool.setIssues([
    inApp("aaaa", { priority: "low", properties: { team: "core", labels: "x" } }),
    inApp("aaab"),
  ]);
  await bind();
  await service.pull();
  const edit = await service.issueEdit("my-app-aaaa", {
    title: "Ours",
    body: "Ours",
    status: "done",
    priority: 2,
    issueType: "bug",
    assignees: ["ann"],
    labels: ["y", "z"],
    parent: "my-app-aaab",
    links: [{ type: "blocked_by", id: "my-app-aaab" }],
    customFields: { team: "web" },
  });
  const unwritable = ["title", "body", "issue_type", "assignees", "parent"];
  assert.deepEqual(
    edit.unwritable.map(({ field }) => field),
    unwritable,
    "labels are known to be registered: an issue with labels is cached",
  );
  const report = await service.run();
  assert.deepEqual(report.push.failures, []);
  assert.deepEqual(report.push.skippedFields.map(({ field }) => field), unwritable);
  assert.match(report.push.skippedFields[0]?.reason ?? "", /fp cannot change a title/);
  const { updatedAt: _, ...held } = tool.issues()[0] ?? {};
  const { updatedAt: __, ...wanted } = inApp("aaaa", {
    priority: "high",
    status: "done",
    dependencies: ["my-app-aaab"],
    properties: { team: "web", labels: "y,z" },
  });
  assert.deepEqual(held, wanted);
  for (const call of tool.calls()) {
    assert.ok(call.every((word) => !word.startsWith("--") || word.includes("=")), call.join(" "));
  }
});

fp(
  "labels are listed as skipped where the project registered none",
  async ({ service, tool, bind }) => {
    tool.setIssues([inApp("aaaa")]);
    await bind();
    await service.pull();
    await service.issueEdit("my-app-aaaa", { labels: ["x"] });
    const report = await service.run();
    assert.match(report.push.skippedFields[0]?.reason ?? "", /only where the project registered/);
    assert.equal(report.push.failures.length, 0);
  },
);

fp("a write that fp takes and does not keep is a failure", async ({ service, tool, bind }) => {
  tool.behave({ forget: "issue update" });
  tool.setIssues([inApp("aaaa")]);
  await bind();
  await service.pull();
  await service.issueEdit("my-app-aaaa", { status: "done" });
  const report = await service.push();
  assert.deepEqual(report.failures.map(({ fields, code }) => [fields, code]), [
    [["status"], "write_not_kept"],
  ]);
  assert.equal(report.updated, 0);
  tool.behave({});
  assert.equal((await service.push({ retry: true })).updated, 1, "it is tried again");
});

fp("a refused status is told in fp's own words", async ({ service, tool, bind }) => {
  tool.setIssues([inApp("aaaa"), inApp("aaab")]);
  await bind();
  await service.pull();
  await service.issueEdit("my-app-aaaa", { status: "done", priority: 1 });
  tool.behave({ fail: [{ match: "--status", message: "Invalid status", stream: "stdout" }] });
  const report = await service.push();
  assert.match(report.failures[0]?.message ?? "", /issue update" failed .*: Invalid status$/);
  assert.equal(tool.issues()[0]?.["priority"], "critical");
});

fp(
  "a new issue is found by its mark, also after a call that died",
  async ({ service, tool, bind }) => {
    await bind();
    const { issue: parent } = await service.issueCreate({
      title: "--title of dashes",
      body: '-n "x"\nTwo lines',
      status: "in_progress",
      priority: 2,
      issueType: "bug",
      labels: ["x"],
    });
    await service.issueCreate({ title: "Child", parent: parent.ref.id });
    tool.behave({ fail: [{ match: "issue list", message: "Killed" }] });
    await assert.rejects(service.push(), { code: "tool_failed" });
    tool.behave({});
    const report = await service.push();
    assert.deepEqual([report.created, report.failures], [2, []]);
    assert.deepEqual(
      tool.issues().map(({ title, status, priority, parent }) => [title, status, priority, parent]),
      [
        ["--title of dashes", "in-progress", "high", undefined],
        ["Child", "todo", undefined, tool.issues()[0]?.["id"]],
      ],
    );
    const { issue } = await service.issueShow(parent.ref.id);
    assert.equal(issue.body, '-n "x"\nTwo lines', "the mark is not part of the text");
    const { pending } = await service.issueShow(parent.ref.id);
    assert.deepEqual(pending.map(({ field }) => field), ["issue_type", "labels"]);
    const again = await service.run();
    assert.deepEqual([again.pull.created, again.pull.updated, again.push.created], [0, 0, 0]);
    assert.equal(tool.issues().length, 2);
    assert.deepEqual(await service.conflicts(), []);
  },
);

fp("a directory without a project of fp says what to do", async ({ service, tool, bind, root }) => {
  await bind({ credentials: { command: tool.command, cwd: root } });
  await assert.rejects(service.pull(), { code: "tool_not_set_up", nextAction: /fp init/ });
  await bind({ credentials: { command: "no-fp-here", cwd: tool.cwd } });
  await assert.rejects(service.pull(), { code: "tool_missing", nextAction: /Install fp/ });
});

fp("a text that no argument can hold fails alone, and the others are pushed", async (project) => {
  const { service, tool, bind } = project;
  tool.setIssues([inApp("aaaa")]);
  await bind();
  await service.pull();
  await service.issueCreate({ title: "Long", body: "x".repeat(4_000_000) });
  await service.issueCreate({ title: "Short" });
  await service.issueEdit("my-app-aaaa", { customFields: { team: "a\0b" }, status: "done" });
  const report = await service.push();
  assert.deepEqual(report.failures.map(({ title, fields, code }) => [title, fields, code]), [
    ["Long", [], "command_not_started"],
    ["Issue aaaa", ["custom_fields"], "command_not_started"],
  ]);
  assert.match(report.failures[0]?.message ?? "", /issue create": .*too long/);
  assert.deepEqual([report.created, report.updated], [1, 1]);
  assert.deepEqual(tool.issues().map(({ title, status }) => [title, status]), [
    ["Issue aaaa", "done"],
    ["Short", "todo"],
  ]);
});

fp("an issue that is gone from fp is reported", async ({ service, tool, bind }) => {
  tool.setIssues([inApp("aaaa"), inApp("aaab")]);
  await bind();
  await service.pull();
  await service.issueEdit("my-app-aaaa", { status: "done" });
  tool.setIssues([inApp("aaab")]);
  assert.equal((await service.push()).failures[0]?.code, "issue_gone");
});

fp("labels are added and removed where the project has labels", async (project) => {
  const { service, tool, bind } = project;
  tool.behave({ properties: ["labels"] });
  tool.setIssues([inApp("aaaa", { properties: { labels: "x,y" } }), inApp("aaab")]);
  await bind();
  await service.pull();
  const edit = await service.issueEdit("my-app-aaaa", {
    addLabels: ["z"],
    removeLabels: ["x", "none"],
  });
  assert.deepEqual(edit.unwritable, []);
  assert.deepEqual(edit.absent, [{ field: "labels", name: "none" }]);
  await service.issueEdit("my-app-aaab", { addLabels: ["first"] });
  // Somebody else adds one meanwhile.
  tool.setIssues([inApp("aaaa", { properties: { labels: "x,y,other" } }), inApp("aaab")]);
  const report = await service.run();
  assert.deepEqual([report.push.failures, report.push.skippedFields], [[], []]);
  const labels = tool.issues().map((issue) => JSON.stringify(issue["properties"]));
  assert.deepEqual(labels, ['{"labels":"other,y,z"}', '{"labels":"first"}']);
});

fp(
  "a label or a person that fp cannot hold is refused, with the way that works",
  async (project) => {
    const { service, tool, bind } = project;
    tool.setIssues([inApp("aaaa")]);
    await bind();
    await service.pull();
    await assert.rejects(service.issueEdit("my-app-aaaa", { addLabels: ["x"], title: "Ours" }), {
      code: "edit_not_possible",
      message: /labels of "my-app-aaaa" .*fp has labels only where the project registered them/,
      nextAction: /with the tool itself, then run `tracker sync pull`/,
    });
    await assert.rejects(service.issueEdit("my-app-aaaa", { assign: ["ada"] }), {
      code: "edit_not_possible",
      message: /fp has no assignees/,
      nextAction: /`tracker issue comment my-app-aaaa TEXT`/,
    });
    assert.deepEqual((await service.issueShow("my-app-aaaa")).pending, []);
  },
);
