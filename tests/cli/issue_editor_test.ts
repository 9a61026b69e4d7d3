/** `issue create --editor` and `issue edit --editor`: title and body as a person writes them. */
import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { bdIssue } from "../support/issues.ts";
import { onSmallDisk } from "../support/disks.ts";
import type { TestPlatformOptions } from "../support/platform.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";

type Run = (...args: string[]) => ReturnType<typeof tracker>;

/** What the pulled issue says. */
const BODY = "One\n\n## Two\n\nThree";

/** Runs a test with one pulled issue and an editor that is a script; `$2` is the file, after `--wait`. */
function editing(
  name: string,
  script: string,
  test: (project: LocalProject, issue: Run) => Promise<void>,
  options: TestPlatformOptions = {},
): void {
  Deno.test(
    { name, ignore: Deno.build.os === "windows" },
    () =>
      withProject("bd", async (project) => {
        const { platform, root, tool } = project;
        tool.setIssues([bdIssue("bd-1", { title: "Before", description: BODY })]);
        await project.bind();
        await project.service.pull();
        const editor = `${platform.home}/my editor`;
        await Deno.writeTextFile(editor, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        platform.setEnv("EDITOR", `'${editor}' --wait`);
        await test(project, (...args) => tracker(platform, "--repo", root, "issue", ...args));
      }, options),
  );
}

/** The texts that are kept. */
function drafts({ platform }: LocalProject): readonly string[] {
  const directory = `${platform.home}/.spec-kitty/tracker/drafts`;
  return [...Deno.readDirSync(directory)].map(({ name }) => `${directory}/${name}`);
}

async function pending({ service }: LocalProject): Promise<Record<string, unknown>> {
  const { pending } = await service.issueShow("bd-1");
  return Object.fromEntries(pending.map(({ field, to }) => [field, to]));
}

editing(
  "title and body are shown in one text, and what was changed is an edit",
  `cp "$2" "$0.seen"; printf 'After\\n\\nOne\\n\\nNew\\n' > "$2"`,
  async (project, issue) => {
    const { code, stdout, stderr } = await issue("edit", "bd-1", "--editor", "--add-label", "ui");
    assert.equal(code, 0, stderr);
    const seen = await Deno.readTextFile(`${project.platform.home}/my editor.seen`);
    assert.equal(seen, `Before\n\n${BODY}\n`);
    assert.match(stdout, /^✓ Changed bd-1 {2}After$/m);
    assert.deepEqual(await pending(project), {
      title: "After",
      body: "One\n\nNew",
      labels: ["ui"],
    });
    assert.deepEqual(drafts(project), []);
  },
);

editing(
  "with a title the text is the body alone",
  `sed 's/One/1/' "$2" > "$0.new"; cat "$0.new" > "$2"`,
  async (
    project,
    issue,
  ) => {
    const { code } = await issue("edit", "bd-1", "--editor", "--title", "After", "--json");
    assert.equal(code, 0);
    assert.deepEqual(await pending(project), { title: "After", body: BODY.replace("One", "1") });
  },
);

editing(
  "a text that was saved unchanged changes nothing, but what options say",
  `touch "$2"`,
  async (
    project,
    issue,
  ) => {
    const { code, stdout } = await issue("edit", "bd-1", "--editor");
    assert.deepEqual([code, stdout], [0, "Nothing to change: bd-1  Before\n"]);
    assert.deepEqual(await pending(project), {});
    assert.equal((await issue("edit", "bd-1", "--editor", "--add-label", "ui")).code, 0);
    assert.deepEqual(await pending(project), { labels: ["ui"] });
    assert.deepEqual(drafts(project), []);
  },
);

editing("an emptied text changes nothing, and no option either", `: > "$2"`, async (
  project,
  issue,
) => {
  const { code, stdout, stderr } = await issue("edit", "bd-1", "--editor", "--add-label", "ui");
  assert.deepEqual([code, stdout], [0, "Nothing to change: bd-1  Before\n"]);
  assert.match(stderr, /^The text is empty, so nothing was changed\.$/m);
  assert.deepEqual(await pending(project), {});
  assert.deepEqual(drafts(project), []);
});

editing(
  "a text without its title is refused, and stays",
  `printf '\\n\\nOnly a body\\n' > "$2"`,
  async (project, issue) => {
    const { code, stderr } = await issue("edit", "bd-1", "--editor");
    const [draft] = drafts(project);
    assert.ok(code === 1 && draft !== undefined);
    assert.match(stderr, /A title cannot be empty/);
    assert.ok(stderr.includes(`Your text is kept in ${draft}; its first line is the title.`));
    assert.match(await Deno.readTextFile(draft), /Only a body/);
  },
);

editing(
  "an editor that is killed keeps what was written, and no untouched text",
  `printf 'Half' >> "$2"; kill -9 $$`,
  async (project, issue) => {
    const { code, stderr } = await issue("edit", "bd-1", "--editor");
    const [draft] = drafts(project);
    assert.ok(code === 1 && draft !== undefined);
    assert.ok(stderr.includes(`Nothing was sent. Your text is in ${draft}`), stderr);
    await Deno.remove(draft);
    await Deno.writeTextFile(`${project.platform.home}/my editor`, "#!/bin/sh\nkill -9 $$\n");
    assert.match((await issue("edit", "bd-1", "--editor")).stderr, /was ended by a signal/);
    assert.deepEqual(drafts(project), []);
    assert.deepEqual(await pending(project), {});
  },
);

editing(
  "a cache that cannot be written keeps the text, with how to enter it",
  `sed 's/One/1/' "$2" > "$0.new"; cat "$0.new" > "$2"; for db in "$(dirname "$0")"/.spec-kitty/tracker/trackers/*.db; do printf 'no database' > "$db"; rm -f "$db-wal" "$db-shm"; done`,
  async (project, issue) => {
    const line = ["edit", "bd-1", "--editor", "--title", "After"];
    const { code, stderr } = await issue(...line);
    const [draft] = drafts(project);
    assert.ok(code === 1 && draft !== undefined, stderr);
    assert.ok(
      stderr.includes(`\`tracker issue edit bd-1 --body-file ${draft}\` enters it.`),
      stderr,
    );
    assert.equal(await Deno.readTextFile(draft), `${BODY.replace("One", "1")}\n`);
  },
);

Deno.test("a disk that is full by then keeps the text, which was written before", async () => {
  const isRun = await onSmallDisk(8, (directory) =>
    withProject(
      "bd",
      async (project) => {
        const { platform, root, tool } = project;
        tool.setIssues([bdIssue("bd-1", { title: "Before", description: BODY })]);
        await project.bind();
        await project.service.pull();
        const editor = `${directory}/editor`;
        const fill = `dd if=/dev/zero of="${directory}/fill" bs=1k 2>/dev/null`;
        const script = `#!/bin/sh\nprintf 'After\\n\\nKept\\n' > "$1"; ${fill}; :\n`;
        await Deno.writeTextFile(editor, script, { mode: 0o755 });
        platform.setEnv("EDITOR", editor);
        const { code, stderr } = await tracker(
          platform,
          ...["--repo", root, "issue", "edit", "bd-1", "--editor"],
        );
        const [draft] = drafts(project);
        assert.ok(code === 1 && draft !== undefined, stderr);
        assert.ok(stderr.includes(`Your text is kept in ${draft}; its first line`), stderr);
        assert.equal(await Deno.readTextFile(draft), "After\n\nKept\n");
        await Deno.remove(`${directory}/fill`);
        assert.deepEqual(await pending(project), {});
      },
      {},
      directory,
    ));
  if (!isRun) console.log("    skipped: no small disk can be made");
});

editing(
  "a new issue has its title in the first line, and an empty text creates none",
  `printf '\\nFresh\\n\\nWhy\\n' > "$2"`,
  async (project, issue) => {
    const { code, stdout } = await issue("create", "--editor", "--type", "bug");
    assert.equal(code, 0);
    assert.match(stdout, /^✓ Created \S+ {2}Fresh$/m);
    const made = (await project.service.issueList()).find(({ title }) => title === "Fresh");
    assert.deepEqual([made?.title, made?.body, made?.issue_type], ["Fresh", "Why", "bug"]);
    await Deno.writeTextFile(`${project.platform.home}/my editor`, "#!/bin/sh\n:\n");
    const none = await issue("create", "--editor");
    assert.deepEqual([none.code, none.stdout], [0, "Nothing was created: the text is empty\n"]);
    const same = await issue("create", "--editor", "--from", "bd-1");
    assert.equal(same.stdout, "Nothing was created: the text is unchanged\n");
    const json = JSON.parse((await issue("create", "--editor", "--json")).stdout);
    assert.deepEqual(json, { schema: 1, issue: null, changes: [], skipped_fields: [] });
    assert.equal((await project.service.issueList()).length, 2);
    assert.deepEqual(drafts(project), []);
  },
);

editing(
  "without a title and a terminal nobody is asked, and options exclude each other",
  "exit 9",
  async (_project, issue) => {
    const { code, stderr } = await issue("create");
    assert.equal(code, 2);
    assert.match(stderr, /Name the issue: `tracker issue create --title TEXT`/);
    assert.match(stderr, /`--editor` has you write title and body/);
    for (
      const [line, other] of [
        [["create", "--editor", "--body", "x"], "--body"],
        [["edit", "bd-1", "--editor", "--body-file", "x"], "--body-file"],
        [["edit", "bd-1", "--editor", "--no-input"], "--no-input"],
        [["edit", "bd-1", "--editor", "--clear", "body"], "--clear body"],
      ] as const
    ) {
      const { code, stderr } = await issue(...line);
      assert.equal(code, 2);
      assert.ok(stderr.includes(`\`--editor\` and \`${other}\` exclude each other`), stderr);
    }
  },
);

editing(
  "on a terminal an issue without a title is written in the editor, where there is one",
  `printf 'Asked\\n' > "$2"`,
  async (project, issue) => {
    const { code, stdout } = await issue("create");
    assert.equal(code, 0);
    assert.match(stdout, /Created \S+ {2}Asked/);
    for (const line of [["--no-input"], ["--json"], ["--body", "x"]]) {
      assert.equal((await issue("create", ...line)).code, 2);
    }
    project.platform.setEnv("EDITOR", "");
    const { stderr } = await issue("create");
    assert.match(stderr, /Name the issue: `tracker issue create --title TEXT`/);
    assert.doesNotMatch(stderr, /In the editor/);
    const without = (await issue("create", "--editor")).stderr;
    assert.match(without, /No editor is set/);
    assert.doesNotMatch(without, /In the editor/);
  },
  { terminal: true },
);

editing(
  "a text that the editor saved in another encoding stays as it is, and nothing is changed",
  `printf 'Gr\\366\\337e\\n' > "$2"`,
  async (project, issue) => {
    const { code, stderr } = await issue("edit", "bd-1", "--editor");
    const [draft] = drafts(project);
    assert.ok(draft !== undefined);
    assert.equal(code, 1);
    assert.ok(stderr.includes(`"${draft}" is not UTF-8 text`), stderr);
    assert.deepEqual([...await Deno.readFile(draft)], [0x47, 0x72, 0xf6, 0xdf, 0x65, 0x0a]);
    assert.deepEqual(await pending(project), {});
  },
);

editing("a body from a file in another encoding is refused", "exit 1", async (project, issue) => {
  const file = `${project.platform.home}/latin.md`;
  await Deno.writeFile(file, new Uint8Array([0x47, 0x72, 0xf6, 0xdf, 0x65]));
  const { code, stderr } = await issue("edit", "bd-1", "--body-file", file);
  assert.deepEqual([code, await pending(project)], [1, {}]);
  assert.ok(stderr.includes(`"${file}" is not UTF-8 text`), stderr);
});
