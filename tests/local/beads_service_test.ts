import assert from "node:assert/strict";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

function beads(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () => withProject("bd", test));
}

beads("pull stores the tool's issues and status counts them", async ({ service, tool, bind }) => {
  tool.setIssues([
    bdIssue("bd-1", { description: "Text", labels: ["b", "a"], assignee: "ann", priority: 0 }),
    bdIssue("bd-2", { status: "closed", close_reason: "Done", issue_type: "feature" }),
    // Of some versions the dependency alone tells of the parent.
    bdIssue("bd-3", {
      dependencies: [
        { issue_id: "bd-3", depends_on_id: "bd-1", type: "parent-child" },
        { issue_id: "bd-3", depends_on_id: "bd-2", type: "blocks" },
        { issue_id: "bd-3", depends_on_id: "bd-2", type: "discovered-from" },
        { issue_id: "bd-1", depends_on_id: "bd-3", type: "blocks" },
      ],
      design: "A plan",
    }),
  ]);
  await bind();
  const report = await service.pull();
  assert.deepEqual([report.created, report.updated, report.skipped], [3, 0, 0]);
  const { issue } = await service.issueShow("bd-1");
  assert.deepEqual(
    [issue.body, issue.labels, issue.assignees, issue.priority, issue.status],
    ["Text", ["a", "b"], ["ann"], 1, "todo"],
  );
  const child = (await service.issueShow("bd-3")).issue;
  assert.equal(child.parent_ref?.id, "bd-1");
  assert.deepEqual(child.links.map(({ type, ref }) => [type, ref.id]), [["blocked_by", "bd-2"]]);
  assert.deepEqual(child.provider_metadata["other_dependencies"], [
    { type: "discovered-from", target: "bd-2" },
  ]);
  assert.deepEqual(child.custom_fields, { design: "A plan" });
  const status = await service.status();
  assert.deepEqual([status.counts.total, status.counts.open], [3, 2]);
  assert.equal(status.lastSync?.kind, "pull");
  assert.deepEqual(
    (await service.issueList({ status: ["done"] })).map((one) => one.ref.id),
    ["bd-2"],
  );
  const second = await service.pull();
  assert.deepEqual([second.created, second.updated, second.skipped], [0, 0, 3]);
});

beads("an edit is pushed field by field and not pulled back", async (project) => {
  const { service, tool, bind, events, onEvent } = project;
  tool.setIssues([bdIssue("bd-1", { labels: ["old"] }), bdIssue("bd-2"), bdIssue("bd-3")]);
  await bind();
  await service.pull();
  const edit = await service.issueEdit("BD-1", {
    title: "-starts with a dash",
    body: 'Line\nwith "quotes" & $(signs)',
    status: "done",
    priority: 4,
    issueType: "bug",
    assignees: ["ann"],
    labels: ["a,b", 'c"d'],
    parent: "bd-2",
    links: [{ type: "blocked_by", id: "bd-3" }],
  });
  assert.deepEqual(edit.unwritable, []);
  assert.equal((await service.status()).counts.pending, 1);
  assert.equal((await service.issueShow("bd-1")).pending.length, 9);
  tool.change("bd-3", { status: "closed" });
  const report = await service.push({ onEvent });
  assert.deepEqual(report.failures, []);
  assert.deepEqual([report.created, report.updated], [0, 1]);
  const [held] = tool.issues();
  assert.deepEqual(
    ["title", "description", "status", "priority", "issue_type", "assignee", "labels", "parent"]
      .map((name) => held?.[name]),
    [
      "-starts with a dash",
      'Line\nwith "quotes" & $(signs)',
      "closed",
      3,
      "bug",
      "ann",
      ["a,b", 'c"d'],
      "bd-2",
    ],
  );
  const pushed = events.find((event) => event.kind === "pushed");
  assert.equal(pushed?.kind === "pushed" ? pushed.changes.length : 0, 9);
  assert.equal((await service.status()).counts.pending, 0);
  const writes = tool.calls().length;
  const after = await service.run();
  assert.deepEqual([after.pull.updated, after.push.updated], [1, 0], "only bd-3 was changed there");
  const verbs = tool.calls().slice(writes).map(([verb]) => verb);
  assert.deepEqual(verbs, ["list"], "what was pushed is not pushed again");
});

beads(
  "what goes together is written by one call, between reading all and reading all back",
  async (project) => {
    const { service, tool, bind } = project;
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2", { status: "closed" })]);
    await bind();
    await service.pull();
    await service.issueEdit("bd-1", { title: "Ours", status: "blocked", labels: ["x"] });
    await service.issueEdit("bd-2", { title: "Ours", status: "in_progress" });
    const before = tool.calls().length;
    assert.deepEqual((await service.push()).failures, []);
    assert.deepEqual(tool.calls().slice(before).map(([verb, id]) => `${verb} ${id}`), [
      ...["show bd-1", "update --help", "update bd-1"],
      ...["update bd-2", "reopen bd-2", "update bd-2", "show bd-1"],
    ]);
    assert.deepEqual(tool.issues().map(({ title, status }) => [title, status]), [
      ["Ours", "blocked"],
      ["Ours", "in_progress"],
    ]);
  },
);

beads(
  "fields are cleared, reopened and unlinked as they were set",
  async ({ service, tool, bind }) => {
    tool.setIssues([
      bdIssue("bd-1", {
        description: "Text",
        assignee: "ann",
        labels: ["x"],
        status: "closed",
        parent: "bd-2",
        dependencies: [
          { issue_id: "bd-1", depends_on_id: "bd-2", type: "parent-child" },
          { issue_id: "bd-1", depends_on_id: "bd-3", type: "related" },
        ],
      }),
      bdIssue("bd-2"),
      bdIssue("bd-3"),
    ]);
    await bind();
    await service.pull();
    await service.issueEdit("bd-1", {
      body: null,
      assignees: [],
      labels: [],
      status: "in_progress",
      parent: null,
      links: [],
    });
    const report = await service.push();
    assert.deepEqual(report.failures, []);
    const { updated_at: _, ...held } = tool.issues()[0] ?? {};
    const { updated_at: __, ...wanted } = bdIssue("bd-1", { status: "in_progress" });
    assert.deepEqual(held, wanted);
  },
);

beads("a new issue is made at the tool once and gets its id", async ({ service, tool, bind }) => {
  await bind({ doctrineMode: "external_authoritative" });
  const { issue: epic } = await service.issueCreate({
    title: "Epic",
    issueType: "epic",
    body: "All of it",
    labels: ["mine"],
    status: "in_progress",
  });
  const { issue: child } = await service.issueCreate({ title: "Child", parent: epic.ref.id });
  assert.ok((await service.issueShow(child.ref.id)).isNew);
  await service.mapAdd({ wpId: "WP01", externalId: child.ref.id });
  const report = await service.push();
  assert.deepEqual(report.failures, []);
  assert.deepEqual([report.created, report.updated], [2, 0]);
  const held = tool.issues();
  assert.deepEqual(held.map(({ title, parent }) => [title, parent]), [
    ["Child", "bd-1"],
    ["Epic", undefined],
  ]);
  assert.equal(held[1]?.["status"], "in_progress");
  assert.equal(held[0]?.["labels"], undefined, "labels taken over from the parent are gone again");
  const shown = await service.issueShow(child.ref.id);
  assert.deepEqual([shown.issue.ref.id, shown.isNew], ["bd-1.1", false]);
  assert.equal(shown.issue.parent_ref?.id, "bd-1");
  assert.equal((await service.mapList())[0]?.external_id, "bd-1.1");
  const again = await service.run();
  assert.deepEqual([again.pull.created, again.pull.updated, again.push.created], [0, 0, 0]);
  assert.equal(tool.issues().length, 2);
});

beads("a dry run tells exactly what the run then does, and changes nothing", async (project) => {
  const { service, tool, bind, platform } = project;
  tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2"), bdIssue("bd-3")]);
  await bind({ strategy: "local_wins" });
  await service.pull();
  await service.issueEdit("bd-1", { title: "Ours", labels: ["ours"] });
  await service.issueEdit("bd-3", { status: "in_review" });
  await service.issueCreate({ title: "New", labels: ["n"] });
  platform.clock.advance(60_000);
  tool.change("bd-1", { title: "Theirs", updated_at: "2026-03-01T12:00:30Z" });
  tool.change("bd-2", { labels: ["theirs"] });
  tool.setIssues([...tool.issues(), bdIssue("bd-8")]);
  const before = [JSON.stringify(tool.issues()), JSON.stringify(await service.status())];
  const steps = async (dryRun: boolean) => {
    const told: unknown[] = [];
    const report = await service.run({
      dryRun,
      onEvent: (event) =>
        told.push(
          JSON.parse(JSON.stringify(event).replaceAll(/"local-\w+"|"bd-4"|"bd-5"/g, '"new"')),
        ),
    });
    return { told, report: { ...report.pull, ...report.push, dryRun: null } };
  };
  const plan = await steps(true);
  assert.deepEqual([JSON.stringify(tool.issues()), JSON.stringify(await service.status())], before);
  const done = await steps(false);
  assert.deepEqual(plan.told, done.told);
  assert.deepEqual(plan.report, done.report);
  assert.ok(plan.told.length >= 8);
});

beads(
  "mappings are added and listed, one issue per work package",
  async ({ service, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    const first = await service.mapAdd({
      wpId: "WP01",
      externalId: "BD-1",
      externalKey: "K",
      externalUrl: "https://x",
    });
    assert.equal(first.kind, "added");
    assert.equal((await service.mapAdd({ wpId: "WP02", externalId: "bd-1" })).kind, "issue_taken");
    assert.equal(
      (await service.mapAdd({ wpId: "WP01", externalId: "bd-2" })).kind,
      "work_package_taken",
    );
    const [mapping, ...more] = await service.mapList();
    assert.deepEqual(more, []);
    assert.deepEqual(
      [mapping?.system, mapping?.workspace, mapping?.external_id, mapping?.external_key],
      ["beads", "main", "bd-1", "K"],
    );
  },
);

beads("a limit ends a sync early and the next one goes on", async ({ service, tool, bind }) => {
  tool.setIssues(["bd-1", "bd-2", "bd-3"].map((id) => bdIssue(id)));
  await bind();
  const first = await service.pull({ limit: 2 });
  assert.deepEqual([first.created, first.complete], [2, false]);
  const second = await service.pull({ limit: 2 });
  assert.deepEqual([second.created, second.complete], [1, true]);
  for (const id of ["bd-1", "bd-2", "bd-3"]) await service.issueEdit(id, { title: `${id}!` });
  const push = await service.push({ limit: 2 });
  assert.deepEqual([push.updated, push.complete], [2, false]);
  assert.deepEqual((await service.push({ limit: 2 })).complete, true);
  assert.deepEqual(tool.issues().map(({ title }) => title), ["bd-1!", "bd-2!", "bd-3!"]);
});

beads(
  "issues that the tool no longer has leave the cache, edited ones are reported",
  async (project) => {
    const { service, tool, bind } = project;
    tool.setIssues(["bd-1", "bd-2", "bd-3"].map((id) => bdIssue(id)));
    await bind();
    await service.pull();
    await service.issueEdit("bd-2", { title: "Ours" });
    tool.setIssues([bdIssue("bd-3")]);
    const report = await service.run();
    assert.equal(report.pull.removed, 1);
    assert.deepEqual(
      [...report.pull.failures, ...report.push.failures].map(({ id, code }) => [id, code]),
      [["bd-2", "issue_gone"]],
      "told once",
    );
    const shown = await service.issueShow("bd-2");
    assert.deepEqual([shown.issue.title, shown.refused[0]?.wanted], ["Issue bd-2", "Ours"]);
    const later = await service.run();
    assert.deepEqual([later.pull.failures, later.push.failures, later.push.refused], [[], [], 1]);
    const [told] = report.pull.failures;
    assert.match(told?.message ?? "", /`tracker issue discard bd-2`.*create --from bd-2`/);
    assert.equal((await service.issueDiscard("bd-2")).removed, true, "without edits it goes");
    tool.setIssues([]);
    assert.equal((await service.pull()).removed, 0, "an empty listing removes nothing");
  },
);

beads(
  "an aborted sync stops between issues and keeps what was done",
  async ({ service, tool, bind }) => {
    tool.setIssues(["bd-1", "bd-2"].map((id) => bdIssue(id)));
    await bind();
    await service.pull();
    for (const id of ["bd-1", "bd-2"]) await service.issueEdit(id, { title: "Ours" });
    const stop = new AbortController();
    const { signal } = stop;
    const onEvent = ({ kind }: { kind: string }) => kind === "pushed" ? stop.abort() : undefined;
    await assert.rejects(service.push({ signal, onEvent }), { code: "interrupted", exitCode: 130 });
    assert.deepEqual(tool.issues().map(({ title }) => title), ["Ours", "Issue bd-2"]);
    assert.equal((await service.status()).counts.pending, 1);
  },
);

beads("reading starts no tool and makes no cache", async ({ service, tool, bind, platform }) => {
  await bind();
  assert.deepEqual(await service.issueList(), []);
  assert.deepEqual(await service.mapList(), []);
  assert.deepEqual(await service.conflicts(), []);
  assert.deepEqual(await service.checkCache(), []);
  await assert.rejects(service.issueShow("bd-1"), { code: "issue_not_found" });
  assert.deepEqual(tool.calls(), []);
  assert.deepEqual(await platform.files.list(`${platform.home}/.spec-kitty/tracker/trackers`), []);
});

beads("what a sync makes below the user's directory is private", async (project) => {
  const { service, platform, tool, bind } = project;
  await bind();
  await service.issueCreate({ title: "New" });
  await Deno.remove(tool.command);
  await assert.rejects(service.pull(), { code: "tool_missing" });
  for (const path of [".spec-kitty", ".spec-kitty/tracker/trackers"]) {
    const mode = (await platform.files.stat(`${platform.home}/${path}`))?.mode ?? 0o700;
    assert.equal(mode, 0o700, path);
  }
  const caches = await platform.files.list(`${platform.home}/.spec-kitty/tracker/trackers`);
  for (const { name } of caches) {
    const facts = await platform.files.stat(
      `${platform.home}/.spec-kitty/tracker/trackers/${name}`,
    );
    assert.equal((facts?.mode ?? 0o600) & 0o077, 0, name);
  }
  assert.ok(caches.length > 0);
});
