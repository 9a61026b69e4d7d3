/** What people enter that GitLab does not take, and projects that are not as they were: what the commands say. */
import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { GITLAB_TOKEN } from "./connect_setup.ts";
import { createLong, labels, STRANGE } from "./bad_input.ts";
import { withBoundGitLab } from "./bound_setup.ts";

Deno.test("a long body goes to GitLab whole, and a title of 256 characters is refused by name", () =>
  withBoundGitLab(async ({ world, project }) => {
    await createLong(world, "Long", 500_000);
    await ends(world, 0, ["sync", "push"]);
    const { description } = project.issues.get(3) ?? {};
    assert.equal(description?.indexOf("\n"), 500_000);
    await ends(world, 0, ["issue", "edit", "#1", "--title", "t".repeat(256)]);
    const { stderr } = await ends(world, 1, ["sync", "push"]);
    assert.match(stderr, /^ +#1 +title: A title has 255 characters at GitLab at most$/m);
    assert.equal(project.issues.get(1)?.title, "Issue 1");
  }));

Deno.test("100 labels go to GitLab", () =>
  withBoundGitLab(async ({ world, project }) => {
    await ends(world, 0, ["issue", "edit", "#1", ...labels(100)]);
    await ends(world, 0, ["sync", "push"]);
    assert.equal(project.issues.get(1)?.labels.length, 100);
  }));

Deno.test("emoji, right-to-left text and control characters reach GitLab as they are, and no terminal", () =>
  withBoundGitLab(async ({ world, project }) => {
    await ends(world, 0, ["issue", "create", "--title", STRANGE, "--body", `${STRANGE}\r\nend`]);
    await ends(world, 0, ["sync", "push"]);
    const made = project.issues.get(3);
    assert.equal(made?.title, STRANGE);
    // GitLab takes carriage returns out before it looks for commands, so none is sent.
    assert.ok(made?.description?.startsWith(`${STRANGE}\nend`));
    await ends(world, 0, ["sync", "pull"]);
    assert.equal((await document(world, "issue", "show", "#3")).title, STRANGE);
    const { stdout } = await ends(world, 0, ["issue", "show", "#3"]);
    assert.ok(stdout.startsWith("#3  🏳️‍🌈 right to left, עברית, bell , red, zerowidth\n"), stdout);
  }));

Deno.test("a project that is archived, renamed, or has its issues turned off is told as such; nothing is lost", () =>
  withBoundGitLab(async ({ world, data, gitlab, project }) => {
    project.isArchived = true;
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Edited"]);
    const archived = await ends(world, 1, ["sync", "push"]);
    assert.match(archived.stderr, /^ +#1 +title: "acme\/web" is archived at GitLab, and nothing/m);
    project.isArchived = false;
    project.hasIssues = false;
    const off = await ends(world, 1, ["sync", "push", "--retry"]);
    assert.match(off.stderr, /^ +#1 +title: Issues are turned off in "acme\/web"$/m);
    const read = await ends(world, 1, ["host", "sync", "gitlab", "--data", data]);
    assert.equal(read.stdout, '! gitlab  acme/web: Issues are turned off in "acme/web"\n');
    project.hasIssues = true;
    gitlab.rename(project, "acme/site");
    await ends(world, 0, ["sync", "push", "--retry"]);
    assert.equal(project.issues.get(1)?.title, "Edited");
    await ends(world, 0, ["host", "sync", "gitlab", "--data", data]);
    const { issues } = await document(world, "issue", "list");
    assert.equal(issues.length, 2);
  }));

Deno.test("a project of GitLab comes with one connection; one that was removed is told, and its issues stay", () =>
  withBoundGitLab(async ({ world, data, gitlab, project, connect }) => {
    const { message } = await failure(
      world,
      1,
      [...connect("--project", "acme/web"), "--name", "other"],
      { stdin: GITLAB_TOKEN },
    );
    assert.match(message, /comes with the connection "gitlab" already/);
    gitlab.state.projects.delete(project.id);
    // A sweep says it of the place, and a round of the project: what has failed last is told.
    const words = '"acme/web" is not there, or the credential does not reach it';
    const sync = ["host", "sync", "gitlab", "--data", data];
    for (const line of [sync, [...sync, "--sweep"]]) {
      const { stdout } = await ends(world, 1, line);
      assert.match(stdout, /^! gitlab {2}acme\/web: .*\n$/);
      assert.ok(stdout.includes(words), stdout);
    }
    assert.ok((await ends(world, 0, ["status"])).stdout.includes(words));
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Waits"]);
    assert.ok((await ends(world, 1, ["sync", "push"])).stderr.includes(words));
    await ends(world, 0, ["sync", "pull", "--all"]);
    assert.equal((await document(world, "issue", "list")).issues.length, 2);
  }));

Deno.test("what the role lacks at GitLab is said when it is connected, and when something is pushed", () =>
  withBoundGitLab(async ({ world, data, project, connect }) => {
    for (const [name] of project.members) project.members.set(name, 10);
    for (const issue of project.issues.values()) Object.assign(issue, { author: "bo" });
    const line = [...connect("--project", "acme/web"), "--json"];
    const { stdout } = await ends(world, 0, line, { stdin: GITLAB_TOKEN });
    assert.deepEqual(JSON.parse(stdout).missing, [
      "change issues in acme/web (the role Planner, Reporter or a higher one)",
      "register a webhook in acme/web (the role Maintainer; without it changes are found by asking)",
    ]);
    // What the host reads after the edit would make that one outdated.
    await ends(world, 0, ["host", "sync", "gitlab", "--sweep", "--data", data]);
    await ends(world, 0, ["sync", "pull", "--all"]);
    await ends(world, 0, ["issue", "edit", "#1", "--title", "Edited"]);
    const { stderr } = await ends(world, 1, ["sync", "push"]);
    assert.match(stderr, /#1 .*may not do that in "acme\/web"; the role Planner, Reporter/);
  }));
