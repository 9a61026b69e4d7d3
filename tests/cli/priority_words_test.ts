import assert from "node:assert/strict";
import { PRIORITY_WORDS } from "../../src/contract/issue.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";

const WORDS = ["urgent", "high", "medium", "low", "none"];

async function withIssues(
  test: (
    run: (...args: string[]) => ReturnType<typeof tracker>,
    project: LocalProject,
  ) => Promise<void>,
): Promise<void> {
  await withProject("bd", async (project) => {
    project.tool.setIssues([bdIssue("bd-1", { priority: 1 }), bdIssue("bd-2", { priority: 4 })]);
    await project.bind();
    await project.service.pull();
    await test((...args) => tracker(project.platform, "--repo", project.root, ...args), project);
  });
}

Deno.test("every word of a priority is taken, and `normal` is understood as medium", () =>
  withIssues(async (run) => {
    for (const word of [...WORDS, "normal"]) {
      const { code, stdout, stderr } = await run(
        ...["issue", "create", "--title", word, "--priority", word, "--json"],
      );
      assert.equal(code, 0, stderr);
      const number: number = JSON.parse(stdout).issue.priority;
      assert.equal(PRIORITY_WORDS[number], word === "normal" ? "medium" : word);
    }
  }));

Deno.test("help, completion and a refusal offer the same words", () =>
  withIssues(async (run, { platform }) => {
    const help = await run("issue", "edit", "--help");
    assert.match(help.stdout, /--priority NAME +urgent, high, medium, low or none\./);
    const refused = await run("issue", "edit", "bd-1", "--priority", "P1");
    assert.match(refused.stderr, /Choose one of: urgent, high, medium, low, none$/m);
    const { stdout } = await tracker(
      ...[platform, "completion", "bash", "issue", "create", "--priority", ""] as const,
    );
    assert.deepEqual(stdout.split("\n"), WORDS);
  }));

Deno.test("an issue that bd does not have yet shows its priority as a word alone, or as bd will", () =>
  withIssues(async (run, { service }) => {
    const shown = async (priority?: 1) => {
      const { issue } = await service.issueCreate({
        title: "New",
        ...(priority === undefined ? {} : { priority }),
      });
      return (await run("issue", "show", issue.ref.id)).stdout;
    };
    assert.match(await shown(), /^ {2}priority +none$/m);
    assert.match(await shown(1), /^ {2}priority +urgent \(P0\)$/m);
  }));

Deno.test("an issue shows its priority as a word, with how bd says it beside it", () =>
  withIssues(async (run) => {
    assert.match((await run("issue", "show", "bd-1")).stdout, /^ {2}priority +high \(P1\)$/m);
    assert.match((await run("issue", "show", "bd-2")).stdout, /^ {2}priority +low \(P4\)$/m);
  }));

Deno.test("an edit and its plan tell a priority by its words", () =>
  withIssues(async (run) => {
    const edit = await run("issue", "edit", "bd-1", "--priority", "low");
    assert.match(edit.stdout, /^ {2}priority +high → low$/m);
    assert.match((await run("issue", "show", "bd-1")).stdout, /^ {2}priority +low \(P3\)$/m);
    const plan = await run("sync", "push", "--dry-run");
    assert.match(plan.stdout, /^ {5}priority +high → low$/m);
  }));

Deno.test("a conflict tells a priority by its words", () =>
  withIssues(async (run, { service, tool, bind }) => {
    await bind({ strategy: "manual_review" });
    await service.issueEdit("bd-1", { priority: 4 });
    tool.change("bd-1", { priority: 0, updated_at: "2026-02-03T10:00:00Z" });
    await service.pull();
    const { stdout } = await run("sync", "conflicts");
    assert.match(stdout, /bd-1 +priority +high +low +urgent/);
  }));
