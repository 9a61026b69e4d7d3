import assert from "node:assert/strict";
import { atGitLab, CLIENT_ID, codeOf } from "./support.ts";

Deno.test("comments are shown oldest first, without what GitLab notes itself and members keep to themselves", () =>
  atGitLab(async ({ gitlab, project, remote, access, place }) => {
    const { notes } = gitlab.state.addIssue(project, { title: "One" }, 0);
    const note = { author: "bo", createdAt: 1_000, isSystem: false, isInternal: false };
    for (let id = 1; id <= 120; id++) notes.push({ ...note, id, body: `${id}` });
    notes.push({ ...note, id: 900, body: "added label", isSystem: true });
    notes.push({ ...note, id: 901, body: "for us", isInternal: true });
    const found = await remote.comments?.list(access, place, "1");
    assert.equal(found?.length, 120);
    assert.deepEqual(found?.[0], {
      id: "1",
      author: "bo",
      body: "1",
      createdAt: "1970-01-01T00:00:01.000Z",
      updatedAt: "1970-01-01T00:00:01.000Z",
      clientId: null,
    });
    assert.deepEqual(await remote.comments?.list(access, place, "local-1"), []);
  }));

Deno.test("a comment is added, carries nothing out, and is found when the answer was lost", () =>
  atGitLab(async ({ gitlab, project, remote, access, place }) => {
    gitlab.state.addIssue(project, { title: "One" }, 0);
    const { comments } = remote;
    assert.ok(comments !== null);
    const comment = { clientId: CLIENT_ID, body: "/close" };
    assert.equal(await comments.findAdded(access, place, "1", comment), null);
    const added = await comments.add(access, place, "1", comment);
    assert.equal(added.body, "/close");
    assert.equal(project.issues.get(1)?.state, "opened");
    assert.deepEqual(await comments.findAdded(access, place, "1", comment), added);
    const long = { clientId: CLIENT_ID, body: "x".repeat(1_000_000) };
    assert.equal(await codeOf(comments.add(access, place, "1", long)), "body_too_long");
    assert.equal(await codeOf(comments.add(access, place, "x", comment)), "issue_not_found");
  }));
