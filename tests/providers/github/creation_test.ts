import assert from "node:assert/strict";
import { refOf } from "../../../src/providers/github/issues.ts";
import type { RemoteCreation } from "../../../src/providers/mod.ts";
import { atGitHub, CLIENT_ID, codeOf, type Scene } from "./support.ts";

Deno.test("a new issue has all that it was given, and the line that names it is not shown", () =>
  atGitHub(async ({ create, github, place, repository }) => {
    const parent = github.state.addIssue(repository, { title: "Parent" }, 0);
    const blocker = github.state.addIssue(repository, { title: "Blocker" }, 0);
    const issue = await create({
      title: "Emoji 🦊 and שלום",
      body: "One\n\nTwo",
      status: "in_progress",
      issue_type: "bug",
      priority: 2,
      labels: ["web"],
      labels_add: ["now"],
      assignees: ["bo"],
      parent_ref: refOf(place, parent.number),
      links_add: [{ type: "blocked_by", ref: refOf(place, blocker.number) }],
    });
    assert.equal(issue.title, "Emoji 🦊 and שלום");
    assert.equal(issue.body, "One\n\nTwo");
    assert.equal(issue.status, "in_progress");
    assert.equal(issue.issue_type, "bug");
    assert.equal(issue.priority, 2);
    assert.deepEqual(issue.labels, ["web", "now", "bug"]);
    assert.deepEqual(issue.assignees, ["bo"]);
    assert.equal(issue.parent_ref?.id, String(parent.number));
    assert.deepEqual(issue.links.map(({ type, ref }) => [type, ref.key]), [["blocked_by", "#2"]]);
    assert.equal(issue.provider_metadata["marker"], CLIENT_ID);
    assert.equal(
      repository.issues.get(3)?.body,
      `One\n\nTwo\n\n<!-- tracker:${CLIENT_ID} -->`,
    );
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

Deno.test("a body with a character more is refused, and nothing is written", () =>
  atGitHub(async ({ create, github }) => {
    assert.equal(await codeOf(create({ title: "T", body: "x".repeat(65_537) })), "body_too_long");
    // Two code units each, and one character.
    await create({ title: "T", body: "🦊".repeat(60_000) });
    assert.deepEqual(github.writes, ["create #1 T"]);
  }));

Deno.test("what GitHub cannot hold is refused by name before anything is written", () =>
  atGitHub(async ({ create, github, place }) => {
    const title = "T";
    const code = (fields: object) => codeOf(create({ title, ...fields }));
    assert.equal(await code({ status: "in_review" }), "status_not_mapped");
    assert.equal(await code({ assignees: ["nemo"] }), "assignee_unknown");
    assert.equal(await code({ labels: ["doing"] }), "label_has_meaning");
    const labels = Array.from({ length: 101 }, (_, index) => `label ${index}`);
    assert.equal(await code({ labels }), "too_many_labels");
    assert.equal(await code({ custom_fields: { size: 1 } }), "field_not_supported");
    const links_add = [{ type: "relates_to", ref: refOf(place, 1) }];
    assert.equal(await code({ links_add }), "link_unknown");
    assert.deepEqual(github.writes, []);
    const issue = await create({ title, labels: labels.slice(0, 100) });
    assert.equal(issue.labels.length, 100);
  }));

Deno.test("labels that GitHub left out without a word are told", () =>
  atGitHub(async ({ create, github }) => {
    for (const token of github.state.tokens.values()) token.mayTriage = false;
    assert.equal(await codeOf(create({ title: "T", labels: ["web"] })), "not_taken");
  }));

Deno.test("a creation that the lists do not show yet is found by its number", () =>
  atGitHub(async ({ github, remote, access, place, repository }) => {
    const creation = { clientId: CLIENT_ID, fields: { title: "New" } };
    assert.equal(await remote.findCreated(access, place, creation), null);
    github.listLagMs = 5_000;
    github.state.addIssue(repository, { title: "Pull", isPullRequest: true }, 0);
    await remote.create(access, place, creation);
    assert.equal((await remote.findCreated(access, place, creation))?.ref.id, "2");
    assert.deepEqual(github.writes, ["create #2 New"]);
  }));

Deno.test("a link to what is gone once the new issue is there is left out, and the rest is written", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place } = scene;
    for (const title of ["Parent", "Blocked"]) github.state.addIssue(repository, { title }, 0);
    github.stepIn = ({ call, phase }) => {
      if (phase === "after" && call === "POST /repos/acme/web/issues") {
        github.remove(repository, 2, null);
      }
    };
    const issue = await remote.create(access, place, creationAt(scene));
    assert.deepEqual([issue.ref.id, issue.status, issue.links], ["3", "canceled", []]);
    assert.equal(issue.parent_ref?.id, "1");
    assert.deepEqual(github.writes, ["create #3 New", "adopt #3", "update #3 state state_reason"]);
  }));

Deno.test("a new issue whose parent or whose links are not there is refused before it is written", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place } = scene;
    github.state.addIssue(repository, { title: "Parent" }, 0);
    assert.equal(await codeOf(remote.create(access, place, creationAt(scene))), "link_unknown");
    assert.deepEqual(github.writes, []);
  }));

Deno.test("a new issue that no list shows yet is found behind one that was deleted", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place } = scene;
    for (const title of ["Parent", "Blocked", "Deleted"]) {
      github.state.addIssue(repository, { title }, 0);
    }
    github.remove(repository, 3, null);
    github.listLagMs = 60_000;
    const created = await remote.create(access, place, creationAt(scene));
    const found = await remote.findCreated(access, place, creationAt(scene));
    assert.equal(found?.ref.id, created.ref.id);
  }));

Deno.test("a new issue that appears between two looks at the list is found", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place } = scene;
    for (const title of ["Parent", "Blocked"]) github.state.addIssue(repository, { title }, 0);
    github.listLagMs = 60_000;
    const created = await remote.create(access, place, creationAt(scene));
    github.stepIn = ({ call, phase }) => {
      if (phase === "after" && call === "GET /repos/acme/web/issues") github.listLagMs = 0;
    };
    const found = await remote.findCreated(access, place, creationAt(scene));
    assert.equal(found?.ref.id, created.ref.id);
  }));
