/** The short forms of a key where an option names another issue. */
import assert from "node:assert/strict";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";

Deno.test("--parent, --link and --from take a key as people shorten it", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull", "--all"]);
    const line = ["--parent", "#2", "--link", "blocked_by=1", "--link", "relates_to=eng-3"];
    const { issue } = await document(world, "issue", "create", "--title", "Part", ...line);
    assert.equal(issue.parent_ref.key, "ENG-2");
    assert.deepEqual(
      issue.links.map((link: { type: string; ref: { key: string } }) => [link.type, link.ref.key]),
      [["blocked_by", "ENG-1"], ["relates_to", "ENG-3"]],
    );
    const listed = await document(world, "issue", "list", "--parent", "2", "--search", "Part");
    assert.equal(listed.total, 1);
    const moved = await document(world, "issue", "edit", issue.ref.id, "--parent", "1");
    assert.equal(moved.issue.parent_ref.key, "ENG-1");
    const source = await document(world, "issue", "show", "ENG-3");
    const copy = await document(world, "issue", "create", "--from", "3");
    assert.equal(copy.issue.title, source.title);
  }));

Deno.test("a name of several issues, or of none, relates to nothing", () =>
  withBoundWorld(async (world) => {
    await ends(world, 0, ["sync", "pull", "--all"]);
    for (
      const line of [
        ["issue", "create", "--title", "Part", "--parent", "ENG"],
        ["issue", "create", "--title", "Part", "--link", "blocked_by=ENG"],
        ["issue", "create", "--from", "ENG"],
        ["issue", "edit", "ENG-2", "--parent", "ENG"],
        ["issue", "list", "--parent", "ENG"],
      ]
    ) {
      assert.equal((await failure(world, 1, line)).code, "issue_ambiguous", line.join(" "));
    }
    for (
      const line of [
        ["issue", "create", "--title", "Part", "--parent", "999"],
        ["issue", "create", "--title", "Part", "--link", "blocked_by=999"],
        ["issue", "create", "--from", "999"],
        ["issue", "list", "--parent", "999"],
      ]
    ) {
      assert.equal((await failure(world, 1, line)).code, "issue_not_found", line.join(" "));
    }
    assert.equal((await document(world, "sync", "status")).counts.pending, 0);
  }));
