/** Comments of issues at a host are read page by page, and what cannot be read is told. */
import assert from "node:assert/strict";
import { LONGEST_COMMENT } from "../../src/contract/comments.ts";
import { MOST_COMMENTS } from "../../src/sync/issue_comments.ts";
import { errorEnvelope, ok } from "../support/answers.ts";
import type { Stub } from "../support/fetch.ts";
import { bound, comment, comments, health, list, WITH_COMMENTS } from "./comment_support.ts";
import { LEGACY, page, withService } from "./service_support.ts";
import { failing } from "./support.ts";

bound(
  "all pages of the comments are read, and the oldest comes first",
  [
    WITH_COMMENTS,
    list(comments([comment(2), comment(1, { updated_at: "2026-02-01T00:00:00Z" })], "p2")),
    list(comments([comment(3, { author: null, delivery: { state: "failed", message: "No" } })]), {
      cursor: "p2",
    }),
  ],
  async ({ service }) => {
    assert.deepEqual(await service.issueComments("web-1"), {
      comments: [
        {
          id: "c1",
          author: "eva",
          createdAt: "2026-01-01T00:01:00.000Z",
          updatedAt: "2026-02-01T00:00:00Z",
          text: "Text 1",
        },
        { id: "c2", author: "eva", createdAt: "2026-01-01T00:02:00.000Z", text: "Text 2" },
        {
          id: "c3",
          author: null,
          createdAt: "2026-01-01T00:03:00.000Z",
          text: "Text 3",
          delivery: { state: "failed", message: "No" },
        },
      ],
      total: 3,
    });
  },
);

bound(
  "of very many or very long comments the latest are kept, cut off",
  [
    WITH_COMMENTS,
    list(comments(Array.from({ length: MOST_COMMENTS }, (_, n) => comment(n)), "p2")),
    list(comments([comment(MOST_COMMENTS, { body: "x".repeat(LONGEST_COMMENT + 1) })]), {
      cursor: "p2",
    }),
  ],
  async ({ service }) => {
    const { comments, total } = await service.issueComments("WEB-1");
    assert.deepEqual([comments.length, total], [MOST_COMMENTS, MOST_COMMENTS + 1]);
    assert.equal(comments[0]?.text, "Text 1");
    assert.equal(comments.at(-1)?.text, `${"x".repeat(LONGEST_COMMENT - 1)}…`);
  },
);

for (
  const [name, pages] of [
    ["the same cursor comes twice", [comments([comment(1)], "p"), comments([comment(2)], "p")]],
    ["pages are empty and cursors new", [comments([], "p"), comments([], "q")]],
  ] as const
) {
  bound(
    `a list of comments without an end is recognised when ${name}`,
    [WITH_COMMENTS, ...pages.map((reply, at) => list(reply, at === 0 ? {} : { cursor: "p" }))],
    async ({ service }) => {
      const error = await failing(service.issueComments("WEB-1"), "invalid_response");
      assert.match(error.message, /listComments.*next_cursor/s);
    },
  );
}

bound(
  "a comment that cannot be read is named, and the others are read",
  [WITH_COMMENTS, list(comments([comment(1), { author: "x" }]))],
  async ({ service }) => {
    const { comments, unreadable } = await service.issueComments("WEB-1");
    assert.deepEqual(comments.map(({ text }) => text), ["Text 1"]);
    assert.equal(unreadable?.[0]?.code, "unreadable_item");
  },
);

for (
  const [name, stub] of [
    ["does not list them", health("removed")],
    [
      "has no such call",
      { ...WITH_COMMENTS, reply: { status: 404, json: errorEnvelope(404, "not_found") } },
    ],
  ] as const
) {
  bound(`a host without comments says so when it ${name}`, [stub], async ({ service }) => {
    const error = await failing(service.issueComments("WEB-1"), "comments_unsupported");
    assert.equal(error.nextAction, 'Read and write them in the tracker, on the page of "WEB-1".');
    await failing(service.issueComment("WEB-1", "Seen"), "comments_unsupported");
  });
}

bound(
  "a host that does not answer is no host without comments",
  [{ ...WITH_COMMENTS, reply: { fail: "connection refused" } }],
  async ({ service }) => void await failing(service.issueComments("WEB-1"), "network_error"),
);

bound(
  "an issue that is only here has no comments and takes none, and nothing is asked",
  [],
  async ({ service }) => {
    const { issue } = await service.issueCreate({ title: "New" });
    assert.deepEqual(await service.issueComments(issue.ref.id), { comments: [], total: 0 });
    const error = await failing(service.issueComment(issue.ref.id, "Seen"), "issue_not_pushed");
    assert.match(error.nextAction ?? "", /`tracker sync push`/);
  },
);

Deno.test("an old project keeps its key through all pages, and is upgraded after them", () =>
  withService(LEGACY, [
    { request: "POST /api/v1/tracker/pull/", reply: ok(page(1, 1, null)) },
    WITH_COMMENTS,
    ...["p2", null].map((next): Stub => ({
      request: "POST /api/v1/tracker/comments/list/",
      reply: async (request) => {
        assert.equal((await request.json()).project_slug, "web");
        return Response.json({
          comments: [comment(1)],
          next_cursor: next,
          binding_ref: "srm_new",
        });
      },
    })),
  ], async ({ service }) => {
    await service.pull();
    assert.equal((await service.issueComments("WEB-1")).total, 2);
    assert.equal(service.binding.bindingRef, "srm_new");
  }));
