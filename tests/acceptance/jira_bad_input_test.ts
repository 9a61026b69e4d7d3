/** What people enter that Jira does not take, and projects that are not as they were: what the commands say. */
import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { API_TOKEN, withJira } from "./jira_setup.ts";
import { createLong, labels, STRANGE } from "./bad_input.ts";
import { withBoundJira } from "./bound_setup.ts";

const EDITIONS = ["cloud", "server"] as const;

for (const edition of EDITIONS) {
  Deno.test(`a body that is too long for Jira is refused with its limit, and the rest of the push is done: ${edition}`, () =>
    withBoundJira(async ({ world, jira }) => {
      for (const [title, characters] of [["Longest", 32_767], ["Too long", 32_768]] as const) {
        await createLong(world, title, characters);
      }
      const { stderr } = await ends(world, 1, ["sync", "push"]);
      assert.match(
        stderr,
        /A description has 32,767 characters at Jira at most, in Jira's own form/,
      );
      const titles = [...jira.state.issues.values()].map(({ summary }) => summary);
      assert.deepEqual(titles, ["Issue 1", "Issue 2", "Longest"]);
    }, edition));

  Deno.test(`100 labels and strange characters reach Jira as they are, and a label with a blank is refused: ${edition}`, () =>
    withBoundJira(async ({ world, jira }) => {
      await ends(world, 0, ["issue", "edit", "WEB-1", ...labels(100), "--title", STRANGE]);
      await ends(world, 0, ["sync", "push"]);
      assert.equal(jira.state.issue("WEB-1")?.labels.length, 100);
      assert.equal(jira.state.issue("WEB-1")?.summary, STRANGE);
      const { stdout } = await ends(world, 0, ["issue", "show", "WEB-1"]);
      assert.ok(stdout.startsWith("WEB-1  🏳️‍🌈 right to left, עברית, bell , red, zerowidth\n"));
      await ends(world, 0, ["issue", "edit", "WEB-2", "--label", "two words"]);
      const { stderr } = await ends(world, 1, ["sync", "push"]);
      assert.match(stderr, /WEB-2 .*no blank: "two words"/);
    }, edition));

  Deno.test(`a project that was removed at Jira, hidden or archived is told as such, and its issues stay: ${edition}`, () =>
    withBoundJira(async ({ world, data, web, jira }) => {
      const sync = ["host", "sync", "jira", "--sweep", "--data", data];
      web.isArchived = true;
      const archived = await ends(world, 1, sync);
      assert.match(archived.stdout, /^! jira {2}\S+\/WEB: The project "WEB" is archived at Jira$/m);
      web.isArchived = false;
      web.isHidden = true;
      // A sweep says it of the place, and a round of the project: what has failed last is told.
      const words = 'WEB" is not there, or the credential does not reach it';
      for (const line of [sync, sync.filter((word) => word !== "--sweep")]) {
        const { stdout } = await ends(world, 1, line);
        assert.match(stdout, /^! jira {2}\S+\/WEB: .* is not there, or the credential does not/);
      }
      const status = await ends(world, 0, ["status"]);
      assert.ok(status.stdout.includes(words), status.stdout);
      await ends(world, 0, ["issue", "edit", "WEB-1", "--title", "Waits"]);
      const pushed = await ends(world, 1, ["sync", "push"]);
      assert.ok(pushed.stderr.includes(words), pushed.stderr);
      jira.state.projects.delete(web.id);
      jira.state.issues.clear();
      const removed = await ends(world, 1, sync);
      assert.ok(removed.stdout.includes(words), removed.stdout);
      await ends(world, 0, ["sync", "pull", "--all"]);
      assert.equal((await document(world, "issue", "list")).issues.length, 2);
    }, edition));

  Deno.test(`what a workflow or a permission forbids is refused by name, and the rest of the push is done: ${edition}`, () =>
    withBoundJira(async ({ world, data, jira, web }) => {
      for (const summary of ["Issue 3", "Issue 4"]) jira.add(web, { summary });
      await ends(world, 0, ["host", "sync", "jira", "--data", data]);
      await ends(world, 0, ["sync", "pull"]);
      web.transitions = [
        { id: "21", name: "Resolve", from: ["1"], to: "5", demands: { resolution: "Resolution" } },
        { id: "31", name: "Start", from: "any", to: "3" },
        { id: "41", name: "Cancel", from: "any", to: "6", isForbidden: true },
      ];
      for (
        const permissions of [...jira.state.credentials.values()].map((one) => one.permissions)
      ) {
        permissions.delete("ASSIGN_ISSUES");
      }
      await ends(world, 0, ["issue", "move", "WEB-1", "done"]);
      await ends(world, 0, ["issue", "move", "WEB-2", "canceled"]);
      await ends(world, 0, ["issue", "edit", "WEB-3", "--assignee", "ada"]);
      await ends(world, 0, ["issue", "move", "WEB-4", "in_progress"]);
      const { stderr } = await ends(world, 1, ["sync", "push"]);
      assert.match(stderr, /WEB-1 .*The step "Resolve" to "Done" asks for "Resolution"/);
      const forbidden = edition === "cloud"
        ? /WEB-2 .*A condition of the workflow forbids the step "Cancel" to "Won't Do"/
        : /WEB-2 .*From "To Do" the workflow leads to "Done", "In Progress", none of which reads as/;
      assert.match(stderr, forbidden);
      assert.match(
        stderr,
        /WEB-3 .*may not assign issues \(the permission Assign Issues\) in "WEB"/,
      );
      assert.deepEqual(jira.writes, ["transition WEB-4 31"]);
    }, edition));

  Deno.test(`what a credential of Jira may not do is named when it is connected: ${edition}`, () =>
    withJira(async ({ world, jira, connect }) => {
      for (const { permissions } of jira.state.credentials.values()) {
        permissions.delete("TRANSITION_ISSUES");
        permissions.delete("ADD_COMMENTS");
      }
      const line = [...connect("--project", "WEB"), "--json"];
      const { stdout } = await ends(world, 0, line, { stdin: API_TOKEN });
      assert.deepEqual(JSON.parse(stdout).missing, [
        "move issues through the workflow (the permission Transition Issues)",
        "write comments (the permission Add Comments)",
      ]);
      for (const { permissions } of jira.state.credentials.values()) permissions.clear();
      const { message } = await failure(world, 1, line, { stdin: API_TOKEN });
      assert.match(message, /Jira has no project "WEB", or the credential does not reach it/);
    }, edition));
}

Deno.test("a project under its old key is connected under the one that it has now, and once only", () =>
  withJira(async ({ world, web, connect }) => {
    await ends(world, 0, connect("--project", "WEB"), { stdin: API_TOKEN });
    const { message } = await failure(
      world,
      1,
      [...connect("--project", "WEB"), "--name", "other"],
      { stdin: API_TOKEN },
    );
    assert.match(message, /comes with the connection "jira" already/);
    web.key = "SHOP";
    const { stdout } = await ends(world, 0, connect("--project", "SHOP", "--name", "jira"), {
      stdin: API_TOKEN,
    });
    assert.match(stdout, /^✓ Renewed jira .*\n {2}\S+\/SHOP\n/);
  }));
