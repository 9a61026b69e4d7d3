import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../../src/contract/issue.ts";
import { refOf } from "../../../src/providers/gitlab/issues.ts";
import type { IssueChange } from "../../../src/providers/mod.ts";
import { atGitLab, changed, codeOf, faultOf, placeAt, WORDS } from "./support.ts";

const UPDATE = {
  labels: ["web", "workflow::doing", "priority::low"],
  description: "Text",
  assignees: ["ada"],
};

Deno.test("a change sends the fields that it names, and leaves the others", () =>
  atGitLab(async (scene) => {
    const after = await changed(scene, UPDATE, { title: "New" });
    assert.equal(after.title, "New");
    assert.equal(after.body, "Text");
    assert.deepEqual(after.labels, ["web"]);
    assert.equal(after.priority, 4);
    assert.equal(after.status, "in_progress");
    assert.deepEqual(scene.gitlab.writes, ["update #1 title"]);
  }));

Deno.test("labels are added and taken away, and what others add meanwhile stays", () =>
  atGitLab(async (scene) => {
    const { gitlab, project } = scene;
    gitlab.stepIn = ({ call, phase }) => {
      const issue = project.issues.get(1);
      if (call.startsWith("PUT") && phase === "before" && issue !== undefined) {
        issue.labels = [...issue.labels, "meanwhile"];
      }
    };
    const after = await changed(scene, UPDATE, { labels: ["api"] });
    assert.deepEqual(after.labels, ["api", "meanwhile"]);
    assert.equal(after.status, "in_progress");
    assert.equal(after.priority, 4);
    assert.deepEqual(gitlab.writes, ["update #1 add_labels remove_labels"]);
  }));

Deno.test("labels that differ in the case of their letters are two", () =>
  atGitLab(async (scene) => {
    const after = await changed(scene, { labels: ["Web"] }, { labels: ["Web", "web"] });
    assert.deepEqual(after.labels.toSorted(), ["Web", "web"]);
  }));

Deno.test("a hundred labels are set; one with a comma in it is refused", () =>
  atGitLab(async (scene) => {
    const labels = Array.from({ length: 100 }, (_, index) => `label ${index}`);
    assert.equal((await changed(scene, {}, { labels })).labels.length, 100);
    assert.equal(await codeOf(changed(scene, {}, { labels: ["a,b"] })), "label_unknown");
  }));

Deno.test("a priority is a label of its scope, and another one takes its place", () =>
  atGitLab(async (scene) => {
    assert.equal((await changed(scene, UPDATE, { priority: 1 })).priority, 1);
    assert.equal((await changed(scene, UPDATE, { priority: 0 })).priority, 0);
    const { issues } = scene.project;
    assert.ok(issues.get(1)?.labels.includes("priority::urgent"));
    assert.deepEqual(issues.get(2)?.labels, ["web", "workflow::doing"]);
    const code = await codeOf(changed(scene, UPDATE, { labels: ["priority::high"] }));
    assert.equal(code, "label_has_meaning");
  }));

Deno.test("a status is a label of the connection, or open and closed", () =>
  atGitLab(async (scene) => {
    for (const status of ["todo", "in_progress", "blocked", "done", "canceled"] as const) {
      for (const state of ["opened", "closed"] as const) {
        const after = await changed(scene, { ...UPDATE, state }, { status });
        assert.equal(after.status, status, `${state} → ${status}`);
        assert.deepEqual(after.labels, ["web"]);
      }
    }
    assert.equal(
      await codeOf(changed(scene, UPDATE, { status: "in_review" })),
      "status_not_mapped",
    );
    const bare = { ...scene, access: { ...scene.access, statusWords: {} } };
    assert.equal(await codeOf(changed(bare, UPDATE, { status: "canceled" })), "status_not_mapped");
  }));

Deno.test("a duplicate stays one while other fields are written, and is opened to become done", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, remote, access, place, get } = scene;
    const original = gitlab.state.addIssue(project, { title: "Original" }, 0);
    gitlab.state.addIssue(project, { title: "Again", labels: ["web"] }, 0);
    gitlab.duplicate(project, 2, original);
    const apply = async (change: IssueChange) => {
      const issue = await get("2");
      assert.ok(issue !== null);
      await remote.change(access, place, issue, change);
      return (await get("2"))?.status;
    };
    assert.equal((await get("2"))?.status, "canceled");
    assert.equal(await apply({ title: "Once more", status: "canceled" }), "canceled");
    assert.deepEqual(project.issues.get(2)?.labels, ["web"]);
    assert.equal(await apply({ status: "done" }), "done");
    assert.equal(project.issues.get(2)?.duplicateOf, null);
    gitlab.duplicate(project, 2, original);
    assert.equal(await apply({ status: "todo" }), "todo");
    assert.deepEqual(gitlab.writes, [
      "update #2 title",
      "update #2 state_event",
      "update #2 state_event",
      "update #2 state_event",
    ]);
  }));

Deno.test("a change that leaves the status leaves the labels that say one", () =>
  atGitLab(async (scene) => {
    const statusWords = { ...WORDS, todo: ["workflow::ready"], done: ["workflow::shipped"] };
    const own = { ...scene, access: { ...scene.access, statusWords } };
    for (const state of ["opened", "closed"] as const) {
      await changed(own, { state, labels: ["web"] }, { title: "New" });
      await changed(own, { state, labels: ["web"] }, { labels: ["api"] });
    }
    await changed(own, { state: "closed", labels: ["workflow::doing"] }, { title: "New" });
    const labels = [...scene.project.issues.values()].map((issue) => issue.labels);
    assert.deepEqual(labels, [["web"], ["api"], ["web"], ["api"], ["workflow::doing"]]);
  }));

Deno.test("a subtask is a task of GitLab, a bug a label, and an incident stays one", () =>
  atGitLab(async (scene) => {
    const { gitlab, project } = scene;
    const task = await changed(scene, { labels: ["bug", "web"] }, { issue_type: "subtask" });
    assert.deepEqual([task.issue_type, task.labels], ["subtask", ["web"]]);
    assert.equal(project.issues.get(1)?.kind, "task");
    const bug = await changed(scene, { kind: "task" }, { issue_type: "bug" });
    assert.deepEqual([bug.issue_type, bug.labels], ["bug", ["bug"]]);
    assert.equal(project.issues.get(2)?.kind, "issue");
    const writes = gitlab.writes.length;
    await changed(scene, { kind: "incident" }, { issue_type: "bug" });
    assert.equal(gitlab.writes.length, writes, "an incident is a bug already");
  }));

Deno.test("people are assigned by their names, and one who cannot be is refused by name", () =>
  atGitLab(async (scene) => {
    const { gitlab } = scene;
    assert.deepEqual((await changed(scene, UPDATE, { assignees: ["Ada", "BO"] })).assignees, [
      "ada",
      "bo",
    ]);
    assert.deepEqual((await changed(scene, UPDATE, { assignees: [] })).assignees, []);
    const { message } = await faultOf(changed(scene, UPDATE, { assignees: ["cy"] }));
    assert.equal(message, '"cy" cannot be assigned to issues of the project');
    gitlab.isPremium = false;
    const { message: left } = await faultOf(changed(scene, UPDATE, { assignees: ["ada", "bo"] }));
    assert.match(left, /^GitLab left out the assignees/);
  }));

Deno.test("what the role does not allow is said, and why: an archived project, a guest", () =>
  atGitLab(async (scene) => {
    const { project } = scene;
    project.members.set("ada", 10);
    const guest = await faultOf(changed(scene, { author: "bo" }, { title: "New" }));
    assert.match(guest.message, /may not do that in "acme\/web"; the role Planner/);
    project.members.set("ada", 40);
    project.isArchived = true;
    const archived = await faultOf(changed(scene, {}, { title: "New" }));
    assert.equal(
      archived.message,
      '"acme/web" is archived at GitLab, and nothing can be written there',
    );
    assert.deepEqual(archived.fault, { kind: "rejected", code: "permission_missing" });
  }));

Deno.test("a token that reads only is refused by the scope that it lacks", () =>
  atGitLab(async (scene) => {
    for (const token of scene.gitlab.state.tokens.values()) token.scopes = ["read_api"];
    const { message } = await faultOf(changed(scene, {}, { title: "New" }));
    assert.equal(message, 'The token lacks the scope "api" at GitLab');
  }));

Deno.test("a fine-grained token is refused in GitLab's words, which name the permission", () =>
  atGitLab(async (scene) => {
    const error_description = "Access denied: lacks the required permissions: [update_issue]";
    const body = { error: "insufficient_granular_scope", error_description };
    scene.gitlab.stepIn = ({ call }) => call.startsWith("PUT ") ? { status: 403, body } : undefined;
    const { message, fault } = await faultOf(changed(scene, {}, { title: "New" }));
    assert.equal(message, `The fine-grained token lacks a permission: ${error_description}`);
    assert.deepEqual(fault, { kind: "rejected", code: "permission_missing" });
  }));

Deno.test("parents and links are set, replaced and taken away, in another project, too", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, remote, access, place, get } = scene;
    const other = gitlab.state.addProject("acme/api");
    other.members.set("ada", 40);
    const far = gitlab.state.addIssue(other, { title: "Far" }, 0);
    for (const title of ["One", "Two"]) gitlab.state.addIssue(project, { title }, 0);
    gitlab.state.addIssue(project, { title: "Three", kind: "task" }, 0);
    const apply = async (change: IssueChange) => {
      const issue = await get("3");
      assert.ok(issue !== null);
      await remote.change(access, place, issue, change);
      return shown(await get("3"));
    };
    const farRef = { ...refOf(placeAt(other), far.iid), key: "acme/api#1" };
    const blocks = { type: "blocks", ref: refOf(place, 2) } as const;
    const blocked = { type: "blocked_by", ref: farRef } as const;
    assert.deepEqual(await apply({ parent_ref: refOf(place, 1), links_add: [blocks, blocked] }), {
      parent: "#1",
      links: ["blocked_by acme/api#1", "blocks #2"],
    });
    const writes = gitlab.writes.length;
    await apply({ parent_ref: refOf(place, 1), links_add: [blocks, blocked] });
    assert.equal(gitlab.writes.length, writes, "what is so already is not sent");
    gitlab.graph = "parents";
    assert.deepEqual(await apply({ parent_ref: farRef, links_remove: [blocked] }), {
      parent: "acme/api#1",
      links: ["blocks #2"],
    });
    const related = { type: "relates_to", ref: refOf(place, 1) } as const;
    assert.deepEqual(
      await apply({ parent_ref: null, links_remove: [blocks], links_add: [related] }),
      { parent: null, links: ["relates_to #1"] },
    );
  }));

function shown(issue: NormalizedIssue | null) {
  return {
    parent: issue?.parent_ref?.key ?? null,
    links: issue?.links.map(({ type, ref }) => `${type} ${ref.key}`),
  };
}

Deno.test("what GitLab cannot relate is refused, and nothing of the change is written", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, place } = scene;
    const one = gitlab.state.addIssue(project, { title: "One" }, 0);
    const task = gitlab.state.addIssue(project, { title: "Task", kind: "task" }, 0);
    const ref = refOf(place, one.iid);
    const title = "New";
    const attempts: readonly (readonly [IssueChange, string])[] = [
      [{ title, links_add: [{ type: "duplicates", ref }] }, "link_unknown"],
      [{ title, links_add: [{ type: "blocks", ref: { ...ref, id: "99" } }] }, "link_unknown"],
      [{ title, parent_ref: { ...ref, system: "github", workspace: "x" } }, "link_unknown"],
      [
        { title, parent_ref: { ...ref, url: "https://gitlab.com/acme/web/-/issues/1" } },
        "link_unknown",
      ],
      [{ title, parent_ref: ref }, "not_taken"],
      [{ title, custom_fields: { size: 3 } }, "field_not_supported"],
      [{ title: "x".repeat(256) }, "title_too_long"],
      [{ title, body: "x".repeat(1_048_577) }, "body_too_long"],
    ];
    for (const [change, code] of attempts) {
      assert.equal(
        await codeOf(changed(scene, {}, change)),
        code,
        JSON.stringify(change).slice(0, 99),
      );
    }
    const below = { title, parent_ref: refOf(place, task.iid) };
    assert.equal(await codeOf(changed(scene, { kind: "task" }, below)), "not_taken");
    assert.deepEqual(gitlab.writes, []);
  }));

Deno.test("a parent that GraphQL does not say to have taken does not count as written", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, place } = scene;
    gitlab.state.addIssue(project, { title: "Parent" }, 0);
    let body: object = {};
    gitlab.stepIn = ({ call, isWrite, phase }) =>
      call.endsWith("/graphql") && isWrite && phase === "before"
        ? { status: 200, body }
        : undefined;
    const set = () => changed(scene, { kind: "task" }, { parent_ref: refOf(place, 1) });
    for (const answer of [{ workItemUpdate: null }, {}, null]) {
      body = { data: answer };
      const { fault, message } = await faultOf(set());
      assert.equal(fault.kind, "failing", JSON.stringify(answer));
      assert.match(message, /gave no answer to "set the parent of an issue"/);
    }
    body = { data: { workItemUpdate: null }, errors: [{ message: "Timeout on validation" }] };
    assert.equal((await faultOf(set())).fault.kind, "failing");
    body = { data: { workItemUpdate: { errors: ["No\u001b[31m way"] } } };
    assert.match((await faultOf(set())).message, /^GitLab does not take the parent: No/);
  }));

Deno.test("links that the plan does not have are refused, and another link between the two is said", () =>
  atGitLab(async (scene) => {
    const { gitlab, project, place } = scene;
    gitlab.state.addIssue(project, { title: "One" }, 0);
    const blocks = { links_add: [{ type: "blocks", ref: refOf(place, 1) }] } as const;
    const before = await changed(scene, {}, blocks);
    const relates = { links_add: [{ type: "relates_to", ref: refOf(place, 1) }] } as const;
    const again = scene.remote.change(scene.access, place, before, relates);
    assert.equal(await codeOf(again), "not_taken");
    gitlab.isPremium = false;
    assert.equal(await codeOf(changed(scene, {}, blocks)), "permission_missing");
  }));

Deno.test("a description with commands in it changes nothing else, and is shown as it was written", () =>
  atGitLab(async (scene) => {
    const body = "/close\n\nsee `/close`\n/confidential";
    const after = await changed(scene, {}, { body });
    assert.equal(after.body, body);
    assert.equal(after.status, "todo");
    assert.equal(after.provider_metadata["confidential"], false);
  }));
