import assert from "node:assert/strict";
import { example, filesBelow, inProject, shapeOf, titles } from "./local_setup.ts";
import { bdIssue } from "../support/issues.ts";

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
      "✓ Pushed: 2 sent.\n",
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
    const { code, stdout } = await world.run(["sync", "run"]);
    assert.equal(code, 1, "until someone decides");
    assert.match(stdout, /^ {2}2 conflicts\b.*`tracker sync conflicts`/m);
    assert.deepEqual(titles(tool), ["Theirs bd-1", "Theirs bd-2"]);
    assert.match(
      await world.ok("issue", "show", "bd-1"),
      /^ {2}updated .*\n {2}conflicts +\d+ \(title\): `tracker sync conflicts`$/m,
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
    assert.deepEqual([push.code, push.stdout], [
      0,
      "✓ Pushed: 1 sent.\n  1 issue with edits left here: `tracker sync status`\n",
    ]);
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
