import assert from "node:assert/strict";
import type { IssueChange } from "../../../src/providers/mod.ts";
import { refOf } from "../../../src/providers/github/issues.ts";
import type { FakeIssue } from "../../standins/github/state.ts";
import { atGitHub, codeOf, faultOf, placeAt, type Scene } from "./support.ts";
import { changed as changedAt } from "../scene.ts";

/** Adds an issue, changes it as the outbox does, and returns it as it is then. */
async function changed(scene: Scene, before: Partial<FakeIssue>, change: IssueChange) {
  const { github, repository } = scene;
  const { number } = github.state.addIssue(repository, { title: "Old", ...before }, 0);
  return await changedAt(scene, String(number), change);
}

const UPDATE = { labels: ["web", "Doing", "priority: low"], body: "Text", assignees: ["ada"] };

Deno.test("a change sends the fields that it names, and leaves the others", () =>
  atGitHub(async (scene) => {
    const after = await changed(scene, UPDATE, { title: "New" });
    assert.equal(after.title, "New");
    assert.equal(after.body, "Text");
    assert.deepEqual(after.labels, ["web"]);
    assert.equal(after.priority, 4);
    assert.equal(after.status, "in_progress");
    assert.deepEqual(scene.github.writes, ["update #1 title"]);
  }));

Deno.test("a label that says a status is left where it is by what leaves the status", () =>
  atGitHub(async (scene) => {
    const closed = { labels: ["web", "Doing"], state: "closed", stateReason: "completed" } as const;
    const after = await changed(scene, { ...closed, labels: [...closed.labels] }, { title: "New" });
    assert.equal(after.status, "done");
    assert.deepEqual(scene.repository.issues.get(1)?.labels, ["web", "Doing"]);
    assert.deepEqual(scene.github.writes, ["update #1 title"]);
    const both = await changed(scene, { labels: ["doing", "on hold"] }, { labels: ["api"] });
    assert.equal(both.status, "in_progress");
    const labels = scene.repository.issues.get(2)?.labels ?? [];
    assert.deepEqual(labels.toSorted(), ["Doing", "api", "on hold"]);
  }));

Deno.test("labels are set whole, and those that say a status or a priority stay", () =>
  atGitHub(async (scene) => {
    const after = await changed(scene, UPDATE, { labels: ["api"] });
    assert.deepEqual(after.labels, ["api"]);
    const labels = scene.repository.issues.get(1)?.labels ?? [];
    assert.deepEqual(labels.toSorted(), ["Doing", "api", "priority: low"]);
  }));

Deno.test("a priority is a label, and another one takes its place", () =>
  atGitHub(async (scene) => {
    assert.equal((await changed(scene, UPDATE, { priority: 1 })).priority, 1);
    assert.equal((await changed(scene, UPDATE, { priority: 0 })).priority, 0);
    const labels = scene.repository.issues.get(1)?.labels ?? [];
    assert.deepEqual(labels.toSorted(), ["Doing", "priority: urgent", "web"]);
    assert.deepEqual(scene.repository.issues.get(2)?.labels, ["web", "Doing"]);
  }));

Deno.test("a status is a label of the connection, or open and closed with their reasons", () =>
  atGitHub(async (scene) => {
    for (const status of ["todo", "in_progress", "blocked", "done", "canceled"] as const) {
      for (const from of ["open", "closed"] as const) {
        const reason = from === "closed" ? "completed" : null;
        const before = { ...UPDATE, state: from, stateReason: reason };
        const after = await changed(scene, before, { status });
        assert.equal(after.status, status, `${from} → ${status}`);
        assert.deepEqual(after.labels, ["web"]);
      }
    }
    const code = codeOf(changed(scene, UPDATE, { status: "in_review" }));
    assert.equal(await code, "status_not_mapped");
  }));

Deno.test("an issue that is closed as one thing is opened to be closed as another", () =>
  atGitHub(async (scene) => {
    const after = await changed(scene, { state: "closed", stateReason: "completed" }, {
      status: "canceled",
    });
    assert.equal(after.provider_metadata["state_reason"], "not_planned");
    assert.equal(scene.github.writes.length, 3);
  }));

Deno.test("a type is an issue type of the organisation, or a label where it has none", () =>
  atGitHub(async (scene) => {
    const { github } = scene;
    const labelled = await changed(scene, { labels: ["bug", "web"] }, { issue_type: "epic" });
    assert.equal(labelled.issue_type, "epic");
    assert.deepEqual(labelled.labels, ["web", "epic"]);
    const task = await changed(scene, { labels: ["bug"] }, { issue_type: "task" });
    assert.deepEqual(task.labels, []);
    assert.equal(github.state.issueTypes.size, 0);
  }));

Deno.test("a type that the organisation does not have is refused with those that it has", () =>
  atGitHub(async (scene) => {
    scene.github.state.issueTypes.set("acme", ["Task", "Bug", "Feature"]);
    const bug = await changed(scene, { labels: ["web"] }, { issue_type: "bug" });
    assert.equal(bug.issue_type, "bug");
    assert.equal(bug.provider_metadata["type"], "Bug");
    assert.deepEqual(bug.labels, ["web"]);
    const { message } = await faultOf(changed(scene, {}, { issue_type: "epic" }));
    assert.equal(message, '"acme" has no issue type for "epic", only Task, Bug, Feature');
  }));

Deno.test("parents and links are set, replaced and taken away, in another repository, too", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place, get } = scene;
    const other = github.state.addRepository("acme/api");
    const far = github.state.addIssue(other, { title: "Far" }, 0);
    for (const title of ["One", "Two", "Three"]) github.state.addIssue(repository, { title }, 0);
    const apply = async (change: IssueChange) => {
      const issue = await get("3");
      assert.ok(issue !== null);
      await remote.change(access, place, issue, change);
      const after = await get("3");
      return {
        parent: after?.parent_ref?.key ?? null,
        links: after?.links.map(({ type, ref }) => `${type} ${ref.key}`),
      };
    };
    const farRef = { ...refOf(placeAt(other), far.number), key: "acme/api#1" };
    const blocks = { type: "blocks", ref: refOf(place, 2) } as const;
    const blocked = { type: "blocked_by", ref: farRef } as const;
    assert.deepEqual(await apply({ parent_ref: refOf(place, 1), links_add: [blocks, blocked] }), {
      parent: "#1",
      links: ["blocked_by acme/api#1", "blocks #2"],
    });
    const writes = github.writes.length;
    await apply({ parent_ref: refOf(place, 1), links_add: [blocks, blocked] });
    assert.equal(github.writes.length, writes, "what is so already is not sent");
    assert.deepEqual(await apply({ parent_ref: farRef, links_remove: [blocked] }), {
      parent: "acme/api#1",
      links: ["blocks #2"],
    });
    assert.deepEqual(await apply({ parent_ref: null, links_remove: [blocks] }), {
      parent: null,
      links: [],
    });
  }));

Deno.test("a change keeps the line that names a creation, and people read the body without it", () =>
  atGitHub(async (scene) => {
    const { create, remote, access, place, get, repository } = scene;
    const issue = await create({ title: "T", body: "Old" });
    await remote.change(access, place, issue, { body: "New" });
    assert.equal((await get("1"))?.body, "New");
    assert.match(repository.issues.get(1)?.body ?? "", /^New\n\n<!-- tracker:[0-9a-f-]{36} -->$/);
    await remote.change(access, place, issue, { body: null });
    assert.equal((await get("1"))?.body, null);
  }));

Deno.test("a write that meets a renamed repository is made under its new name", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place, get, clock } = scene;
    github.state.addIssue(repository, { title: "Old" }, 0);
    const issue = await get("1");
    assert.ok(issue !== null);
    github.rename(repository, "site");
    await remote.change(access, place, issue, { title: "New" });
    clock.advance(120_000);
    assert.equal((await get("1"))?.ref.url, "https://github.test/acme/site/issues/1");
    assert.equal(repository.issues.get(1)?.title, "New");
    assert.equal((await remote.readPlace(access, place))?.key, "acme/site");
  }));

Deno.test("issues of a repository that was renamed a moment ago are not taken for moved ones", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place, get, create } = scene;
    github.state.addIssue(repository, { title: "Old" }, 0);
    assert.ok(await get("1") !== null);
    github.rename(repository, "site");
    const issue = await get("1");
    assert.ok(issue !== null);
    await remote.change(access, place, issue, { title: "New" });
    assert.equal(repository.issues.get(1)?.title, "New");
    assert.equal((await create({ title: "Made" })).ref.id, "2");
    github.remove(repository, 1, github.state.addRepository("acme/other"));
    assert.equal(await get("1"), null);
  }));

Deno.test("another repository that took the name is neither read nor written", () =>
  atGitHub(async (scene) => {
    const { github, repository, remote, access, place, get, clock } = scene;
    github.state.addIssue(repository, { title: "Mine" }, 0);
    const issue = await get("1");
    assert.ok(issue !== null);
    github.rename(repository, "site");
    const usurper = github.state.addRepository("acme/web");
    github.state.addIssue(usurper, { title: "Theirs" }, 0);
    clock.advance(120_000);
    assert.equal(await codeOf(get("1")), "place_gone");
    assert.equal(await codeOf(remote.change(access, place, issue, { title: "x" })), "place_gone");
    assert.equal(usurper.issues.get(1)?.title, "Theirs");
    assert.equal(await remote.readPlace(access, place), null);
  }));

Deno.test("what a credential may not write is told with the permission that it lacks", () =>
  atGitHub(async (scene) => {
    for (const token of scene.github.state.tokens.values()) token.issues = "read";
    const { message } = await faultOf(changed(scene, UPDATE, { title: "New" }));
    assert.equal(message, "The credential lacks a permission at GitHub: issues=write");
    scene.repository.isArchived = true;
    for (const token of scene.github.state.tokens.values()) token.issues = "write";
    const archived = await faultOf(changed(scene, UPDATE, { title: "New" }));
    assert.match(archived.message, /Repository was archived so is read-only/);
  }));

Deno.test("comments are listed oldest first, and added", () =>
  atGitHub(async ({ remote: { comments }, access, place, github, repository }) => {
    github.state.addIssue(repository, { title: "T" }, 0);
    assert.ok(comments !== null);
    const clientIdOf = (number: number) =>
      `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
    const adding = (number: number, body: string) => ({ clientId: clientIdOf(number), body });
    const added = await comments.add(access, place, "1", adding(1, "First"));
    assert.deepEqual([added?.author, added?.clientId], ["ada", clientIdOf(1)]);
    for (let number = 2; number <= 120; number++) {
      await comments.add(access, place, "1", adding(number, `Comment ${number}`));
    }
    const found = await comments.findAdded(access, place, "1", adding(117, ""));
    assert.equal(found?.body, "Comment 117");
    assert.equal(await comments.findAdded(access, place, "1", adding(121, "First")), null);
    const long = comments.add(access, place, "1", adding(121, "x".repeat(65_536)));
    assert.equal(await codeOf(long), "body_too_long");
    const listed = await comments.list(access, place, "1") ?? [];
    assert.equal(listed.length, 120);
    assert.deepEqual([listed[0]?.body, listed[119]?.body], ["First", "Comment 120"]);
    assert.deepEqual(await comments.list(access, place, "WEB-1"), []);
  }));

Deno.test("a comment says when it was written, and when it was edited last", () =>
  atGitHub(async ({ remote: { comments }, access, place, github, repository }) => {
    const { comments: of } = github.state.addIssue(repository, { title: "T" }, 0);
    of.push({ id: 1, author: "ada", body: "Edited", createdAt: 1_000, updatedAt: 5_000 });
    const [edited] = await comments?.list(access, place, "1") ?? [];
    assert.deepEqual(
      [edited?.createdAt, edited?.updatedAt],
      ["1970-01-01T00:00:01Z", "1970-01-01T00:00:05Z"],
    );
  }));

Deno.test("a change whose parent or link is gone is refused, and nothing of it is written", () =>
  atGitHub(async ({ github, repository, remote, access, place, get }) => {
    for (const title of ["One", "Gone"]) github.state.addIssue(repository, { title }, 0);
    github.remove(repository, 2, null);
    const issue = await get("1");
    assert.ok(issue !== null);
    const gone = refOf(place, 2);
    for (
      const relation of [{ parent_ref: gone }, {
        links_add: [{ type: "blocks", ref: gone }],
      }] as const
    ) {
      const change = { title: "New", ...relation };
      assert.equal(await codeOf(remote.change(access, place, issue, change)), "link_unknown");
    }
    assert.deepEqual(github.writes, []);
  }));

Deno.test("a change of an issue that was deleted since it was read says that it is gone", () =>
  atGitHub(async ({ github, repository, remote, access, place, get }) => {
    github.state.addIssue(repository, { title: "One" }, 0);
    const issue = await get("1");
    assert.ok(issue !== null);
    github.remove(repository, 1, null);
    const changed = remote.change(access, place, issue, { title: "New" });
    assert.equal(await codeOf(changed), "issue_not_found");
  }));
