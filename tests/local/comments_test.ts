import assert from "node:assert/strict";
import { LONGEST_COMMENT } from "../../src/contract/comments.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { MOST_COMMENTS } from "../../src/sync/issue_comments.ts";
import { LocalTrackerService } from "../../src/local/service.ts";
import type { ProcessOptions } from "../../src/platform/processes.ts";
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

bd(
  "issue comment writes one at once, whatever its text, and shows it",
  [],
  async ({ tool }, run) => {
    const { code, stdout, stderr } = await run("issue", "comment", "bd-1", "Seen", "*twice*");
    assert.deepEqual([code, stdout, stderr], [0, "✓ Commented on bd-1\n", ""]);
    assert.equal((await run("issue", "comment", "bd-1", "--", "-n --stdin")).code, 0);
    assert.deepEqual(tool.calls().at(-1), ["comment", "bd-1", "--stdin", "--json"]);
    const { comments } = JSON.parse(
      (await run("issue", "show", "bd-1", "--comments", "--json")).stdout,
    );
    assert.deepEqual(
      comments.map(({ text }: { readonly text: string }) => text),
      ["Seen *twice*", "-n --stdin"],
    );
  },
);

bd("issue comment --json gives the comment as bd has it", [], async ({ platform }, run) => {
  const { stdout } = await run("issue", "comment", "bd-1", "Seen", "--json");
  const created_at = new Date(platform.clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
  assert.deepEqual(JSON.parse(stdout), {
    schema: 1,
    ref: { system: "beads", workspace: "main", id: "bd-1" },
    comment: { author: "you", created_at, text: "Seen" },
    state: "added",
  });
});

bd("a bd that reads no comment from its input is given it as a word", [], async (project, run) => {
  const { tool, platform } = project;
  tool.behave({
    now: platform.clock.now(),
    fail: [{ match: "--stdin", message: "Error: unknown flag: --stdin", prose: true }],
  });
  assert.equal((await run("issue", "comment", "bd-1", "--", "-Seen")).code, 0);
  assert.deepEqual(tool.calls().at(-1), ["comments", "add", "bd-1", "--json", "--", "-Seen"]);
  assert.deepEqual((await project.service.issueComments("bd-1")).comments[0]?.text, "-Seen");
});

bd("a comment that bd refuses is told in its words, and tried once", [], async (project, run) => {
  const { tool, platform } = project;
  tool.behave({
    now: platform.clock.now(),
    fail: [{ match: "^comment", message: "the issue is frozen" }],
  });
  const before = tool.calls().length;
  const { code, stdout, stderr } = await run("issue", "comment", "bd-1", "Seen");
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /the issue is frozen/);
  assert.equal(tool.calls().length, before + 1);
});

bd("an answer of bd that is no comment is told, for nobody knows what it wrote", [], async (
  { tool, platform },
  run,
) => {
  tool.behave({ now: platform.clock.now(), answer: "{}" });
  const { code, stderr } = await run("issue", "comment", "bd-1", "Seen");
  assert.equal(code, 1);
  assert.match(stderr, /it holds no comment/);
  assert.match(stderr, /before you write it again: `tracker issue show bd-1 --comments`/);
});

bd("issue comment needs a text, and an issue that bd has", [], async ({ service, tool }, run) => {
  const { issue } = await service.issueCreate({ title: "Here" });
  const before = tool.calls().length;
  for (
    const [args, words, code] of [
      [["bd-1"], /There is nothing to write/, 2],
      [["bd-1", " "], /`TEXT`: The value is empty/, 2],
      [["bd-9", "Seen"], /No issue "bd-9" is in the local cache/, 1],
      [[issue.ref.id, "Seen"], /was created here and is not at the tracker yet/, 1],
    ] as const
  ) {
    const result = await run("issue", "comment", ...args);
    assert.equal(result.code, code, result.stderr);
    assert.match(result.stderr, words);
  }
  assert.equal(tool.calls().length, before);
});

Deno.test("issue comment reads the text from the input", () =>
  withProject("bd", async ({ tool, bind, service, platform, root }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    const { code } = await tracker(platform, "--repo", root, "issue", "comment", "bd-1", "-");
    assert.equal(code, 0);
    assert.equal((await service.issueComments("bd-1")).comments[0]?.text, "One\n\nTwo");
  }, { stdin: "One\r\n\r\nTwo\n\n" }));

Deno.test("a bd that does not answer leaves the question whether it has written the comment", () =>
  withProject("bd", async ({ tool, bind, service, platform, root }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await service.pull();
    const { processes } = platform;
    const hasty = {
      ...platform,
      processes: {
        ...processes,
        run(options: ProcessOptions) {
          const { command, args } = options;
          if (args[0] !== "comment") return processes.run(options);
          throw new TrackerError({ code: "command_timeout", message: `"${command}" is late` });
        },
      },
    };
    const late = new LocalTrackerService({ platform: hasty, root });
    await assert.rejects(late.issueComment("bd-1", "Seen"), {
      code: "command_timeout",
      nextAction: "Look whether it has written the comment, before you write it again: " +
        "`tracker issue show bd-1 --comments`",
    });
  }));

Deno.test("issue comment writes one of fp, and looks whether it is there", () =>
  withProject("fp", async ({ tool, bind, service, platform }) => {
    const fields = { title: "T", status: "todo", createdAt: AT, updatedAt: AT };
    tool.setIssues([{ id: "my-app-aaaa", shortId: "aaaa", ...fields }]);
    await bind();
    await service.pull();
    const { comment, state } = await service.issueComment("my-app-aaaa", "list");
    assert.deepEqual([comment.author, comment.text, state], ["you", "list", "added"]);
    const refused = async (text: string, words: RegExp) => {
      await assert.rejects(service.issueComment("my-app-aaaa", text), words);
    };
    await refused("-x", /fp takes a text that begins with "-" for an option/);
    tool.behave({ now: platform.clock.now(), forget: "^comment my-app" });
    await refused("Lost", /the new comment is not in the list/);
    assert.equal((await service.issueComments("my-app-aaaa")).total, 1);
  }));
