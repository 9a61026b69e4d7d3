/** How the issue of a command is named, on hosted and local bindings. */
import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import { bdIssue } from "../support/issues.ts";
import type { World } from "../support/world.ts";
import { git, readyForMissions } from "../support/world_git.ts";
import { inProject } from "./local_setup.ts";

/** Says where the issue came from, then what `issue show` prints of it. */
async function shown(world: World, ...args: string[]): Promise<readonly [string, string]> {
  const { stdout, stderr } = await ends(world, 0, ["issue", "show", ...args]);
  return [stderr, stdout.split("  ")[0] ?? ""];
}

Deno.test("a hosted issue is named by its number, the branch and the mission, and never guessed", () =>
  withBoundWorld(async (world) => {
    await readyForMissions(world);
    const { issues } = await document(world, "issue", "list", "--status", "todo");
    const [{ ref: { key } }, { ref: { key: other } }] = issues;
    const number = key.split("-")[1];
    for (const name of [key, key.toLowerCase(), number, `#${number}`]) {
      assert.deepEqual(await shown(world, name), ["", key], name);
    }
    const none = await failure(world, 2, ["issue", "close"]);
    assert.deepEqual([none.code, none.details], ["issue_not_named", { branch: "main" }]);
    const start = key.split("-")[0];
    const several = await failure(world, 1, ["issue", "close", start]);
    assert.equal(several.code, "issue_ambiguous");
    assert.ok(several.details.total > 1);
    assert.deepEqual(Object.keys(several.details.candidates[0]), ["id", "key", "title", "status"]);
    assert.equal((await failure(world, 1, ["issue", "show", "NO-77"])).code, "issue_not_found");
    assert.deepEqual((await document(world, "status")).pending ?? 0, 0, "nothing was edited");

    const { stdout: branch } = await ends(world, 0, ["issue", "branch", number]);
    const name = branch.trim().split(" ").at(-1);
    const source = `${key}, of the branch ${name}\n`;
    assert.deepEqual(await shown(world), [source, key]);
    const moved = await ends(world, 0, ["issue", "move", "in_progress"]);
    assert.match(moved.stdout, new RegExp(`^✓ Changed ${key} `));
    assert.ok(moved.stderr.startsWith(source), moved.stderr);
    assert.equal((await document(world, "issue", "show")).ref.key, key);
    assert.equal((await document(world, "issue", "edit", "--priority", "low")).issue.ref.key, key);
    assert.equal((await document(world, "issue", "close")).issue.status, "done");
    assert.equal((await document(world, "issue", "reopen")).issue.status, "todo");
    const quiet = await ends(world, 0, ["issue", "close", "--quiet"]);
    assert.deepEqual([quiet.stderr, quiet.stdout.includes(key)], ["", true]);
    await ends(world, 0, ["issue", "discard", number]);
    const said = await document(world, "issue", "comment", "Fixed on the branch");
    assert.deepEqual([said.ref.key, said.comment.text], [key, "Fixed on the branch"]);

    await git(world, "switch", "--quiet", "main");
    await ends(world, 0, [
      "mission",
      "start",
      "--ticket",
      other.split("-")[1],
      "--yes",
      "--no-transition",
    ]);
    const mission = `001-${other.toLowerCase()}`;
    await git(world, "switch", "--quiet", "--create", mission);
    assert.deepEqual(await shown(world), [`${other}, of the current mission ${mission}\n`, other]);
  }));

Deno.test("a local issue is named by a start of its id and by the branch, with the gate off", () =>
  inProject("bd", async ({ world, tool, bind }) => {
    tool.setIssues(["bd-a3f8", "bd-a3f8.1", "bd-a91c"].map((id) => bdIssue(id)));
    await bind();
    await git(world, "init", "--quiet", "--initial-branch=main");
    await ends(world, 0, ["sync", "pull"]);
    delete world.env["SPEC_KITTY_ENABLE_SAAS_SYNC"];
    assert.deepEqual(await shown(world, "a3"), ["", "bd-a3f8"]);
    assert.deepEqual(await shown(world, "BD-A9"), ["", "bd-a91c"]);
    assert.match(
      (await ends(world, 1, ["issue", "close", "bd-a", "--no-input"])).stderr,
      /^✗ 2 issues fit "bd-a": bd-a3f8, bd-a91c\n/,
    );
    assert.match(
      (await ends(world, 2, ["issue", "show"])).stderr,
      /^✗ No issue is named, and the branch "main" names none either\n/,
    );
    await git(world, "switch", "--quiet", "--create", "bd-a3f8-1-issue");
    assert.deepEqual(
      await shown(world),
      ["bd-a3f8.1, of the branch bd-a3f8-1-issue\n", "bd-a3f8.1"],
    );
    const closed = await ends(world, 0, ["issue", "close"]);
    assert.match(closed.stdout, /^✓ Changed bd-a3f8\.1 /);
    const nothing = await ends(world, 2, ["issue", "comment", "bd-a91c"]);
    assert.match(nothing.stderr, /There is nothing to write/);
    assert.match((await ends(world, 2, ["issue", "comment", "bd-999"])).stderr, /nothing to write/);
    await ends(world, 0, ["map", "add", "--wp-id", "WP01", "--external-id", "a9"]);
    assert.equal((await document(world, "map", "list")).mappings[0].external_id, "bd-a91c");
    const said = await ends(world, 0, ["issue", "comment", "Seen here, too"]);
    assert.match(said.stdout, /^✓ Commented on bd-a3f8\.1\n/);
  }));
