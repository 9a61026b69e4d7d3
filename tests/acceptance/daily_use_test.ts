/** What is done every day, on a binding to a host and on one to a local tool; docs/development/daily-use.md says what else holds it. */
import assert from "node:assert/strict";
import { ends, failure } from "../support/bound.ts";
import { git } from "../support/world_git.ts";
import { daily, dailyInFp, ME } from "./daily_use.ts";

const ALL = ["Retry uploads", "Rotate keys", "Write guide"];

daily(
  "issue list filters, and asks nobody",
  async ({ titles, world, key, nothingAsked, ok, json }) => {
    const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
      [["--mine"], ["Retry uploads"]],
      [["--assignee", ME], ["Retry uploads"]],
      [["--status", "todo"], ALL],
      [["--status", "done"], []],
      [["--type", "task"], ["Rotate keys", "Write guide"]],
      [["--type", "bug", "--type", "task"], ALL],
      [["--label", "api"], ["Retry uploads", "Rotate keys"]],
      [["--label", "api", "--label", "keys"], ["Rotate keys"]],
      [["--priority", "high", "--priority", "low"], ["Retry uploads", "Rotate keys"]],
      [["--updated", "7d"], ALL],
      [["guide"], ["Write guide"]],
      [["--search", "keys", "--label", "api"], ["Rotate keys"]],
    ];
    for (const [options, expected] of cases) {
      assert.deepEqual((await titles(...options)).sort(), expected, options.join(" "));
    }
    assert.deepEqual(await titles("--sort", "title"), ALL);
    assert.deepEqual(await titles("--sort", "title:desc"), [...ALL].reverse());
    assert.deepEqual(await titles("--sort", "priority"), [
      ...["Retry uploads", "Write guide", "Rotate keys"],
    ]);
    const pages: string[] = [];
    let after: string | null = "";
    while (after !== null) {
      const page: ReturnType<typeof JSON.parse> = await json(
        ...["issue", "list", "--label", "api", "--sort", "key", "--limit", "1"],
        ...(after === "" ? [] : ["--after", after]),
      );
      pages.push(...page.issues.map((issue: ReturnType<typeof JSON.parse>) => issue.title));
      after = page.next;
    }
    const whole = await json("issue", "list", "--label", "api", "--sort", "key", "--all");
    assert.deepEqual(
      [pages, pages.length],
      [whole.issues.map((issue: ReturnType<typeof JSON.parse>) => issue.title), whole.total],
    );
    const chosen = await json("issue", "list", "--mine", "--fields", "key,title,priority");
    assert.deepEqual(
      chosen.issues.map((issue: object) => Object.keys(issue)),
      chosen.issues.map(() => ["key", "title", "priority"]),
    );
    const unknown = await failure(world, 2, ["issue", "list", "--fields", "titel"]);
    assert.match(unknown.next_action, /There are: key, id, url, .*title/);
    assert.match(await ok("issue", "list", "--mine"), new RegExp(`${key("Retry")} .*high .*Retry`));
    await nothingAsked();
  },
  "other",
);

daily("issue show tells priority and status in words", async ({ ok, json, key, nothingAsked }) => {
  const shown = await ok("issue", "show", key("Retry"));
  assert.match(shown, new RegExp(`^${key("Retry")} {2}Retry uploads$`, "m"));
  assert.match(shown, /^ {2}status +todo/m);
  assert.match(shown, /^ {2}priority +high/m);
  assert.match(shown, /^ {2}labels +api$/m);
  const document = await json("issue", "show", key("Retry"));
  assert.deepEqual([document.title, document.priority], ["Retry uploads", 2]);
  await nothingAsked();
});

daily("an edit waits here until the push", async ({ ok, json, key, there, nothingAsked }) => {
  await ok("issue", "edit", key("Write"), "--title", "Write the guide", "--label", "docs");
  const status = await json("sync", "status");
  assert.deepEqual(
    [status.counts, status.pending.map((one: ReturnType<typeof JSON.parse>) => one.key)],
    [{ pending: 1, held: 0, refused: 0, stay_here: 0 }, [key("Write")]],
  );
  assert.match(await ok("sync", "status"), /^ {2}to push +1 issue/m);
  assert.match(await ok("issue", "show", key("Write")), /^ {2}to push +title, labels/m);
  await nothingAsked();
  assert.match(await ok("sync", "push"), /Pushed: 1 sent/);
  assert.equal((await there("Write")).title, "Write the guide");
  const { counts } = await json("sync", "status");
  assert.deepEqual(counts, { pending: 0, held: 0, refused: 0, stay_here: 0 });
}, "other");

dailyInFp("an edit waits here until the push, and of what fp cannot change stays", async (one) => {
  const { ok, json, key, there, nothingAsked } = one;
  const edit = ["--title", "Write the guide", "--priority", "high", "--label", "docs"];
  await ok("issue", "edit", key("Write"), ...edit);
  const status = await json("sync", "status");
  assert.deepEqual(status.counts, { pending: 1, held: 0, refused: 0, stay_here: 1 });
  assert.match(await ok("sync", "status"), /^ \S+ +stays here +title: fp cannot change a title/m);
  await nothingAsked();
  assert.match(await ok("sync", "push"), /Pushed: 1 sent/);
  assert.equal((await there("Write")).title, "Write guide");
  const { title, priority, labels } = await json("issue", "show", key("Write"));
  assert.deepEqual([title, priority, labels], ["Write the guide", 2, ["docs"]]);
  const { counts } = await json("sync", "status");
  assert.deepEqual(counts, { pending: 0, held: 0, refused: 0, stay_here: 1 });
});

dailyInFp(
  "issue list filters by what fp knows, and asks nobody",
  async ({ titles, nothingAsked }) => {
    const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
      [["--status", "todo"], ALL],
      [["--type", "task"], ALL],
      [["--type", "bug"], []],
      [["--assignee", ""], ALL],
      [["--label", "api"], ["Retry uploads", "Rotate keys"]],
      [["--priority", "high", "--priority", "low"], ["Retry uploads", "Rotate keys"]],
      [["--updated", "7d"], ALL],
      [["--search", "keys", "--label", "api"], ["Rotate keys"]],
    ];
    for (const [options, expected] of cases) {
      assert.deepEqual((await titles(...options)).sort(), expected, options.join(" "));
    }
    assert.deepEqual(await titles("--sort", "title:desc"), [...ALL].reverse());
    await nothingAsked();
  },
);

daily("an edit that is taken back is not sent", async ({ ok, json, key, nothingAsked }) => {
  await ok("issue", "edit", key("Write"), "--title", "Wrong", "--label", "docs");
  await ok("issue", "discard", key("Write"), "--field", "title");
  const { title, labels } = await json("issue", "show", key("Write"));
  assert.deepEqual([title, labels], ["Write guide", ["docs"]]);
  await ok("issue", "discard", key("Write"));
  assert.deepEqual((await json("sync", "status")).pending, []);
  await nothingAsked();
});

daily("an issue is moved, closed and opened once more", async ({ ok, json, key, there }) => {
  const status = async () => (await json("issue", "show", key("Retry"))).status;
  assert.match(await ok("issue", "move", key("Retry"), "in_progress"), /todo → in_progress/);
  assert.equal(await status(), "in_progress");
  assert.match(await ok("issue", "close", key("Retry")), /in_progress → done/);
  await ok("sync", "push");
  assert.deepEqual([await status(), (await there("Retry")).isClosed], ["done", true]);
  await ok("issue", "reopen", key("Retry"));
  await ok("sync", "push");
  await ok("sync", "pull");
  assert.deepEqual([await status(), (await there("Retry")).isClosed], ["todo", false]);
});

daily("a comment is sent at once, and read with the issue", async ({ ok, json, key }) => {
  assert.match(await ok("issue", "comment", key("Rotate"), "Half of it is done"), /Commented on/);
  const { comments } = await json("issue", "show", key("Rotate"), "--comments");
  assert.deepEqual(
    comments.map(({ text }: { text: string }) => text),
    ["Half of it is done"],
  );
  assert.match(await ok("issue", "show", key("Rotate"), "--comments"), /Half of it is done/);
  assert.deepEqual((await json("sync", "status")).pending, [], "nothing of it waits");
});

daily("a branch is named, then made and checked out", async ({ ok, world, key, nothingAsked }) => {
  await git(world, "add", ".");
  await git(world, "commit", "--quiet", "-m", "First");
  const name = (await ok("issue", "branch", key("Rotate"), "--print")).trim();
  assert.match(name.toLowerCase(), new RegExp(`${key("Rotate").toLowerCase()}.*rotate-keys`));
  assert.equal(await git(world, "symbolic-ref", "--short", "HEAD"), "main");
  await ok("issue", "branch", key("Rotate"));
  assert.equal(await git(world, "symbolic-ref", "--short", "HEAD"), name);
  await git(world, "switch", "--quiet", "main");
  await ok("issue", "branch", key("Rotate"));
  assert.equal(await git(world, "symbolic-ref", "--short", "HEAD"), name);
  await nothingAsked();
});

daily("what is kept here is listed, exported and removed", async ({ ok, json, world, key }) => {
  await ok("issue", "edit", key("Write"), "--title", "Unsent");
  const { states: [state, ...others] } = await json("state", "list");
  assert.deepEqual([others, state.holds.edits], [[], 1]);
  assert.ok(["there", "hosted"].includes(state.standing), state.standing);
  const file = `${world.home}/kept.json`;
  await ok("state", "export", file);
  assert.match(await Deno.readTextFile(file), /Unsent/);
  await ok("state", "remove", state.id, "--yes");
  assert.deepEqual((await json("state", "list")).states, []);
  assert.deepEqual((await json("issue", "list")).issues, []);
});

daily("a coding agent is told of the commands, and untold", async ({ ok, world, json }) => {
  const guide = await ok("agent", "guide");
  assert.match(guide, /`tracker issue list/);
  assert.equal((await json("agent", "guide", "--format", "json")).schema, 1);
  const file = `${world.project}/AGENTS.md`;
  await Deno.writeTextFile(file, "# Ours\n\nKeep it.\n");
  for (const agent of ["generic", "claude", "cursor", "codex"]) {
    await ok("agent", "install", "--for", agent);
  }
  const told = await Deno.readTextFile(file);
  assert.ok(told.startsWith("# Ours\n\nKeep it.\n") && told.includes("`tracker issue list"));
  await ok("agent", "remove");
  assert.equal(await Deno.readTextFile(file), "# Ours\n\nKeep it.\n");
  for (const gone of ["CLAUDE.md", ".cursor/rules/tracker.mdc"]) {
    await assert.rejects(Deno.stat(`${world.project}/${gone}`), Deno.errors.NotFound);
  }
});

daily("a noun alone prints its commands and ends well", async ({ ok, world, nothingAsked }) => {
  for (const noun of ["issue", "sync", "state", "agent", "mission", "wp", "config", "map"]) {
    assert.match(await ok(noun), new RegExp(`tracker ${noun} `), noun);
  }
  const { stdout } = await ends(world, 0, []);
  assert.match(stdout, /issue list/);
  await nothingAsked();
});
