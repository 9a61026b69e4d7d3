/** `issue comment --editor`: the text of a person, who may write it twice at most by their own will. */
import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";

/** Runs a test with one pulled issue and an editor that is a script; `$1` is the file. */
function editing(
  name: string,
  script: string,
  test: (
    project: LocalProject,
    comment: (...args: string[]) => ReturnType<typeof tracker>,
  ) => Promise<void>,
): void {
  Deno.test(
    { name, ignore: Deno.build.os === "windows" },
    () =>
      withProject("bd", async (project) => {
        const { platform, root, tool } = project;
        tool.setIssues([bdIssue("bd-1")]);
        await project.bind();
        await project.service.pull();
        const editor = `${platform.home}/my editor`;
        await Deno.writeTextFile(editor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        platform.setEnv("VISUAL", ` "${editor}"  '--wait' `);
        const line = ["--repo", root, "issue", "comment", "bd-1"];
        await test(project, (...args) => tracker(platform, ...line, ...args));
      }),
  );
}

/** The drafts that are there, with their modes. */
function drafts({ platform }: LocalProject): { readonly path: string; readonly mode: number }[] {
  const directory = `${platform.home}/.spec-kitty/tracker/drafts`;
  return [...Deno.readDirSync(directory)].map(({ name }) => {
    const path = `${directory}/${name}`;
    return { path, mode: (Deno.statSync(path).mode ?? 0) & 0o777 };
  });
}

const texts = async ({ service }: LocalProject) =>
  (await service.issueComments("bd-1")).comments.map(({ text }) => text);

editing(
  "the text of an editor is sent, and its private file goes",
  'ls -ld "$(dirname "$2")" "$2" > "$0.seen"; echo "$1" >> "$0.seen"; printf "One\\n\\nTwo\\n" > "$2"',
  async (project, comment) => {
    const { code, stdout } = await comment("--editor");
    assert.deepEqual([code, stdout], [0, "✓ Commented on bd-1\n"]);
    assert.deepEqual(await texts(project), ["One\n\nTwo"]);
    assert.deepEqual(drafts(project), []);
    const seen = await Deno.readTextFile(`${project.platform.home}/my editor.seen`);
    assert.match(seen, /^drwx------.*\n-rw-------.*\n--wait\n$/);
  },
);

editing(
  "a text that cannot be sent stays in its file, with how to send it",
  'printf "Kept" > "$2"',
  async (project, comment) => {
    const { tool, platform } = project;
    tool.behave({
      now: platform.clock.now(),
      fail: [{ match: "^comment", message: "the issue is frozen" }],
    });
    const { code, stdout, stderr } = await comment("--editor", "--json");
    assert.deepEqual([code, stdout], [1, ""]);
    const [draft] = drafts(project);
    assert.ok(draft !== undefined);
    assert.equal(draft.mode, 0o600);
    assert.equal(await Deno.readTextFile(draft.path), "Kept");
    const { error } = JSON.parse(stderr);
    assert.match(error.message, /the issue is frozen/);
    assert.ok(
      error.next_action.endsWith(`\`tracker issue comment bd-1 - < ${draft.path}\` sends it.`),
    );
  },
);

editing("an empty text is not sent, and leaves no file", ":", async (project, comment) => {
  const before = project.tool.calls().length;
  const { code, stderr } = await comment("--editor");
  assert.equal(code, 1);
  assert.match(stderr, /The comment cannot be sent: it holds no text/);
  assert.deepEqual(drafts(project), []);
  assert.equal(project.tool.calls().length, before);
});

editing(
  "an editor that fails sends nothing, and what was written stays",
  'printf "Half" > "$2"; exit 3',
  async (project, comment) => {
    const { code, stderr } = await comment("--editor");
    assert.equal(code, 1);
    const [draft] = drafts(project);
    assert.ok(draft !== undefined);
    assert.match(stderr, /The editor ".*\/my editor" failed with exit code 3/);
    assert.ok(stderr.includes(`Nothing was sent. Your text is in ${draft.path}`), stderr);
    assert.deepEqual(await texts(project), []);
  },
);

editing("an editor that is not there, or none, is told", ":", async (project, comment) => {
  project.platform.setEnv("VISUAL", "no-such-editor");
  assert.match((await comment("--editor")).stderr, /Cannot find the command "no-such-editor"/);
  assert.deepEqual(drafts(project), []);
  project.platform.setEnv("VISUAL", "  ");
  const { code, stderr } = await comment("--editor");
  assert.equal(code, 1);
  assert.match(stderr, /No editor is set\n.*Set `VISUAL` or `EDITOR`/);
});

editing("an editor is opened for no other text, without input, and for no draft", "exit 9", async (
  { service, platform, root },
  comment,
) => {
  for (
    const [args, words] of [
      [["--editor", "Seen"], /`--editor` and a text exclude each other/],
      [["--editor", "--no-input"], /`--editor` and `--no-input` exclude each other/],
    ] as const
  ) {
    const { code, stderr } = await comment(...args);
    assert.equal(code, 2);
    assert.match(stderr, words);
  }
  const { issue } = await service.issueCreate({ title: "Here" });
  const line = ["--repo", root, "issue", "comment", issue.ref.id, "--editor"];
  assert.match((await tracker(platform, ...line)).stderr, /is not at the tracker yet/);
});
