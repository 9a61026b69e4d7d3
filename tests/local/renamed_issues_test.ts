import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { type LocalProject, withProject } from "./local_project.ts";
import { bdIssue } from "../support/issues.ts";

const TIMES = ["2026-02-01T10:00:00Z", "2026-02-01T11:00:00Z", "2026-02-01T12:00:00Z"];

/** Three issues as `bd` has them under a prefix. */
function issuesOf(prefix: string): Record<string, unknown>[] {
  return TIMES.map((created_at, n) =>
    bdIssue(`${prefix}-${n + 1}`, { title: `Issue ${n + 1}`, created_at })
  );
}

/** A project of which three issues were pulled and two are mapped. */
function mapped(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () =>
    withProject("bd", async (project) => {
      const { service, tool, bind, platform } = project;
      tool.setIssues(issuesOf("old"));
      await bind();
      await service.pull();
      for (const n of [1, 2]) await service.mapAdd({ wpId: `WP0${n}`, externalId: `old-${n}` });
      platform.clock.advance(60_000);
      await test(project);
    }));
}

const states = async ({ service }: LocalProject) =>
  (await service.mapList()).map(({ wp_id, issue_state, renamed_to }) => [
    ...[wp_id, issue_state, renamed_to],
  ]);

mapped("a mapping to an issue that is there is present", async (project) => {
  await project.service.pull();
  assert.deepEqual(await states(project), [["WP01", "present", null], ["WP02", "present", null]]);
});

mapped("issues that got other ids are found by the old ones", async (project) => {
  const { service, tool } = project;
  tool.setIssues(issuesOf("new"));
  await service.pull();
  assert.deepEqual(await states(project), [["WP01", "renamed", "new-1"], [
    ...["WP02", "renamed", "new-2"],
  ]]);
  assert.equal((await service.issueShow("old-3")).issue.ref.id, "new-3");
  assert.equal((await service.status()).counts.total, 3);
});

mapped("an edit goes along with an issue that got another id", async (project) => {
  const { service, tool } = project;
  await service.issueEdit("old-3", { title: "Ours" });
  tool.setIssues(issuesOf("new"));
  const { pull, push } = await service.run();
  assert.deepEqual([...pull.failures, ...push.failures], []);
  assert.equal(push.updated, 1);
  const there = tool.issues().map(({ id, title }) => [id, title]);
  assert.deepEqual(there[2], ["new-3", "Ours"]);
});

mapped(
  "what is only called the same, or created at the same time, is another issue",
  async (project) => {
    const { service, tool } = project;
    tool.setIssues([
      bdIssue("new-1", { title: "Issue 1", created_at: "2026-05-01T10:00:00Z" }),
      bdIssue("new-2", { title: "Something else", created_at: TIMES[1] }),
    ]);
    await service.pull();
    assert.deepEqual(await states(project), [["WP01", "gone", null], ["WP02", "gone", null]]);
  },
);

mapped("an issue that two new ones could be is none of them", async (project) => {
  const { service, tool } = project;
  tool.setIssues([...issuesOf("a"), ...issuesOf("b")]);
  await service.pull();
  assert.deepEqual((await states(project)).map(([, state]) => state), ["gone", "gone"]);
});

mapped("a mapping to what has not been listed yet is neither there nor gone", async (project) => {
  await project.service.mapAdd({ wpId: "WP03", externalId: "old-9" });
  assert.deepEqual((await states(project))[2], ["WP03", "unknown", null]);
});

mapped("`map list` shows what is gone or renamed, and how to name another", async (project) => {
  const { service, tool, platform, root } = project;
  tool.setIssues([...issuesOf("new").slice(1), bdIssue("other")]);
  await service.pull();
  const list = await tracker(platform, "--repo", root, "map", "list");
  assert.equal(list.code, 0);
  assert.match(list.stdout, /^ WP01 +old-1 \(gone\) +beads/m);
  assert.match(list.stdout, /^ WP02 +old-2 \(now new-2\) +beads/m);
  assert.match(list.stderr, /2 work packages mapped to an issue that is gone or renamed\./);
  assert.match(list.stderr, /`tracker map add --wp-id WP --external-id ID`/);
});

mapped("`doctor` warns of mappings to issues that are gone or renamed", async (project) => {
  const { service, tool, platform, root } = project;
  const fine = await tracker(platform, "--repo", root, "doctor");
  assert.match(fine.stdout, /^✓ 2 mappings point to issues$/m);
  tool.setIssues([...issuesOf("new").slice(1), bdIssue("other")]);
  await service.pull();
  const { stdout } = await tracker(platform, "--repo", root, "doctor");
  assert.match(stdout, /^! WP01 is mapped to old-1, which is gone$/m);
  assert.match(
    stdout,
    /^! WP02 is mapped to old-2, which is now new-2\n {4}→ run `tracker map add --wp-id WP02 --external-id new-2`$/m,
  );
});

mapped("the place of an issue that is gone or renamed can be taken by another", async (project) => {
  const { service, tool } = project;
  tool.setIssues([...issuesOf("new").slice(1), bdIssue("other")]);
  await service.pull();
  const outcomes = [
    await service.mapAdd({ wpId: "WP01", externalId: "other" }),
    await service.mapAdd({ wpId: "WP02", externalId: "new-2" }),
  ];
  assert.deepEqual(outcomes.map(({ kind }) => kind), ["added", "added"]);
  assert.deepEqual((await states(project)).map(([, state]) => state), ["present", "present"]);
});

mapped("the place of an issue that is there cannot be taken", async ({ service }) => {
  const { kind } = await service.mapAdd({ wpId: "WP01", externalId: "old-3" });
  assert.equal(kind, "work_package_taken");
});
