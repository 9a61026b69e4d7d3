/** `issue show` on a terminal and in a pipe. */
import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import type { TestPlatformOptions } from "../support/platform.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";

const ESC = "\u001b";
const BODY = `# Steps\n\n- [ ] log **in**\n\n${ESC}[2Jsee \u202ehttps://docs.rs/x`;

/** Runs a test with one pulled issue. */
function withIssue(
  machine: TestPlatformOptions,
  issue: Readonly<Record<string, unknown>>,
  test: (
    show: (...args: string[]) => ReturnType<typeof tracker>,
    project: LocalProject,
  ) => Promise<void>,
): Promise<void> {
  return withProject("bd", async (project) => {
    const { platform, root, tool } = project;
    tool.setIssues([bdIssue("bd-1", issue)]);
    await project.bind();
    await project.service.pull();
    await test(
      (...args) => tracker(platform, "--repo", root, "issue", "show", "bd-1", ...args),
      project,
    );
  }, machine);
}

/** What is below the facts. */
const bodyOf = (stdout: string) => stdout.split("\n\n").slice(1).join("\n\n");

Deno.test("a body is Markdown on a terminal, and in a pipe what it was", async () => {
  await withIssue({}, { description: BODY }, async (show) => {
    const { stdout } = await show();
    assert.equal(bodyOf(stdout), "# Steps\n\n- [ ] log **in**\n\nsee https://docs.rs/x\n");
  });
  await withIssue({ terminal: true }, { description: BODY }, async (show) => {
    const { stdout } = await show();
    assert.ok(stdout.startsWith(`${ESC}[1mbd-1  ${ESC}[22m${ESC}[1mIssue`), stdout);
    assert.equal(
      bodyOf(stdout),
      `${ESC}[1m# ${ESC}[22m${ESC}[1mSteps${ESC}[22m\n\n[ ] log ${ESC}[1min${ESC}[22m\n\n` +
        `see ${ESC}[4mhttps://docs.rs/x${ESC}[24m\n`,
    );
  });
});

Deno.test("the marks stay on a terminal without colours", () =>
  withIssue({ terminal: true, env: { TERM: "dumb" } }, { description: BODY }, async (show) => {
    const { stdout } = await show();
    assert.ok(!stdout.includes(ESC), stdout);
    assert.equal(bodyOf(stdout), "# Steps\n\n[ ] log **in**\n\nsee https://docs.rs/x\n");
  }));

Deno.test("what is known of an issue hangs below its beginning on a narrow terminal", () =>
  withIssue(
    { terminal: true, columns: 40, env: { NO_COLOR: "1" } },
    {
      title: "A title that is longer than the terminal is wide",
      labels: ["first label", "second label", "third"],
    },
    async (show) => {
      const { stdout } = await show();
      assert.match(stdout, /^bd-1 {2}A title that is longer than the\n {2}terminal is wide$/m);
      assert.match(stdout, /^ {2}labels {5}first label, second label,\n {13}third$/m);
      assert.match(stdout, /^ {2}priority {3}medium \(P2\)$/m);
      assert.ok(stdout.split("\n").every((line) => line.length <= 40), stdout);
    },
  ));

Deno.test("comments are Markdown, too", () =>
  withIssue({ terminal: true, env: { NO_COLOR: "1" } }, {
    comments: [{ author: "bo", text: "- a\n- b", created_at: "2026-02-01T10:00:00Z" }],
  }, async (show, { tool }) => {
    tool.behave({ now: Date.parse("2026-02-03T10:00:00Z") });
    const { stdout } = await show("--comments");
    assert.match(stdout, /^ {2}bo {2}.*\n {2}• a\n {2}• b\n$/m);
  }));
