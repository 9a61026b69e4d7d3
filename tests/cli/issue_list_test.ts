import assert from "node:assert/strict";
import { tracker } from "../support/cli.ts";
import { gitIn } from "../support/git.ts";
import { type LocalProject, withProject } from "../local/local_project.ts";
import { bdIssue } from "../support/issues.ts";
import { JsonObjectSchema } from "../../src/contract/field.ts";
import { parseWith } from "../../src/contract/parse.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { locateCache } from "../../src/tracker/cache.ts";
import { anIssue } from "../store/issue_fixture.ts";

type Run = (...args: string[]) => ReturnType<typeof tracker>;

/** A bound project with five issues in its cache. */
async function withIssues(
  test: (run: Run, project: LocalProject) => Promise<void>,
): Promise<void> {
  await withProject("bd", async (project) => {
    const { platform, root, tool, bind } = project;
    tool.setIssues([
      bdIssue("bd-1", { title: "Upload stalls", assignee: "Ada", labels: ["api"], priority: 1 }),
      bdIssue("bd-2", { title: "Audit log", assignee: "bo", labels: ["api", "ui"], priority: 0 }),
      bdIssue("bd-10", { title: "Zoom", status: "in_progress", assignee: "ada", priority: 4 }),
      bdIssue("bd-3", { title: "Done thing", status: "closed", labels: ["UI"] }),
      bdIssue("bd-4", { title: "Upload retries" }),
    ]);
    await gitIn(platform.home)(root, "init", "--quiet");
    await bind();
    const run: Run = (...args) => tracker(platform, "--repo", root, ...args);
    await run("sync", "pull");
    await test(run, project);
  });
}

/** The keys of the issues that a command lists. */
async function keys(run: Run, ...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await run("issue", "list", ...args);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout.split("\n").flatMap((line) => /^ (bd-\S+) /.exec(line)?.[1] ?? []);
}

async function listed(run: Run, ...args: string[]) {
  const { code, stdout, stderr } = await run("issue", "list", "--json", ...args);
  assert.equal(code, 0, stderr);
  const parsed = parseWith(JsonObjectSchema, JSON.parse(stdout));
  assert.ok(parsed.ok);
  return parsed.value;
}

Deno.test("issues are listed by whatever narrows them down", () =>
  withIssues(async (run) => {
    const byKey = ["--sort", "key"];
    assert.deepEqual(await keys(run, ...byKey), ["bd-1", "bd-2", "bd-3", "bd-4", "bd-10"]);
    assert.deepEqual(await keys(run, "upload", ...byKey), ["bd-1", "bd-4"]);
    assert.deepEqual(await keys(run, "--search", "Upload", ...byKey), ["bd-1", "bd-4"]);
    assert.deepEqual(await keys(run, "upload", "retries"), ["bd-4"]);
    assert.deepEqual(await keys(run, "--assignee", "ADA", ...byKey), ["bd-1", "bd-10"]);
    assert.deepEqual(await keys(run, "--assignee=", ...byKey), ["bd-3", "bd-4"]);
    assert.deepEqual(await keys(run, "--label", "api", "--label", "ui"), ["bd-2"]);
    assert.deepEqual(await keys(run, "--label", "ui", "--status", "done"), ["bd-3"]);
    assert.deepEqual(await keys(run, "--priority", "urgent", "--priority", "high", ...byKey), [
      "bd-1",
      "bd-2",
    ]);
    assert.deepEqual(await keys(run, "--sort", "title:desc"), [
      "bd-10",
      "bd-1",
      "bd-4",
      "bd-3",
      "bd-2",
    ]);
    assert.deepEqual(await keys(run, "--sort", "status", "--limit", "4"), [
      "bd-1",
      "bd-2",
      "bd-4",
      "bd-10",
    ]);
    assert.deepEqual(await keys(run, "--updated", "1m"), []);
    assert.equal((await keys(run, "--updated", "2000-01-01")).length, 5);
  }));

Deno.test("--mine is who git says, or the name in the settings", () =>
  withIssues(async (run, { platform, root }) => {
    const git = gitIn(platform.home);
    await git(root, "config", "user.name", "");
    const unknown = await run("issue", "list", "--mine");
    assert.deepEqual([unknown.code, unknown.stdout], [1, ""]);
    assert.match(unknown.stderr, /not known who you are[^]*config set mission\.assignee NAME/);
    const meUnknown = await run("issue", "list", "--assignee", "@me");
    assert.deepEqual([meUnknown.code, meUnknown.stderr], [1, unknown.stderr]);
    await git(root, "config", "user.name", "bo");
    assert.deepEqual(await keys(run, "--mine"), ["bd-2"]);
    assert.deepEqual(await keys(run, "--assignee", "@me"), ["bd-2"]);
    assert.deepEqual(await keys(run, "--assignee", "@me", "--assignee=", "--sort", "key"), [
      "bd-2",
      "bd-3",
      "bd-4",
    ]);
    await tracker(platform, "config", "set", "mission.assignee", "ADA");
    assert.deepEqual(await keys(run, "--mine", "--sort", "key"), ["bd-1", "bd-10"]);
    await tracker(platform, "config", "set", "mission.assignee", "cy");
    const none = await run("issue", "list", "--mine");
    assert.equal(none.stdout, "No cached issue matches.\n");
    assert.match(none.stderr, /You are looked for as cy/);
  }));

Deno.test("a search that finds very many says that there are more, and how many to a program alone", () =>
  withIssues(async (run, { platform, root }) => {
    const { path } = await locateCache({ platform, root });
    assert.ok(path !== null);
    {
      using store = await IssueStore.open(platform, path);
      store.putPage(Array.from({ length: 5_000 }, (_, at) => anIssue(`bd-9${at}`)));
    }
    const shown = await run("issue", "list", "bd-9", "--limit", "2");
    assert.match(shown.stdout, /^2, and there are more; `--limit 8` or `--all` shows them\.$/m);
    const counted = await listed(run, "bd-9", "--limit", "2");
    assert.deepEqual([counted["total"], counted["has_more"]], [5_000, true]);
    const few = await run("issue", "list", "upload", "--limit", "1");
    assert.match(few.stdout, /^1 of 2; /m);
  }));

Deno.test("a list is read page by page, and tells how many there are", () =>
  withIssues(async (run) => {
    const shown = await run("issue", "list", "--limit", "2");
    assert.match(shown.stdout, /^2 of 5; `--limit 8` or `--all` shows more\.$/m);
    assert.doesNotMatch((await run("issue", "list", "--all")).stdout, / of 5/);
    const page = ["--limit", "2", "--sort", "key", "--fields", "key,title"];
    const first = await listed(run, ...page);
    assert.deepEqual(first["issues"], [
      { key: "bd-1", title: "Upload stalls" },
      { key: "bd-2", title: "Audit log" },
    ]);
    assert.deepEqual([first["total"], first["has_more"]], [5, true]);
    const second = await listed(run, ...page, "--after", String(first["next"]));
    assert.deepEqual(second["issues"], [
      { key: "bd-3", title: "Done thing" },
      { key: "bd-4", title: "Upload retries" },
    ]);
    const last = await listed(run, ...page, "--after", String(second["next"]));
    assert.deepEqual([last["next"], last["has_more"], last["total"]], [null, false, 5]);
    const other = await run("issue", "list", "--after", String(first["next"]));
    assert.deepEqual([other.code, other.stdout], [2, ""]);
    assert.match(other.stderr, /not where a page of this list ends/);
  }));

Deno.test("wrong filters are refused with what there is", () =>
  withIssues(async (run) => {
    for (
      const [words, wanted] of [
        ["--fields key", /`--json`/],
        ["--json --fields key,colour", /Unknown field [^]*colour[^]*There are: key, id, url, ref,/],
        ["--asignee bo", /Unexpected option or argument: `--asignee`[^]*`--assignee`/],
        ["--sort size", /Unknown field to sort by "size"/],
        ["--sort title:up", /title:desc/],
        ["--updated soon", /neither a time span such as 7d/],
        ["--priority huge", /Unknown priority "huge"/],
        ["--all --limit 3", /--limit|--all/],
      ] as const
    ) {
      const { code, stdout, stderr } = await run("issue", "list", ...words.split(" "));
      assert.deepEqual([code, stdout], [2, ""], words);
      assert.match(stderr, wanted, `${words}: ${stderr}`);
    }
    const gone = await run("issue", "list", "--parent", "bd-99");
    assert.deepEqual([gone.code, gone.stdout], [1, ""]);
    assert.match(gone.stderr, /No issue "bd-99"/);
  }));

Deno.test("the age of a cache is told once it is an hour old", () =>
  withIssues(async (run, { platform }) => {
    const { pulled_at: pulledAt } = await listed(run);
    assert.equal(pulledAt, new Date(platform.clock.now()).toISOString());
    platform.clock.advance(59 * 60_000);
    assert.doesNotMatch((await run("issue", "list")).stderr, /Fetched/);
    platform.clock.advance(2 * 60 * 60_000);
    assert.match((await run("issue", "list")).stderr, /^Fetched 2 hours ago; `tracker sync pull`/m);
  }));
