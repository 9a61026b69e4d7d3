import assert from "node:assert/strict";
import { bodies, document, ends, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

const PUSH = "/api/v1/tracker/push/";

/** A test in a bound project with every issue pulled. */
function pulled(name: string, test: (world: World) => Promise<void>): void {
  Deno.test(name, () =>
    withBoundWorld(async (world) => {
      await ends(world, 0, ["sync", "pull", "--all"]);
      await test(world);
    }));
}

/** What a line prints that must end with the code. */
async function said(world: World, code: number, line: string): Promise<string> {
  return (await ends(world, code, line.split(" "))).stdout.replace(/\nBackground[\s\S]*/, "\n");
}

/** The same colleague changes an issue at the host meanwhile, in a push of items. */
async function meanwhile(world: World, patch: Record<string, unknown>): Promise<void> {
  const items = JSON.stringify([{
    ref: { system: "linear", workspace: "acme", id: "ENG-2" },
    action: "update",
    patch,
  }]);
  const home = `${world.home}-bob`;
  const env = { HOME: home, USERPROFILE: home };
  const login = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];
  await ends(world, 0, login, { stdin: "demo\n", env });
  await ends(world, 0, ["sync", "push", "--items-json", "-"], { stdin: items, env });
}

pulled(
  "edits of a host's issues are sent by push, and then nothing is left to push",
  async (world) => {
    await said(world, 0, "issue edit ENG-2 --title Faster");
    await said(world, 0, "issue create --title New");
    const plan = await ends(world, 0, ["sync", "push", "--dry-run"]);
    assert.match(plan.stdout, /^→ update {2}ENG-2 {2}Faster\n {5}title .* → Faster$/m);
    assert.match(plan.stdout, /^→ create {2}\S+ {2}New$/m);
    assert.match(plan.stdout, /^✓ Would push: 2 issues\.$/m);
    assert.match(plan.stderr, /^Nothing was changed\.$/m);
    assert.deepEqual(await bodies(world, PUSH), []);
    assert.equal(await said(world, 0, "sync push"), "✓ Pushed: 2 sent.\n");
    assert.equal(await said(world, 0, "sync push"), "✓ Nothing to push.\n");
    const again = await document(world, "sync", "push");
    assert.deepEqual([again.schema, again.status, again.counts.sent], [1, "ok", 0]);
    assert.match(await said(world, 0, "issue list --search New"), /^ ENG-\d+ .*New/m);
    const state = await document(world, "sync", "status");
    assert.deepEqual(state.counts, { pending: 0, held: 0, refused: 0, stay_here: 0 });
  },
);

pulled("push --limit leaves the rest for the next push", async (world) => {
  for (const id of [2, 3, 4]) await said(world, 0, `issue edit ENG-${id} --title Title-${id}`);
  const first = await document(world, "sync", "push", "--limit", "2");
  assert.deepEqual([first.counts.sent, first.counts.left, first.has_more], [2, 1, true]);
  assert.match(await said(world, 0, "sync push"), /^✓ Pushed: 1 sent\.$/m);
});

pulled("both sides changed a title: the push holds it, and a decision sends it", async (world) => {
  await said(world, 0, "issue edit ENG-2 --title Ours");
  await meanwhile(world, { title: "Theirs" });
  assert.match(
    await said(world, 1, "sync push"),
    /^! Pushed: 0 sent\.\n {2}1 conflict to decide: `tracker sync conflicts`$/m,
  );
  assert.equal((await document(world, "sync", "status")).counts.held, 1);
  assert.match(await said(world, 0, "status"), /^ {2}last sync .*, not all done$/m);
  assert.match(
    await said(world, 0, "status"),
    /^ {2}conflicts +1 to decide, .*: `tracker sync conflicts`$/m,
  );
  assert.match(await said(world, 0, "issue list --search Ours"), /^ ENG-2 +\S+ +conflict /m);
  assert.match(await said(world, 0, "sync conflicts"), /^ 1 +ENG-2 +title .*Ours +Theirs +open/m);
  const both = await ends(world, 1, ["sync", "conflicts", "--resolve", "1", "--take", "both"]);
  assert.match(both.stderr, /^✗ "title" holds one value, so both cannot be kept$/m);
  const settle = "sync conflicts --resolve 1 --take ours";
  assert.equal(await said(world, 0, settle), "✓ Conflict 1 (ENG-2, title) settled.\n");
  assert.match(await said(world, 0, settle), /was settled this way before\.$/m);
  assert.equal(await said(world, 0, "sync push"), "✓ Pushed: 1 sent.\n");
  await said(world, 0, "sync pull --all");
  assert.equal((await document(world, "issue", "show", "ENG-2")).title, "Ours");
});

pulled("a full sync tells what the host delivered apart from what was sent", async (world) => {
  await meanwhile(world, { title: "Theirs" });
  await said(world, 0, "issue edit ENG-3 --title Ours");
  assert.match(
    await said(world, 0, "sync run"),
    /^✓ Pushed: 1 sent\.\n {2}The host delivered 2 pushed changes to the tracker\.$/m,
  );
  assert.match(await said(world, 0, "sync run"), /^✓ Pushed: 0 sent\.$/m);
});

pulled("a full sync sends what waits, and counts like a local one", async (world) => {
  await said(world, 0, "issue edit ENG-2 --title Faster");
  const { counts, edits } = await document(world, "sync", "run");
  assert.deepEqual([counts.sent, counts.left, edits.updated], [1, 0, 1]);
  assert.deepEqual(Object.keys(counts), [
    ...["new", "changed", "unchanged", "sent", "held", "refused", "removed", "failed", "left"],
  ]);
});

pulled("what a host refuses is told, shown, and not sent again by itself", async (world) => {
  await ends(world, 0, ["bind", "-p", "jira", "--select", "1", "--yes"]);
  await said(world, 0, "sync pull --all");
  const { issues } = await document(world, "issue", "list", "--status", "todo", "--limit", "1");
  const { key } = issues[0].ref;
  await said(world, 0, `issue move ${key} done`);
  const push = await ends(world, 1, ["sync", "push"]);
  assert.match(push.stderr, new RegExp(`^ {3}${key} {2}status: .*in_progress`, "m"));
  assert.match(
    await said(world, 0, "status"),
    /^ {2}refused +1 issue, .*: `tracker sync status`$/m,
  );
  assert.match(await said(world, 0, "sync push"), /1 issue with refused edits, not sent again/);
  assert.match(
    await said(world, 0, "sync status"),
    new RegExp(`^${key} {2}status → done: .*in_progress`, "m"),
  );
  const list = await said(world, 0, "issue list");
  assert.match(list, new RegExp(`^ ${key} +todo, done refused `, "m"));
  assert.match(await said(world, 0, `issue close ${key}`), /^Nothing to change: /);
  await said(world, 0, `issue discard ${key}`);
  assert.equal(await said(world, 0, "sync push"), "✓ Nothing to push.\n");
});

pulled("--retry and --limit are about edits, not about items", async (world) => {
  for (const more of ["--retry", "--limit 1"]) {
    const { stderr } = await ends(world, 2, `sync push --items-json x ${more}`.split(" "));
    assert.match(stderr, /^✗ `--items-json` sends its items and no edits/);
  }
});
