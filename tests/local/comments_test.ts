import assert from "node:assert/strict";
import { LONGEST_COMMENT, MOST_COMMENTS } from "../../src/local/comments.ts";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { type LocalProject, withProject } from "./local_project.ts";

const AT = "2026-02-01T10:00:00Z";

function comment(id: string, text: string, author = "ann"): Record<string, unknown> {
  return { id, issue_id: "bd-1", author, text, created_at: AT };
}

function bd(
  name: string,
  comments: readonly unknown[],
  test: (project: LocalProject, run: (...args: string[]) => ReturnType<typeof tracker>) => unknown,
): void {
  Deno.test(name, () =>
    withProject("bd", async (project) => {
      project.tool.setIssues([bdIssue("bd-1", { comments }), bdIssue("bd-2")]);
      await project.bind();
      await project.service.pull();
      await test(project, (...args) => tracker(project.platform, "--repo", project.root, ...args));
    }));
}

bd(
  "issue show counts the comments that bd listed, and starts no tool for that",
  [comment("1", "First"), comment("2", "Second")],
  async ({ tool }, run) => {
    const before = tool.calls().length;
    const { stdout } = await run("issue", "show", "bd-1");
    assert.match(stdout, /^ {2}comments +2: `tracker issue show bd-1 --comments`$/m);
    assert.doesNotMatch((await run("issue", "show", "bd-2")).stdout, /comments/);
    assert.equal(tool.calls().length, before);
  },
);

bd(
  "issue show --comments shows them safe for a terminal, oldest first",
  [comment("1", "First\nline \u001b[31mred"), comment("2", "Second", "b\u001b]0;x\u0007ob")],
  async (_, run) => {
    const { stdout, code } = await run("issue", "show", "bd-1", "--comments");
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}comments +2$/m);
    const [first = "", second = ""] = stdout.split("\n\n").slice(-2);
    assert.match(first, /^ {2}ann {2}.*ago\n {2}First\n {2}line .*red$/);
    assert.match(second, /ob {2}.*\n {2}Second/);
    assert.ok(!stdout.includes("\u001b"), "no escape reaches the terminal");
  },
);

bd(
  "issue show --comments --json gives the comments and how many there are",
  [comment("1", "First")],
  async (_, run) => {
    const { stdout } = await run("issue", "show", "bd-1", "--comments", "--json");
    const { comments, comments_total } = JSON.parse(stdout);
    assert.deepEqual(comments, [{ author: "ann", created_at: AT, text: "First" }]);
    assert.equal(comments_total, 1);
    const plain = JSON.parse((await run("issue", "show", "bd-1", "--json")).stdout);
    assert.equal(plain.comments, undefined);
  },
);

bd(
  "of very many or very long comments the latest are kept, cut off",
  Array.from(
    { length: MOST_COMMENTS + 3 },
    (_, i) => comment(`${i}`, i === MOST_COMMENTS + 2 ? "x".repeat(LONGEST_COMMENT + 1) : `c${i}`),
  ),
  async ({ service }, run) => {
    const { comments, total } = await service.issueComments("bd-1");
    assert.deepEqual([comments.length, total], [MOST_COMMENTS, MOST_COMMENTS + 3]);
    assert.equal(comments[0]?.text, "c3");
    assert.equal(comments.at(-1)?.text, `${"x".repeat(LONGEST_COMMENT - 1)}…`);
    const { stdout } = await run("issue", "show", "bd-1", "--comments");
    assert.match(stdout, /^ {2}3 earlier ones are not shown$/m);
  },
);

bd(
  "a comment of another shape than expected is told, not passed over",
  [{ ...comment("1", "First"), text: 7 }],
  async (_, run) => {
    const { code, stderr } = await run("issue", "show", "bd-1", "--comments");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Cannot read the answer of the tool: "comments\[0\]\.text" must be a string/,
    );
  },
);

bd(
  "the number of comments outlives a push through a bd that counts them only in lists",
  [comment("1", "First")],
  async ({ service }) => {
    await service.issueEdit("bd-1", { title: "Edited" });
    assert.equal((await service.push()).updated, 1);
    const { issue } = await service.issueShow("bd-1");
    assert.equal(issue.provider_metadata["comment_count"], 1);
    assert.equal((await service.pull({ full: true })).updated, 0);
  },
);

bd("an issue that is only here has no comments, and bd is not asked", [], async (project) => {
  const { issue } = await project.service.issueCreate({ title: "Here" });
  const before = project.tool.calls().length;
  assert.deepEqual(await project.service.issueComments(issue.ref.id), { comments: [], total: 0 });
  assert.equal(project.tool.calls().length, before);
});

Deno.test("issue show --comments shows those of fp", () =>
  withProject("fp", async ({ tool, bind, service }) => {
    const comments = [{ id: "1", author: "ann", content: "Text", createdAt: AT }];
    const fields = { title: "T", status: "todo", createdAt: AT, updatedAt: AT };
    tool.setIssues([{ id: "my-app-aaaa", shortId: "aaaa", ...fields, comments }]);
    await bind();
    await service.pull();
    assert.deepEqual(await service.issueComments("my-app-aaaa"), {
      comments: [{ author: "ann", createdAt: AT, text: "Text" }],
      total: 1,
    });
  }));
