import assert from "node:assert/strict";
import { readinessWords } from "../support/readiness_words.ts";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** A network that must not be used. */
const OFFLINE = { fetch: () => () => Promise.reject(new TypeError("a request was made")) };

/** A test in a bound project with the first issues pulled, signed out and without a network since. */
function offline(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () =>
    withBoundWorld(async (world) => {
      await ends(world, 0, ["sync", "pull", "--all"]);
      await ends(world, 0, ["auth", "logout"]);
      await world.stopHost();
      await test(world);
    }));
}

/** Runs a line of words without a network. */
function typed(world: World, code: number, line: string) {
  return ends(world, code, line.split(" "), OFFLINE);
}

offline("issues of a host are created and edited offline and signed out", async (world) => {
  const edited = await typed(world, 0, "issue edit ENG-2 --title Faster --priority high");
  assert.match(edited.stdout, /^✓ Changed ENG-2 {2}Faster\n {2}title .* → Faster$/m);
  assert.equal(edited.stderr, "  Next: `tracker sync push`\n");
  const made = await document(world, "issue", "create", "--title", "Brand new", "--label", "ui");
  assert.equal(made.schema, 1);
  const { id } = made.issue.ref;
  assert.match(id, /^local-[0-9a-f]{16}$/);
  const list = await typed(world, 0, "issue list --search a");
  assert.match(list.stdout, new RegExp(`^ ${id} +todo +new +task +none +Brand new`, "m"));
  assert.match(list.stdout, /^ ENG-2 +\S+ +to push .*Faster/m);
  const shown = await typed(world, 0, "issue show ENG-2");
  assert.match(shown.stdout, /^ {2}to push +title, priority$/m);
  const one = await document(world, "issue", "show", "ENG-2");
  assert.deepEqual(one.pending.map(({ field }: { field: string }) => field), ["title", "priority"]);
  assert.equal((await document(world, "issue", "show", id)).is_new, true);
});

offline("an issue is created from what is known of another one", async (world) => {
  await typed(world, 0, "issue edit ENG-2 --label ui");
  const made = await document(world, "issue", "create", "--from", "ENG-2", "--title", "Again");
  const one = await document(world, "issue", "show", "ENG-2");
  assert.deepEqual([made.issue.title, made.issue.labels], ["Again", ["ui"]]);
  assert.deepEqual([made.issue.body, made.issue.priority], [one.body, one.priority]);
  const same = await document(world, "issue", "create", "--from", made.issue.ref.id);
  assert.equal(same.issue.title, "Again");
});

offline("move, close and reopen set the status that waits", async (world) => {
  const { issues } = await document(world, "issue", "list", "--status", "todo", "--limit", "1");
  const { key } = issues[0].ref;
  const status = async () => (await document(world, "issue", "show", key)).status;
  const moved = await typed(world, 0, `issue move ${key} in-progress`);
  assert.match(moved.stdout, /\n {2}status +todo → in_progress\n/);
  const open = await typed(world, 0, `issue reopen ${key}`);
  assert.match(open.stdout, /^Nothing to change: /);
  await typed(world, 0, `issue close ${key}`);
  assert.equal(await status(), "done");
  assert.match((await typed(world, 0, `issue close ${key}`)).stdout, /^Nothing to change: /);
  await typed(world, 0, `issue move ${key} canceled`);
  assert.match((await typed(world, 0, `issue close ${key}`)).stdout, /^Nothing to change: /);
  await typed(world, 0, `issue reopen ${key}`);
  assert.equal(await status(), "todo");
  const after = await document(world, "issue", "show", key);
  assert.equal(after.pending, undefined, "back where it was, nothing waits");
});

offline(
  "what waits is discarded by field, whole, and with an issue that is only here",
  async (world) => {
    await typed(world, 0, "issue edit ENG-2 --title Faster --label ui");
    const one = await document(world, "issue", "discard", "ENG-2", "--field", "title");
    assert.deepEqual(one.changes.map(({ field }: { field: string }) => field), ["title"]);
    const rest = await typed(world, 0, "issue discard ENG-2");
    assert.match(rest.stdout, /^✓ Discarded edits of ENG-2 .*\n {2}labels +ui → /);
    assert.match((await typed(world, 0, "issue discard ENG-2")).stdout, /^No edits to discard: /);
    const { issue } = await document(world, "issue", "create", "--title", "Brand new");
    const gone = await document(world, "issue", "discard", issue.ref.id);
    assert.equal(gone.removed, true);
    assert.equal(
      (await failure(world, 1, ["issue", "show", issue.ref.id])).code,
      "issue_not_found",
    );
  },
);

offline("every command on the cache prints one document, and asks nothing", async (world) => {
  const lines = [
    "issue edit ENG-2 --title Faster",
    "issue move ENG-2 in_review",
    "issue close ENG-2",
    "issue reopen ENG-2",
    "issue create --title New",
    "issue create --from ENG-2",
    "issue show ENG-2",
    "issue list",
    "sync status",
    "sync conflicts",
    "issue discard ENG-2",
  ];
  for (const line of lines) {
    const { stdout, stderr } = await typed(world, 0, `${line} --json --no-input`);
    assert.equal(typeof JSON.parse(stdout), "object", line);
    assert.equal(stderr, "", line);
  }
});

offline(
  "a damaged cache is named by those who only look, and set aside by an edit",
  async (world) => {
    const caches = `${world.home}/.spec-kitty/tracker/trackers`;
    const names = [...Deno.readDirSync(caches)].map(({ name }) => name);
    const file = names.find((name) => name.endsWith(".db"));
    await Deno.writeTextFile(`${caches}/${file}`, "not a database ".repeat(1_000));
    for (const line of ["sync status", "sync conflicts", "issue show ENG-2"]) {
      const { code } = await failure(world, 1, line.split(" "));
      assert.equal(code, "database_damaged", line);
    }
    const { issue } = await document(world, "issue", "create", "--title", "New");
    assert.equal(issue.title, "New");
    assert.ok([...Deno.readDirSync(caches)].some(({ name }) => name.startsWith(`${file}.`)));
    assert.equal((await document(world, "sync", "status")).counts.pending, 1);
  },
);

offline("wrong words of an edit are refused with what is right", async (world) => {
  const lines: readonly (readonly [line: string, code: number, says: RegExp])[] = [
    ["issue edit NOPE-1 --title x", 1, /No issue "NOPE-1" is in the local cache/],
    ["issue move NOPE-1 done", 1, /No issue "NOPE-1"/],
    ["issue close NOPE-1", 1, /No issue "NOPE-1"/],
    ["issue reopen NOPE-1", 1, /No issue "NOPE-1"/],
    ["issue discard NOPE-1", 1, /No issue "NOPE-1"/],
    ["issue move ENG-2 dome", 2, /Unknown status "dome"\. Did you mean "done"\?/],
    ["issue move ENG-2", 2, /Unknown status "ENG-2"\. Choose one of: todo, in_progress/],
    ["issue move", 2, /tracker issue move \[KEY\] STATUS/],
    ["issue close", 2, /No issue is named/],
    ["issue edit ENG-2", 2, /There is nothing to change/],
    ["issue edit ENG-2 --link blocks=NOPE-1", 1, /No issue "NOPE-1"/],
    ["issue create", 2, /tracker issue create --title TEXT/],
    ["issue create --label ui", 2, /`--from KEY` takes them over from another issue/],
    ["issue create --from NOPE-1", 1, /No issue "NOPE-1"/],
    ["issue create --title x --parent NOPE-1", 1, /No issue "NOPE-1"/],
    ["sync conflicts --resolve 7 --take ours", 1, /There is no conflict 7/],
    ["sync conflicts --resolve x --take ours", 2, /"x"/],
    ["sync conflicts --resolve 1", 2, /--take/],
  ];
  for (const [line, code, says] of lines) {
    const { stdout, stderr } = await typed(world, code, line);
    assert.equal(stdout, "", line);
    assert.match(stderr, says, line);
  }
  assert.deepEqual(await document(world, "sync", "conflicts"), { schema: 1, conflicts: [] });
});

Deno.test("an edit of a host's issue needs the gate, a host and a binding, and no session", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    const line = ["issue", "edit", "ENG-2", "--title", "Faster"];
    const words = async (env: Record<string, string>) =>
      (await ends(world, 1, line, { ...OFFLINE, env })).stderr;
    assert.equal(
      await words({ SPEC_KITTY_ENABLE_SAAS_SYNC: "0" }),
      readinessWords("rollout_disabled"),
    );
    assert.equal(await words({ SPEC_KITTY_SAAS_URL: "" }), readinessWords("missing_host_config"));
    await ends(world, 0, ["unbind"]);
    assert.equal(await words({}), readinessWords("missing_project_binding"));
  }));

Deno.test("an unbind says that unpushed edits stay on this machine, and a bind finds them again", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull"]);
    await ends(world, 0, ["issue", "edit", "ENG-2", "--title", "Faster"]);
    const { stderr } = await ends(world, 0, ["unbind"]);
    assert.match(
      stderr,
      /1 issue with unpushed edits: they stay on this machine\.\n {2}Bind again/,
    );
    await ends(world, 0, ["bind", "-p", "linear", "--select", "1", "--yes"]);
    const { title } = await document(world, "issue", "show", "ENG-2");
    assert.equal(title, "Faster");
    await ends(world, 0, ["issue", "discard", "ENG-2"]);
    const again = await ends(world, 0, ["unbind"]);
    assert.equal(again.stderr, "");
  }));
