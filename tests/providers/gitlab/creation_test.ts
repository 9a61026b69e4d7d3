import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { refOf } from "../../../src/providers/gitlab/issues.ts";
import type { Remote, RemoteCreation } from "../../../src/providers/mod.ts";
import type { Moment } from "../../standins/rest_stand_in.ts";
import { atGitLab, CLIENT_ID, codeOf, type Scene } from "./support.ts";

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

/** What takes as many calls as a creation can. */
function creationAt({ place }: Scene): RemoteCreation {
  return {
    clientId: CLIENT_ID,
    fields: {
      title: "New",
      body: "Text",
      status: "canceled",
      labels: ["web"],
      assignees: ["ada"],
      parent_ref: refOf(place, 1),
      links_add: [{ type: "blocks", ref: refOf(place, 2) }],
    },
  };
}

/** Creates as the outbox does: what may have been created is looked up before it is created again. */
async function untilCreated(
  { remote, access, place }: Pick<Scene, "access" | "place"> & { readonly remote: Remote },
  creation: RemoteCreation,
): Promise<NormalizedIssue> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const found = attempt === 0 ? null : await remote.findCreated(access, place, creation);
      return found ?? await remote.create(access, place, creation);
    } catch {
      // Tried again, as the outbox does.
    }
  }
  throw new Error("Five attempts were not enough");
}

/** Breaks the connection once, at a moment of a call. */
function breakingAt(number: number, phase: Moment["phase"]) {
  let seen = 0;
  return (moment: Moment) => {
    if (moment.phase === phase && ++seen === number) throw new TypeError("connection reset");
  };
}

for (const phase of ["before", "after"] as const) {
  Deno.test(`a creation is made once, wherever the connection breaks ${phase} the effect of a call`, async () => {
    let calls = 0;
    for (let number = 1; number <= Math.max(1, calls); number++) {
      await atGitLab(async (scene) => {
        const { gitlab, project } = scene;
        gitlab.state.addIssue(project, { title: "Parent" }, 0);
        gitlab.state.addIssue(project, { title: "Blocked" }, 0);
        gitlab.stepIn = breakingAt(number, phase);
        const issue = await untilCreated(scene, creationAt(scene));
        calls = Math.max(calls, gitlab.calls.length);
        const at = `call ${number}`;
        assert.deepEqual([...project.issues.keys()], [1, 2, 3], at);
        assert.equal(issue.status, "canceled", at);
        assert.equal(issue.parent_ref?.id, "1", at);
        assert.deepEqual(issue.links.map(({ type, ref }) => [type, ref.id]), [["blocks", "2"]], at);
        const creations = gitlab.writes.filter((one) => one.startsWith("create"));
        assert.equal(creations.length, 1, at);
        assert.equal(new Set(gitlab.writes).size, gitlab.writes.length, at);
      });
    }
    assert.ok(calls > 6, `${calls} calls`);
  });
}

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

Deno.test("a body with room for itself alone is written without the line that names it, once", async () => {
  const body = "x".repeat(1_048_576);
  for (let number = 1; number < 7; number++) {
    await atGitLab(async (scene) => {
      const { gitlab, project } = scene;
      gitlab.stepIn = breakingAt(number, "after");
      const creation = { clientId: CLIENT_ID, fields: { title: "Long", body } };
      const issue = await untilCreated(scene, creation);
      assert.equal(issue.body, body);
      assert.equal(project.issues.size, 1, `call ${number}`);
    });
  }
});

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
