import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import { bdIssue } from "../support/issues.ts";
import type { World } from "../support/world.ts";
import { inProject, type LocalWorld } from "./local_setup.ts";

/** A project of bd with an edit to push, one that was refused, and a conflict to decide. */
async function withWaiting(test: (project: LocalWorld) => Promise<void>): Promise<void> {
  await inProject("bd", async (project) => {
    const { world, tool, bind } = project;
    tool.setIssues(["bd-1", "bd-2", "bd-3"].map((id) => bdIssue(id)));
    await bind("--doctrine-mode", "split_ownership", "--strategy", "manual_review");
    await ends(world, 0, ["sync", "pull"]);
    await ends(world, 0, ["issue", "close", "bd-2"]);
    tool.behave({ fail: [{ match: "^close bd-2", message: "blocked by bd-3" }] });
    await ends(world, 1, ["sync", "push"]);
    await ends(world, 0, ["issue", "edit", "bd-3", "--title", "Ours"]);
    tool.setIssues([
      bdIssue("bd-1"),
      bdIssue("bd-2"),
      bdIssue("bd-3", { title: "Theirs", updated_at: "2026-02-03T10:00:00Z" }),
    ]);
    await ends(world, 1, ["sync", "pull"]);
    await ends(world, 0, ["issue", "edit", "bd-1", "--title", "Better", "--label", "ui"]);
    await ends(world, 0, ["issue", "create", "--title", "Brand new"]);
    await test(project);
  });
}

/** What `sync status --json` prints. */
async function stateOf(world: World, code = 0, ...more: string[]) {
  const { stdout } = await ends(world, code, ["sync", "status", "--json", ...more]);
  return JSON.parse(stdout);
}

Deno.test("sync status lists what would be sent, held and refused, and starts no tool", () =>
  withWaiting(async ({ world, tool }) => {
    const calls = tool.calls().length;
    const { stdout, stderr } = await ends(world, 0, ["sync", "status"]);
    assert.match(stdout, /^main · beads\n {2}last sync +just now\n {2}cached +4 issues, 4 open$/m);
    assert.match(
      stdout,
      /^ {2}to push +2 issues, the oldest just now: `tracker sync push`\n {2}conflicts +1 to decide, the oldest just now: `tracker sync conflicts`\n {2}refused +1 issue, the oldest just now$/m,
    );
    assert.match(stdout, /^ bd-1 +to push +title, labels +just now +Better$/m);
    assert.match(stdout, /^ local-[0-9a-f]{16} +new +title +just now +Brand new$/m);
    assert.match(stdout, /^ bd-3 +conflict 1 +title +just now +Ours$/m);
    assert.match(stdout, /^ bd-2 +refused +status +just now +Issue bd-2$/m);
    assert.match(stdout, /^bd-2 {2}status → done: .*blocked by bd-3$/m);
    assert.match(stdout, /^`tracker issue discard bd-2` drops the edits/m);
    assert.equal(stderr, "");
    assert.equal(tool.calls().length, calls);
  }));

Deno.test("sync status tells programs the values, times and reasons, and --exit-code tells scripts", () =>
  withWaiting(async ({ world }) => {
    const state = await stateOf(world, 1, "--exit-code");
    assert.deepEqual(Object.keys(state), [
      ...["schema", "provider", "class", "counts", "pending", "held", "refused"],
      ...["skipped_fields", "cached", "last_sync", "updated_since", "packages"],
    ]);
    assert.deepEqual(state.counts, { pending: 2, held: 1, refused: 1, stay_here: 0 });
    assert.deepEqual((await document(world, "status")).waiting, state.counts);
    const lines = /^ {2}(?:to push|conflicts|refused) .*$/gm;
    const [told, short] = [
      await ends(world, 0, ["sync", "status"]),
      await ends(world, 0, ["status"]),
    ];
    const withPlace = told.stdout.match(lines)?.map((line) =>
      line.includes("refused") ? `${line}: \`tracker sync status\`` : line
    );
    assert.deepEqual(short.stdout.match(lines), withPlace);
    const [edited, made] = state.pending;
    assert.deepEqual([edited.key, edited.is_new, made.is_new], ["bd-1", false, true]);
    const [title] = edited.changes;
    assert.deepEqual([title.field, title.from, title.to], ["title", "Issue bd-1", "Better"]);
    assert.ok(Date.parse(title.edited_at) > 0);
    const [{ key, field, ours, theirs, state: held }] = state.held;
    assert.deepEqual([key, field, ours, theirs, held], ["bd-3", "title", "Ours", "Theirs", "held"]);
    const [{ wanted, message, refused_at: at }] = state.refused;
    assert.match(message, /blocked by bd-3/);
    assert.deepEqual([wanted, Date.parse(at) > 0], ["done", true]);
    assert.equal((await stateOf(world)).schema, 1, "without --exit-code it ends well");
  }));

Deno.test("sync status ends well when nothing waits, with --exit-code too", () =>
  inProject("fp", async ({ world, bind }) => {
    await bind();
    const { stdout } = await ends(world, 0, ["sync", "status", "--exit-code"]);
    assert.equal(
      stdout,
      "main · fp\n  last sync   never\n  cached      nothing yet: `tracker sync pull`\n" +
        "  to push     nothing\n",
    );
    await ends(world, 0, ["sync", "pull"]);
    const pulled = await ends(world, 0, ["sync", "status"]);
    assert.match(pulled.stdout, /^ {2}cached +0 issues, 0 open$/m);
  }));

Deno.test("sync status names what the tool cannot take", () =>
  inProject("fp", async ({ world, bind }) => {
    await bind();
    const made = await world.json("issue", "create", "--title", "Search");
    await world.ok("sync", "push");
    await world.ok("issue", "edit", made.issue.ref.id, "--title", "Find");
    const { stdout } = await ends(world, 0, ["sync", "status", "--exit-code"]);
    assert.match(stdout, /^ \S+ +stays here +title: fp /m);
    assert.match(stdout, /^ {2}to push +nothing$/m);
    assert.equal((await stateOf(world)).skipped_fields[0].field, "title");
    const words = "1 issue with edits that the tracker cannot take";
    assert.match(stdout, new RegExp(`^ {2}stays here +${words}$`, "m"));
    // Every other place says the same.
    const status = await ends(world, 0, ["status"]);
    assert.match(status.stdout, /^ {2}to push +nothing$/m);
    assert.match(
      status.stdout,
      new RegExp(`^ {2}stays here +${words}: \`tracker sync status\`$`, "m"),
    );
    const { waiting } = await document(world, "status");
    assert.deepEqual(waiting, { pending: 0, held: 0, refused: 0, stay_here: 1 });
    assert.deepEqual((await stateOf(world)).counts, waiting);
    const listed = await ends(world, 0, ["issue", "list"]);
    assert.match(listed.stdout, /^ \S+ +todo +stays here /m);
    const shown = await ends(world, 0, ["issue", "show", made.issue.ref.id]);
    assert.match(shown.stdout, /^ {2}stays here +title: fp /m);
    const [kept] = (await document(world, "state", "list")).states;
    assert.deepEqual(kept.holds, {
      ...{ issues: 1, edits: 1, mappings: 0, unanswered: 0 },
      ...waiting,
    });
    const states = await ends(world, 0, ["state", "list"]);
    assert.match(states.stdout, / 1 stays here, 1 issue /);
    assert.doesNotMatch(listed.stdout + shown.stdout, /to push/);
    const { skipped_fields } = await document(world, "issue", "show", made.issue.ref.id);
    assert.deepEqual(skipped_fields.map(({ field }: { field: string }) => field), ["title"]);
    const unbound = await ends(world, 0, ["unbind"]);
    assert.match(
      unbound.stderr,
      new RegExp(
        `${words}: they stay on this machine\\.\n {2}\`tracker state list\` shows them\\.`,
      ),
    );
  }));

Deno.test("at a host sync status needs neither the network nor a session", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull", "--all"]);
    await ends(world, 0, ["auth", "logout"]);
    await world.stopHost();
    await ends(world, 0, ["issue", "edit", "ENG-2", "--title", "Faster", "--priority", "high"]);
    const offline = { fetch: () => () => Promise.reject(new TypeError("a request was made")) };
    const { stdout } = await ends(world, 1, ["sync", "status", "--exit-code"], offline);
    assert.match(stdout, /^\S.* · linear\n {2}last sync +just now\n {2}cached +36 issues, /);
    assert.match(stdout, /^ ENG-2 +to push +title, priority +just now +Faster$/m);
    const { counts, class: kind } = await stateOf(world);
    assert.deepEqual([counts, kind], [
      { pending: 1, held: 0, refused: 0, stay_here: 0 },
      "hosted",
    ]);
    world.env["COLUMNS"] = "40";
    const narrow = await ends(world, 0, ["sync", "status"], { terminal: true, ...offline });
    for (const line of narrow.stdout.split("\n").filter((one) => one.startsWith(" ENG"))) {
      assert.ok(line.length <= 40, line);
    }
    world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"] = "0";
    assert.equal((await failure(world, 1, ["sync", "status"])).code, "rollout_disabled");
  }));

Deno.test("completion offers conflicts to decide, keys to move, and statuses", () =>
  withWaiting(async ({ world }) => {
    const offered = async (...words: string[]) => {
      const { stdout } = await ends(world, 0, ["completion", "fish", "--", ...words]);
      return stdout.trimEnd().split("\n");
    };
    assert.deepEqual(await offered("sync", "conflicts", "--resolve", ""), ['1\t"title of bd-3"']);
    assert.ok((await offered("issue", "move", "bd")).includes('bd-2\t"Issue bd-2"'));
    assert.deepEqual(
      (await offered("issue", "move", "bd-1", "in_")).map((line) => line.split("\t")[0]),
      ["in_progress", "in_review"],
    );
    for (const verb of ["close", "reopen", "discard", "edit", "show"]) {
      assert.ok((await offered("issue", verb, "bd-")).some((line) => line.startsWith("bd-1\t")));
    }
  }));
