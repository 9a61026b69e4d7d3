import assert from "node:assert/strict";
import { atJira, CLIENT_ID, paragraphs, refusalOf } from "./support.ts";

Deno.test("comments are listed oldest first, page by page", () =>
  atJira(async ({ jira, project, ada, remote, access, place, clock }) => {
    const issue = jira.add(project, { summary: "Issue" });
    for (let n = 0; n < 130; n++) {
      jira.state.comments.push({
        id: jira.state.nextId(),
        issueId: issue.id,
        author: ada.accountId,
        body: paragraphs(`Comment ${n}`),
        properties: [],
        createdAt: clock.now() + n,
      });
    }
    const comments = await remote.comments?.list(access, place, issue.id);
    assert.equal(comments?.length, 130);
    assert.equal(comments?.[0]?.author, "Ada Lovelace");
    assert.equal(comments?.[129]?.body, "Comment 129");
    assert.equal(comments?.[0]?.clientId, null);
  }));

Deno.test("thousands of comments are listed, and what was lost behind them is found", () =>
  atJira(async ({ jira, project, ada, remote, access, place, clock }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    const at = clock.now() - 10_000;
    for (let n = 0; n < 4_100; n++) {
      jira.state.comments.push({
        id: jira.state.nextId(),
        issueId: id,
        author: ada.accountId,
        body: paragraphs(`Comment ${n}`),
        properties: [],
        createdAt: at + n,
      });
    }
    const comment = { clientId: CLIENT_ID, body: "The last one" };
    const added = await remote.comments?.add(access, place, id, comment);
    const listed = await remote.comments?.list(access, place, id);
    assert.equal(listed?.length, 4_101);
    assert.deepEqual(listed?.at(-1), added);
    assert.deepEqual(await remote.comments?.findAdded(access, place, id, comment), added);
  }));

Deno.test("comments without an end are given up, and said", () =>
  atJira(async ({ jira, project, remote, access, place }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    const at = "2026-03-01T17:45:00.000+0000";
    const body = { startAt: 0, maxResults: 1, total: 9_000_000 };
    let asked = 0;
    jira.stepIn = ({ call, phase }) => {
      if (!call.endsWith("/comment") || phase !== "before") return;
      asked++;
      return { status: 200, body: { ...body, comments: [{ id: "1", created: at, body: null }] } };
    };
    const fault = await remote.comments?.list(access, place, id).then(() => null, String);
    assert.match(fault ?? "", /Jira lists more than 1000 pages of comments/);
    assert.equal(asked, 1_000);
  }));

Deno.test("a comment is added once, and found when its answer was lost", () =>
  atJira(async ({ jira, project, remote, access, place }) => {
    const { id } = jira.add(project, { summary: "Issue" });
    const comment = { clientId: CLIENT_ID, body: "Said." };
    assert.equal(await remote.comments?.findAdded(access, place, id, comment), null);
    const added = await remote.comments?.add(access, place, id, comment);
    assert.equal(added?.body, "Said.");
    assert.deepEqual(await remote.comments?.findAdded(access, place, id, comment), added);
    const refusal = await refusalOf(
      remote.comments?.add(access, place, id, { clientId: CLIENT_ID, body: "\u0000" }) ??
        Promise.resolve(),
    );
    assert.equal(refusal.code, "body_not_supported");
  }));

Deno.test("it is told when a comment was edited", () =>
  atJira(async ({ jira, project, ada, remote, access, place, clock }) => {
    const { id: issueId } = jira.add(project, { summary: "Issue" });
    jira.state.comments.push({
      id: "1",
      issueId,
      author: ada.accountId,
      body: paragraphs("Edited"),
      properties: [],
      createdAt: clock.now(),
      updatedAt: clock.now() + 1_000,
    });
    const [comment] = await remote.comments?.list(access, place, issueId) ?? [];
    assert.equal(comment?.createdAt, new Date(clock.now()).toISOString());
    assert.equal(comment?.updatedAt, new Date(clock.now() + 1_000).toISOString());
  }));

Deno.test("an issue that is gone has no comments", () =>
  atJira(async ({ remote, access, place }) => {
    assert.deepEqual(await remote.comments?.list(access, place, "404"), []);
  }));
