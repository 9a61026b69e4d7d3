import assert from "node:assert/strict";
import { bdIssue } from "../local/local_project.ts";
import { installStandIn, type StandIn } from "../standins/stand_in.ts";
import { withWorld, type World } from "../support/world.ts";

/** A signed-in user's project and a tool that is not bound yet. */
interface LocalWorld {
  readonly world: World;
  readonly tool: StandIn;
  /** Binds, every field shared unless said otherwise; answers standard output. */
  bind(...more: string[]): Promise<string>;
}

/**
 * Runs a test with real processes in a project with a stand-in. A host runs, is configured and has a session,
 * so that a request to it would succeed; at the end it must not have seen one.
 */
function inProject(
  tool: "bd" | "fp",
  test: (project: LocalWorld) => Promise<void>,
): Promise<void> {
  return withWorld(async (world) => {
    await world.signIn();
    await world.forgetRequests();
    const standIn = installStandIn(world.home, tool);
    await test({
      world,
      tool: standIn,
      bind: (...more) =>
        world.ok(
          ...["bind", "-p", tool === "bd" ? "beads" : "fp", "--workspace", "main"],
          ...["--credential", `command=${standIn.command}`],
          ...["--credential", `cwd=${standIn.cwd}`],
          ...(more.length === 0 ? ["--doctrine-mode", "split_ownership"] : more),
        ),
    });
    assert.deepEqual(await world.requests(), []);
    for (const name of ["sync-daemon", "sync-daemon.lock", "queues", "queue.db"]) {
      await assert.rejects(Deno.stat(`${world.home}/.spec-kitty/${name}`), Deno.errors.NotFound);
    }
  }, { backgroundDaemon: "auto" });
}

/** Runs a command that must end with exit code 1 or 2; answers what it says. */
async function refused(world: World, code: number, ...args: string[]): Promise<string> {
  const result = await world.run(args);
  assert.deepEqual([result.code, result.stdout], [code, ""], `${args.join(" ")}: ${result.stderr}`);
  return result.stderr;
}

/** Every file below the directory with its content, but for locks. */
async function filesBelow(directory: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) {
      for (const [name, text] of await filesBelow(path)) found.set(name, text);
    } else if (!path.endsWith(".lock")) found.set(path, await digest(path));
  }
  return found;
}

/** Titles of the tool's issues, sorted. */
function titles(tool: StandIn): unknown[] {
  return tool.issues().map((issue) => issue["title"]).sort();
}

/** Short, so that a difference can be read. */
async function digest(path: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(hash).toHex().slice(0, 12);
}

const PAGE = await Deno.readTextFile(new URL("../../docs/local-json.md", import.meta.url));

/** The example of a name on the page of JSON documents. */
function example(name: string): ReturnType<typeof JSON.parse> {
  const body = new RegExp("```json " + name + "\\n([\\s\\S]*?)\\n```").exec(PAGE)?.[1];
  assert.ok(body !== undefined, `the page has no example "${name}"`);
  return JSON.parse(body);
}

/** The names and kinds of a document; lists by their first element, free maps and values left out. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value === null || typeof value !== "object") return null;
  const free = ["provider_metadata", "from", "to", "base", "ours", "theirs", "field_owners", "ref"];
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, free.includes(key) ? null : shapeOf(one)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );
}

Deno.test("bind saves workspace, credentials and rules, unbind clears that provider's alone", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    const other = '[tracker.providers.fp]\ncommand = "/opt/fp"\n';
    const credentials = `${world.home}/.spec-kitty/credentials`;
    await Deno.writeTextFile(credentials, `\n${other}`, { append: true });
    const words = await bind(
      ...["--doctrine-mode", "split-ownership", "--field-owner", "title=spec_kitty"],
      ...["--strategy", "manual_review"],
    );
    assert.equal(words, "✓ Bound to main. Saved in .kittify/config.yaml.\n");
    assert.match(await world.config() ?? "", /provider: beads\n {2}workspace: main\n/);
    assert.match(
      await world.config() ?? "",
      /mode: split_ownership\n {4}field_owners: \{title: spec_kitty\}\n {4}strategy: manual_review/,
    );
    const saved = await world.credentials() ?? "";
    assert.ok(saved.includes(`command = "${tool.command}"`), saved);
    assert.ok(saved.includes(`cwd = "${tool.cwd}"`), saved);
    if (Deno.build.os !== "windows") {
      const { mode } = await Deno.stat(`${world.home}/.spec-kitty/credentials`);
      assert.equal((mode ?? 0) & 0o777, 0o600);
    }
    assert.equal((await world.json("unbind")).provider, "beads");
    const left = await world.credentials() ?? "";
    assert.doesNotMatch(left, /beads|cwd = /);
    assert.ok(left.includes(other), left);
    assert.match(left, /\[tokens\]/);
    assert.doesNotMatch(await world.config() ?? "", /beads|main/);
    assert.match(await refused(world, 1, "unbind"), /^✗ This project is not bound to a tracker/);
  }));

Deno.test("every part of a bind is checked before anything is written", () =>
  inProject("bd", async ({ world }) => {
    const before = await world.credentials();
    const bind = ["bind", "-p", "beads", "--workspace", "main"];
    const split = ["--doctrine-mode", "split_ownership"];
    const cases: readonly (readonly [string[], number, RegExp])[] = [
      [["bind", "-p", "beads"], 2, /needs a workspace/],
      [[...bind, "--doctrine-mode", "mine"], 1, /Unknown doctrine mode "mine"\n.*split_ownership/],
      [[...bind, ...split, "--field-owner", "colour=shared"], 1, /Unknown field "colour"/],
      [[...bind, ...split, "--field-owner", "title=me"], 1, /external, spec_kitty, shared/],
      [[...bind, "--field-owner", "title=shared"], 1, /Field owners need the doctrine mode/],
      [[...bind, "--strategy", "newest"], 1, /Unknown strategy "newest"\n.*newer_timestamp/],
      [[...bind, "--credential", "token=x"], 1, /Unknown credential "token"\n.*command, cwd/],
      [[...bind, "--credential", "cwd=/no/such/place"], 1, /names no directory/],
      [[...bind, "--credential", "cwd"], 2, /takes NAME=VALUE/],
      [[...bind, "--select", "1"], 2, /hosted providers/],
    ];
    for (const [args, code, words] of cases) {
      assert.match(await refused(world, code, ...args), words);
    }
    assert.equal(await world.config(), null);
    assert.equal(await world.credentials(), before);
  }));

Deno.test("status counts what is cached, open and pending, without starting the tool", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([
      bdIssue("bd-1"),
      bdIssue("bd-2", { status: "in_progress" }),
      bdIssue("bd-3", { status: "closed", closed_at: "2026-02-02T10:00:00Z" }),
    ]);
    await bind();
    assert.match(await world.ok("status"), /last sync +never\n {2}cached +0 issues, 0 open/);
    assert.deepEqual(tool.calls(), []);
    await world.ok("sync", "pull");
    await world.ok("issue", "edit", "bd-1", "--title", "Other");
    await world.ok("map", "add", "--wp-id", "WP01", "--external-id", "bd-1");
    const calls = tool.calls().length;
    const words = await world.ok("status");
    assert.match(words, /^main · beads · local\n/);
    assert.match(
      words,
      /^ {2}cached +3 issues, 2 open\n {2}pending +1 issue with changes to push$/m,
    );
    const status = await world.json("status");
    assert.deepEqual(status.counts, {
      total: 3,
      open: 2,
      pending: 1,
      by_status: { todo: 1, in_progress: 1, in_review: 0, blocked: 0, done: 1, canceled: 0 },
    });
    assert.equal(status.mappings, 1);
    assert.deepEqual(shapeOf(status), shapeOf(example("status")));
    assert.equal(tool.calls().length, calls);
  }));

Deno.test("pull brings what the tool has changed, a second one nothing", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2", { labels: ["ui"] })]);
    await bind();
    assert.equal(
      await world.ok("sync", "pull"),
      "✓ Pulled: 2 new, 0 changed, 0 unchanged.\n",
    );
    assert.match(await world.ok("issue", "show", "bd-2"), /^ {2}labels +ui$/m);
    tool.change("bd-1", { title: "Changed there", updated_at: "2026-02-03T10:00:00Z" });
    tool.change("bd-2", { labels: ["ui", "urgent"] });
    assert.equal(
      await world.ok("sync", "pull"),
      "✓ Pulled: 0 new, 2 changed, 0 unchanged.\n",
    );
    assert.match(await world.ok("issue", "list", "--search", "changed"), /bd-1 .*Changed there/);
    const last = await world.json("sync", "pull");
    assert.deepEqual([last.pull.created, last.pull.updated, last.pull.skipped], [0, 0, 2]);
    assert.deepEqual([last.kind, last.push, last.plan], ["pull", null, null]);
  }));

Deno.test("push writes edits and new issues to the tool, once", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await world.ok("sync", "pull");
    const edit = await world.json("issue", "edit", "bd-1", "--status", "in_progress");
    assert.deepEqual(edit.changes, [{ field: "status", from: "todo", to: "in_progress" }]);
    await world.ok("issue", "create", "--title", "New here", "--type", "bug", "--label", "ui");
    const [{ ref: { id } }] = (await world.json("issue", "list", "--search", "new here")).issues;
    assert.match(await world.ok("issue", "show", id), /^ {2}to push +all of it/m);
    assert.equal(
      await world.ok("sync", "push"),
      "✓ Pushed: 1 created, 1 updated, 0 skipped.\n",
    );
    const issues = new Map(tool.issues().map((issue) => [issue["title"], issue]));
    assert.deepEqual([...issues.keys()].sort(), ["Issue bd-1", "Issue bd-2", "New here"]);
    assert.equal(issues.get("Issue bd-1")?.["status"], "in_progress");
    assert.equal(issues.get("Issue bd-2")?.["status"], "open");
    assert.deepEqual(issues.get("New here")?.["labels"], ["ui"]);
    const again = await world.json("sync", "push");
    assert.deepEqual([again.push.created, again.push.updated, again.pull], [0, 0, null]);
    assert.equal(tool.issues().length, 3);
  }));

Deno.test("run pulls, then pushes; a dry run tells just that and changes nothing on either side", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await world.ok("sync", "pull");
    tool.change("bd-1", { title: "Theirs", updated_at: "2026-02-03T10:00:00Z" });
    await world.ok("issue", "edit", "bd-2", "--title", "Ours", "--body", "Why");
    await world.ok("issue", "create", "--title", "Third");
    const before = [tool.issues(), await filesBelow(`${world.home}/.spec-kitty`)];
    const plan = await world.json("sync", "run", "--dry-run");
    assert.deepEqual(shapeOf({ ...plan, push: null }), {
      ...Object(shapeOf(example("sync"))),
      push: null,
    });
    assert.deepEqual(
      Object.keys(plan.push).sort(),
      Object.keys(example("sync").push).sort(),
    );
    assert.deepEqual(
      plan.plan.map((
        step: Record<string, unknown>,
      ) => [step["kind"], step["action"], step["title"]])
        .sort(),
      [["pulled", "updated", "Theirs"], ["pushed", "created", "Third"], [
        "pushed",
        "updated",
        "Ours",
      ]],
    );
    const words = await world.ok("sync", "run", "--dry-run");
    assert.match(words, /^← update {2}bd-1 {2}Theirs\n {5}title +Issue bd-1 → Theirs$/m);
    assert.match(words, /^→ update {2}bd-2 {2}Ours\n {5}title +Issue bd-2 → Ours\n {5}body +/m);
    assert.deepEqual([tool.issues(), await filesBelow(`${world.home}/.spec-kitty`)], before);
    const { pull, push } = await world.json("sync", "run");
    assert.deepEqual([pull, push], [plan.pull, plan.push]);
    assert.deepEqual(titles(tool), ["Ours", "Theirs", "Third"]);
    assert.match(await world.ok("issue", "show", "bd-1"), /^bd-1 {2}Theirs$/m);
  }));

Deno.test("a conflict is listed with both values, and settled either way for the next push", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind("--doctrine-mode", "split_ownership", "--strategy", "manual_review");
    await world.ok("sync", "pull");
    for (const id of ["bd-1", "bd-2"]) {
      await world.ok("issue", "edit", id, "--title", `Ours ${id}`);
      tool.change(id, { title: `Theirs ${id}`, updated_at: "2026-02-03T10:00:00Z" });
    }
    assert.match(await world.ok("sync", "run"), /^ {2}2 conflicts: `tracker sync conflicts`$/m);
    assert.deepEqual(titles(tool), ["Theirs bd-1", "Theirs bd-2"]);
    assert.match(
      await world.ok("issue", "show", "bd-1"),
      /^ {2}to push +title\n {2}conflicts +\d+ \(title\): `tracker sync conflicts`$/m,
    );
    const listed = await world.json("sync", "conflicts");
    assert.deepEqual(shapeOf(listed), shapeOf(example("conflicts")));
    for (const { id, issue_id, ours, theirs, taken } of listed.conflicts) {
      assert.deepEqual([ours, theirs, taken], [`Ours ${issue_id}`, `Theirs ${issue_id}`, null]);
      const take = issue_id === "bd-1" ? "ours" : "theirs";
      const args = ["sync", "conflicts", "--resolve", String(id), "--take", take];
      assert.deepEqual(shapeOf(await world.json(...args)), shapeOf(example("resolve")));
    }
    await world.ok("sync", "push");
    assert.deepEqual(titles(tool), ["Ours bd-1", "Theirs bd-2"]);
    assert.match(await world.ok("issue", "show", "bd-2"), /^bd-2 {2}Theirs bd-2$/m);
    assert.match(await world.ok("sync", "conflicts"), /^No open conflicts/);
    assert.equal((await world.json("sync", "conflicts", "--all")).conflicts.length, 2);
  }));

Deno.test("map add and list: one issue for a work package, no issue twice", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    assert.equal(await world.ok("map", "list"), "No work package is mapped to an issue.\n");
    const add = ["map", "add", "--wp-id"];
    const more = ["--external-key", "K-1", "--external-url", "https://tracker.example/K-1"];
    const added = await world.json(...add, "WP01", "--external-id", "bd-1", ...more);
    assert.deepEqual([added.system, added.workspace], ["beads", "main"]);
    await world.ok(...add, "WP01", "--external-id", "bd-1", ...more);
    assert.match(
      await refused(world, 1, ...add, "WP01", "--external-id", "bd-2"),
      /"WP01" is mapped to "K-1" already/,
    );
    assert.match(
      await refused(world, 1, ...add, "WP02", "--external-id", "bd-1"),
      /"K-1" is mapped to "WP01" already/,
    );
    assert.match(
      await world.ok("map", "list"),
      /^ WP01 +K-1 +beads +main +https:\/\/tracker\.example\/K-1$/m,
    );
    assert.equal((await world.json("map", "list")).mappings.length, 1);
  }));

Deno.test("fp: what it cannot take is listed and stays here, the rest is written", () =>
  inProject("fp", async ({ world, tool, bind }) => {
    await bind();
    tool.setIssues([{
      id: "my-app-a1",
      shortId: "a1",
      title: "Search",
      status: "todo",
      createdAt: "2026-02-01T10:00:00.000Z",
      updatedAt: "2026-02-02T10:00:00.000Z",
    }]);
    await world.ok("sync", "pull");
    const fields = ["--title", "Find", "--label", "ui", "--status", "in_progress"];
    const edit = await world.json("issue", "edit", "my-app-a1", ...fields);
    assert.deepEqual(shapeOf(edit), shapeOf(example("edit")));
    assert.deepEqual(
      edit.skipped_fields.map(({ field }: { field: string }) => field).sort(),
      ["labels", "title"],
    );
    const push = await world.run(["sync", "push"]);
    assert.deepEqual([push.code, push.stdout], [0, "✓ Pushed: 0 created, 1 updated, 0 skipped.\n"]);
    assert.match(push.stderr, /^ {3}my-app-a1 {2}title not pushed: fp cannot change a title$/m);
    const [issue] = tool.issues();
    assert.deepEqual([issue?.["title"], issue?.["status"]], ["Search", "in-progress"]);
    const again = await world.json("sync", "push");
    assert.deepEqual(Object.keys(again.push.skipped_fields[0]), ["id", "title", "field", "reason"]);
    assert.match(await world.ok("issue", "show", "my-app-a1"), /^my-app-a1 {2}Find$/m);
  }));

Deno.test("one failing issue does not stop the others, is named, and makes exit code 1", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1"), bdIssue("bd-2")]);
    await bind();
    await world.ok("sync", "pull");
    await world.ok("issue", "edit", "bd-1", "--title", "One");
    await world.ok("issue", "edit", "bd-2", "--title", "Two");
    tool.behave({ fail: [{ match: "update bd-1", message: "the database is closed" }] });
    const { code, stdout } = await world.run(["sync", "run", "--json"]);
    const report = JSON.parse(stdout);
    assert.deepEqual([code, report.status, report.push.updated], [1, "partial", 1]);
    assert.deepEqual([report.failures[0].id, report.failures[0].phase], ["bd-1", "push"]);
    assert.deepEqual(titles(tool), ["Issue bd-1", "Two"]);
    tool.behave({});
    await world.ok("sync", "run");
    assert.deepEqual(titles(tool), ["One", "Two"]);
  }));

Deno.test("a tool that is not there says how to get it, and an edit still works without it", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    await bind();
    await world.ok("sync", "pull");
    await Deno.remove(tool.command);
    const words = await refused(world, 1, "sync", "pull");
    assert.ok(words.includes(tool.command), words);
    assert.match(words, /[Ii]nstall|--credential command=/);
    await world.ok("issue", "edit", "bd-1", "--title", "Offline");
    assert.match(await world.ok("status"), /pending +1 issue/);
  }));

Deno.test("all of it works with the gate off, and where the network may not be used at all", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues([bdIssue("bd-1")]);
    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    await bind();
    const fetch = () => () => Promise.reject(new Error("a request was made"));
    const lines = [
      "sync pull",
      "status",
      "issue list",
      "issue show bd-1",
      "issue edit bd-1 --title Other",
      "issue create --title Second",
      "sync push --dry-run",
      "sync push",
      "sync run",
      "sync conflicts",
      "map add --wp-id WP01 --external-id bd-1",
      "map list",
      "unbind",
    ];
    for (const line of lines) {
      const { code, stderr } = await world.here(line.split(" "), { fetch });
      assert.equal(code, 0, `${line}: ${stderr}`);
    }
    assert.deepEqual(titles(tool), ["Other", "Second"]);
  }));

Deno.test("what only local providers have says so at once elsewhere, signed in or not", () =>
  inProject("bd", async ({ world }) => {
    await world.here(["auth", "logout"]);
    const lines = [
      ["issue", "create", "--title", "New"],
      ["issue", "edit", "bd-1", "--title", "New"],
      ["sync", "conflicts"],
      ["map", "add", "--wp-id", "WP01", "--external-id", "bd-1"],
    ];
    for (const args of lines) {
      assert.match(
        await refused(world, 1, ...args),
        /^No tracker binding exists for this project\.\n\nRun `tracker bind`/,
      );
    }
    await world.writeConfig("tracker:\n  provider: linear\n  binding_ref: srm_1\n");
    for (const args of lines) {
      assert.match(await refused(world, 1, ...args), /of a hosted tracker|in the dashboard/);
    }
    await world.forgetRequests();
  }));
