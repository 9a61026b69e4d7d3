import assert from "node:assert/strict";
import { readBdIssue } from "../../src/local/bd_issue.ts";
import { readFpIssue } from "../../src/local/fp_issue.ts";
import { READING_VERSION } from "../../src/local/list_pages.ts";
import { sha256Hex } from "../../src/platform/random.ts";
import { bdIssue } from "../support/issues.ts";
import { type LocalProject, withProject } from "./local_project.ts";

function bd(name: string, test: (project: LocalProject) => Promise<void>): void {
  Deno.test(name, () =>
    withProject("bd", async (project) => {
      project.tool.setIssues([bdIssue("bd-1", { labels: ["a"] }), bdIssue("bd-2")]);
      await project.bind();
      const { created } = await project.service.pull();
      assert.equal(created, 2);
      await test(project);
    }));
}

async function labels({ service }: LocalProject, id: string): Promise<readonly string[]> {
  return (await service.issueShow(id)).issue.labels;
}

bd("a whole listing that is the one from before changes nothing, and counts its issues", async ({
  service,
}) => {
  for (let round = 0; round < 3; round++) {
    const { full, created, updated, skipped, removed } = await service.pull({ full: true });
    assert.deepEqual([full, created, updated, skipped, removed], [true, 0, 0, 2, 0]);
  }
});

bd(
  "a change that a push brought and the tool took back is seen in the old listing",
  async (project) => {
    const { service, tool } = project;
    await service.pull({ full: true });
    const before = tool.issues();
    await service.issueEdit("bd-1", { labels: ["a", "ours"] });
    await service.push();
    tool.setIssues(before);
    assert.equal((await service.pull({ full: true })).updated, 1);
    assert.deepEqual(await labels(project, "bd-1"), ["a"]);
  },
);

bd("an issue that came, was pulled and went is gone with the old listing", async (project) => {
  const { service, tool } = project;
  await service.pull({ full: true });
  const before = tool.issues();
  tool.setIssues([...before, bdIssue("bd-3")]);
  await service.pull({ full: true });
  tool.setIssues(before);
  assert.equal((await service.pull({ full: true })).removed, 1);
});

bd("an edit that waits is proved older by a later listing that is the same", async (project) => {
  const { service, tool, platform } = project;
  await service.pull({ full: true });
  platform.clock.advance(60_000);
  await service.issueEdit("bd-1", { title: "Ours" });
  for (let round = 0; round < 2; round++) {
    platform.clock.advance(60_000);
    assert.equal((await service.pull({ full: true })).skipped, 2);
  }
  platform.clock.advance(60_000);
  tool.change("bd-1", {
    title: "Theirs",
    updated_at: new Date(platform.clock.now()).toISOString(),
  });
  await service.pull({ full: true });
  assert.equal((await service.issueShow("bd-1")).issue.title, "Theirs");
  const [conflict] = await service.conflicts();
  assert.deepEqual([conflict?.ours, conflict?.taken], ["Ours", "theirs"]);
});

bd(
  "a listing with an issue that cannot be read is read again, though it is the same",
  async (project) => {
    const { service, tool } = project;
    tool.change("bd-2", { priority: "high" });
    for (let round = 0; round < 2; round++) {
      const { failures } = await service.pull({ full: true });
      assert.deepEqual(failures.map(({ code }) => code), ["issue_unreadable"]);
    }
  },
);

Deno.test("a change of what is made of an answer raises READING_VERSION", async () => {
  const dependencies = [{ issue_id: "a-1", depends_on_id: "a-2", type: "blocks" }];
  const fields = { labels: ["b", "a"], dependencies, design: "D", comment_count: 2, owner: "o" };
  const made = [
    readBdIssue({ ...bdIssue("a-1", fields), parent: "a-3", description: "Text" }, "w"),
    readFpIssue({
      id: "f-1",
      title: "T",
      status: "todo",
      createdAt: 0,
      properties: { labels: "x,y", team: "core" },
      dependencies: ["f-2"],
    }, "w"),
  ];
  const digest = (await sha256Hex(JSON.stringify(made))).slice(0, 16);
  assert.deepEqual([READING_VERSION, digest], [1, "0f46d39a8768c088"]);
});
