import assert from "node:assert/strict";
import { refOf } from "../../../src/providers/gitlab/issues.ts";
import { atGitLab, CLIENT_ID, codeOf } from "./support.ts";

Deno.test("a new issue has all that it was given, and the line that names it is not shown", () =>
  atGitLab(async ({ create, gitlab, place, project }) => {
    const parent = gitlab.state.addIssue(project, { title: "Parent" }, 0);
    const blocker = gitlab.state.addIssue(project, { title: "Blocker" }, 0);
    const issue = await create({
      title: "Emoji 🦊 and שלום",
      body: "One\n/close\nTwo",
      status: "in_progress",
      priority: 2,
      labels: ["web"],
      labels_add: ["now"],
      assignees: ["bo"],
      parent_ref: refOf(place, parent.iid),
      links_add: [{ type: "blocked_by", ref: refOf(place, blocker.iid) }],
    });
    assert.equal(issue.title, "Emoji 🦊 and שלום");
    assert.equal(issue.body, "One\n/close\nTwo");
    assert.equal(issue.status, "in_progress");
    assert.equal(issue.issue_type, "subtask", "what has a parent is a task");
    assert.equal(issue.priority, 2);
    assert.deepEqual(issue.labels, ["now", "web"]);
    assert.deepEqual(issue.assignees, ["bo"]);
    assert.equal(issue.parent_ref?.id, String(parent.iid));
    assert.deepEqual(issue.links.map(({ type, ref }) => [type, ref.key]), [["blocked_by", "#2"]]);
    assert.equal(issue.provider_metadata["marker"], CLIENT_ID);
    const { description } = project.issues.get(3) ?? {};
    assert.equal(description, `One\n\\/close\nTwo\n\n<!-- tracker:${CLIENT_ID} -->`);
  }));

Deno.test("a parent that GitLab does not take is left out of a new issue", () =>
  atGitLab(async ({ create, gitlab, place, project }) => {
    gitlab.state.addIssue(project, { title: "Parent" }, 0);
    const fields = { title: "Bug", issue_type: "bug", parent_ref: refOf(place, 1) } as const;
    const issue = await create(fields);
    assert.deepEqual([issue.issue_type, issue.parent_ref], ["bug", null]);
  }));

Deno.test("a new issue is found before lists show it", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, remote, access, place } = scene;
    gitlab.state.addIssue(project, { title: "Old" }, 0);
    gitlab.listLagMs = 60_000;
    await scene.create({ title: "New" });
    gitlab.state.addIssue(project, { title: "Another one's" }, scene.clock.now());
    const creation = { clientId: CLIENT_ID, fields: { title: "New" } };
    assert.equal((await remote.findCreated(access, place, creation))?.ref.id, "2");
    const other = { ...creation, clientId: CLIENT_ID.replace("0", "f") };
    assert.equal(await remote.findCreated(access, place, other), null);
  }));

Deno.test("what GitLab cannot hold is refused, and nothing is created", () =>
  atGitLab(async ({ create, gitlab, place }) => {
    const missing = refOf(place, 99);
    for (
      const [fields, code] of [
        [{ title: "Long", body: "x".repeat(1_048_577) }, "body_too_long"],
        [{ title: "x".repeat(256) }, "title_too_long"],
        [{ title: "New", assignees: ["cy"] }, "assignee_unknown"],
        [{ title: "New", parent_ref: missing }, "link_unknown"],
        [{ title: " " }, "http_400"],
        [{ title: "New", body: "\0" }, "http_400"],
      ] as const
    ) assert.equal(await codeOf(create(fields)), code);
    assert.deepEqual(gitlab.writes, []);
  }));
