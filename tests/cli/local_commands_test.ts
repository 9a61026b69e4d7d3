import assert from "node:assert/strict";
import { READINESS_WORDING } from "../../src/user/readiness_wording.ts";
import { readinessWords } from "../support/readiness_words.ts";
import { tracker } from "../support/cli.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { bdIssue } from "../support/issues.ts";

type Run = (...args: string[]) => ReturnType<typeof tracker>;

/** Runs a test in a project with a stand-in for `bd`, the gate off; `run` runs commands there. */
async function withBeads(test: (run: Run, project: LocalProject) => Promise<void>): Promise<void> {
  await withProject("bd", async (project) => {
    const run: Run = (...args) => tracker(project.platform, "--repo", project.root, ...args);
    project.tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2", { status: "in_progress" })]);
    await test(run, project);
  });
}

/** Binds by the command line, every field shared. */
async function bind(run: Run, { tool }: LocalProject): Promise<string> {
  const { code, stdout, stderr } = await run(
    ...["bind", "-p", "beads", "--workspace", "main", "--doctrine-mode", "split_ownership"],
    ...["--credential", `command=${tool.command}`, "--credential", `cwd=${tool.cwd}`],
  );
  assert.equal(code, 0, stderr);
  return stdout;
}

Deno.test("bind, pull, status, edit, push: the local path from end to end", () =>
  withBeads(async (run, project) => {
    assert.equal(await bind(run, project), "✓ Bound to main. Saved in .kittify/config.yaml.\n");
    const pull = await run("sync", "pull");
    assert.equal(pull.code, 0, pull.stderr);
    assert.equal(pull.stdout, "✓ Pulled: 2 new, 0 changed, 0 unchanged.\n");
    const status = await run("status");
    assert.match(status.stdout, /^main · beads · local\n[\s\S]*^ {2}last sync +just now$/m);
    assert.match(status.stdout, /^ {2}cached +2 issues, 2 open$/m);
    assert.match(status.stdout, /^ {2}to push +nothing$/m);
    const edit = await run("issue", "edit", "bd-1", "--title", "A better title");
    assert.equal(edit.code, 0, edit.stderr);
    assert.match(
      edit.stdout,
      /^✓ Changed bd-1 {2}A better title\n {2}title +Issue bd-1 → A better title$/m,
    );
    assert.match(
      (await run("status")).stdout,
      /^ {2}to push +1 issue, the oldest .*: `tracker sync push`$/m,
    );
    const plan = await run("sync", "push", "--dry-run");
    assert.match(plan.stdout, /^→ update {2}bd-1 {2}A better title$/m);
    assert.match(plan.stderr, /Nothing was changed\./);
    const push = await run("sync", "push");
    assert.equal(push.stdout, "✓ Pushed: 1 sent.\n");
    assert.equal(project.tool.issues()[0]?.["title"], "A better title");
    assert.match((await run("sync", "run")).stdout, /✓ Pulled: .*\n✓ Pushed: /);
  }));

Deno.test("create makes an issue here, and the push makes it in the tool", () =>
  withBeads(async (run, project) => {
    await bind(run, project);
    await run("sync", "pull");
    const made = await run(
      "issue",
      "create",
      "--title",
      "Brand new",
      "--type",
      "bug",
      "--label",
      "ui",
    );
    assert.equal(made.code, 0, made.stderr);
    assert.match(made.stdout, /^✓ Created .*Brand new$/m);
    assert.match(made.stderr, /Next: `tracker sync push`/);
    const list = await run("issue", "list", "--search", "brand");
    assert.match(list.stdout, /bug +none +Brand new/);
    assert.match((await run("sync", "push")).stdout, /✓ Pushed: 1 sent/);
    assert.ok(project.tool.issues().some((issue) => issue["title"] === "Brand new"));
    const both = await run("issue", "edit", "bd-1", "--body", "New", "--clear", "body");
    assert.equal(both.code, 2);
    assert.match(both.stderr, /^✗ `--clear body` and a new value of it exclude each other$/m);
    const nothing = await run("issue", "edit", "bd-1");
    assert.equal(nothing.code, 2);
    assert.match(nothing.stderr, /There is nothing to change/);
    assert.match(
      (await run("issue", "edit", "bd-1", "--title", "Issue bd-1")).stdout,
      /^Nothing to change/,
    );
  }));

Deno.test("both sides changed: the conflict is listed and can be settled", () =>
  withBeads(async (run, project) => {
    const strategy = ["--strategy", "manual_review"];
    const { tool } = project;
    await run(
      ...["bind", "-p", "beads", "--workspace", "main", "--doctrine-mode", "split_ownership"],
      ...[
        "--credential",
        `command=${tool.command}`,
        "--credential",
        `cwd=${tool.cwd}`,
        ...strategy,
      ],
    );
    await run("sync", "pull");
    await run("issue", "edit", "bd-1", "--title", "Ours");
    tool.setIssues([
      bdIssue("bd-1", { title: "Theirs", updated_at: "2026-02-03T10:00:00Z" }),
      bdIssue("bd-2"),
    ]);
    assert.match(
      (await run("sync", "pull")).stdout,
      /1 conflict to decide: `tracker sync conflicts`/,
    );
    const listed = await run("sync", "conflicts");
    assert.match(listed.stdout, /^ 1 +\S+ +title +Issue bd-1 +Ours +Theirs +open/m);
    assert.match(
      (await run("status")).stdout,
      /conflicts +1 to decide, .*: `tracker sync conflicts`/,
    );
    assert.match(
      (await run("sync", "conflicts", "--resolve", "1", "--take", "ours")).stdout,
      /^✓ Conflict 1 .* settled\.$/m,
    );
    assert.match((await run("sync", "conflicts")).stdout, /No open conflicts/);
    assert.match((await run("sync", "conflicts", "--all")).stdout, /Ours/);
  }));

Deno.test("work packages are mapped once, and listed", () =>
  withBeads(async (run, project) => {
    await bind(run, project);
    await run("sync", "pull");
    assert.equal((await run("map", "list")).stdout, "No work package is mapped to an issue.\n");
    const add = ["map", "add", "--wp-id", "WP01", "--external-id"];
    assert.equal((await run(...add, "bd-1")).code, 0);
    assert.equal((await run(...add, "bd-2")).code, 1);
    assert.match((await run("map", "list")).stdout, /^ WP01 +bd-1 +beads +main +–$/m);
  }));

Deno.test("one failing issue is named, exit 1; under --json it is in the document", () =>
  withBeads(async (run, project) => {
    await bind(run, project);
    await run("sync", "pull");
    await run("issue", "edit", "bd-1", "--title", "Never arrives");
    await run("issue", "edit", "bd-2", "--title", "Arrives");
    project.tool.setIssues([bdIssue("bd-2", { status: "in_progress" })]);
    const push = await run("sync", "push", "--json");
    assert.equal(push.code, 1, push.stdout);
    const report = JSON.parse(push.stdout);
    assert.equal(report.status, "partial");
    assert.equal(project.tool.issues()[0]?.["title"], "Arrives");
    const again = await run("sync", "push", "--retry");
    assert.equal(again.code, 1);
    assert.match(again.stderr, /^! 1 issue failed:\n {3}bd-1 {2}/m);
    const later = await run("sync", "push");
    assert.equal(later.code, 0, "told once");
    assert.match(later.stdout, /^ {2}1 issue with refused edits, not sent again/m);
  }));

Deno.test("re-binding asks, unbind says what was bound, and no binding is told", () =>
  withBeads(async (run, project) => {
    await bind(run, project);
    const asked = await run("bind", "-p", "fp", "--workspace", "x", "--no-input");
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /already bound to main \(beads\)/);
    const { code, stdout } = await run("unbind");
    assert.deepEqual([code, stdout], [0, "✓ No longer bound to main.\n"]);
    const again = await run("unbind");
    assert.equal(again.code, 1);
    assert.ok(again.stderr.includes(READINESS_WORDING.missing_project_binding.message));
    const status = await run("status");
    assert.equal(status.code, 1);
    assert.equal(status.stderr, readinessWords("missing_project_binding"));
  }));

Deno.test("an issue that fails on both ways counts once, and goes when its changes are set back", () =>
  withBeads(async (run, { tool }) => {
    await run(
      ...["bind", "-p", "beads", "--workspace", "main", "--doctrine-mode", "split_ownership"],
      ...["--credential", `command=${tool.command}`, "--credential", `cwd=${tool.cwd}`],
    );
    await run("sync", "pull");
    await run("issue", "edit", "bd-1", "--title", "Ours");
    tool.setIssues(tool.issues().filter(({ id }) => id !== "bd-1"));
    const failed = await run("sync", "run");
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /^! 1 issue failed:\n {3}bd-1 .*\n$/m);
    await run("issue", "edit", "bd-1", "--title", "Issue bd-1");
    assert.match((await run("sync", "run")).stdout, /, 1 gone from the tracker\.$/m);
  }));

Deno.test("a conflict that the strategy has settled is found among the settled ones", () =>
  withBeads(async (run, { tool }) => {
    await run(
      ...["bind", "-p", "beads", "--workspace", "main", "--doctrine-mode", "split_ownership"],
      ...["--credential", `command=${tool.command}`, "--credential", `cwd=${tool.cwd}`],
      ...["--strategy", "external_wins"],
    );
    await run("sync", "pull");
    await run("issue", "edit", "bd-1", "--title", "Ours");
    tool.change("bd-1", { title: "Theirs", updated_at: "2026-02-03T10:00:00Z" });
    const plan = (await run("sync", "run", "--dry-run")).stdout;
    assert.match(plan, /^! conflict bd-1 .*Ours → Theirs \(taken: theirs\)$/m);
    assert.match(plan, /^ {2}1 conflict, as above\.$/m);
    const words = (await run("sync", "run")).stdout;
    assert.match(words, /^ {2}1 conflict settled: `tracker sync conflicts --all`$/m);
    assert.match((await run("sync", "conflicts", "--all")).stdout, /Ours +Theirs +theirs/);
  }));

Deno.test("what only hosted bindings can do is refused in a local project, not passed over", () =>
  withBeads(async (run, project) => {
    await bind(run, project);
    const before = await run("sync", "pull", "--since", "2026-01-31");
    assert.equal(before.code, 2);
    assert.match(before.stderr, /--since/);
    project.platform.setEnv("SPEC_KITTY_ENABLE_SAAS_SYNC", "1");
    const one = await run("sync", "run", "--no-pull");
    assert.equal(one.code, 2);
    assert.equal(
      one.stderr,
      '✗ `--no-pull` is for hosted providers; "beads" is a local one\n  Leave it out. Nothing was done.\n',
    );
    const several = await run("sync", "pull", "--since", "2026-01-31", "--status", "done");
    assert.equal(several.code, 2);
    assert.match(several.stderr, /`--since` and `--status` are for hosted providers; /);
    const search = await run("issue", "search", "slow");
    assert.equal(search.code, 1);
    assert.match(search.stderr, /`tracker issue list --search TEXT`/);
    const items = await run("sync", "push", "--items-json", "items.json");
    assert.equal(items.code, 2);
    assert.match(items.stderr, /`--items-json` is for hosted providers; /);
    assert.deepEqual(JSON.parse((await run("issue", "list", "--json")).stdout).issues, []);
  }));
