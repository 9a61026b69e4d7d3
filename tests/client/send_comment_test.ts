/** A comment on an issue at a host is written once, and told as it is: there, on its way, or refused. */
import assert from "node:assert/strict";
import { LONGEST_COMMENT } from "../../src/contract/comments.ts";
import { errorEnvelope, ok } from "../support/answers.ts";
import { add, bound, comment, comments, list, WAITING, WITH_COMMENTS } from "./comment_support.ts";
import { accepted, operation, type ServiceMachine } from "./service_support.ts";
import { failing } from "./support.ts";

/** The idempotency keys of the comments that were sent. */
function keys({ platform }: ServiceMachine): (string | null)[] {
  return platform.network.requests.filter(({ url }) => url.endsWith("/comments/add/"))
    .map(({ headers }) => headers.get("idempotency-key"));
}

for (
  const [name, text, words] of [
    ["without a word", " \n\t", /holds no text/],
    ["that is too long by one", "x".repeat(LONGEST_COMMENT + 1), /65,537 characters of at most/],
    ["with an escape", "a\u001b[31m", /control character U\+001B/],
    ["with a NUL", "a\u0000", /control character U\+0000/],
    ["with half of a character", "a\uD83D", /half of a character/],
  ] as const
) {
  bound(`a comment ${name} is refused before anything is sent`, [], async ({ service }) => {
    const error = await failing(service.issueComment("WEB-1", text), "invalid_comment");
    assert.match(error.message, words);
  });
}

bound(
  "a comment of the longest length is sent, with its lines as they are and without blank ends",
  [
    WITH_COMMENTS,
    add(ok(comment(1)), "x".repeat(LONGEST_COMMENT)),
    add(ok(comment(2)), "  a\n\tb"),
  ],
  async ({ service }) => {
    await service.issueComment("WEB-1", "x".repeat(LONGEST_COMMENT));
    const { state } = await service.issueComment("WEB-1", "\r\n  a\r\n\tb \r\n\n");
    assert.equal(state, "at_host");
  },
);

bound(
  "a comment that the host has delivered meanwhile is added, one on its way waits",
  [
    WITH_COMMENTS,
    add(ok(comment(1, WAITING))),
    list(comments([comment(1, WAITING)]), { comment_id: "c1" }),
    list(comments([comment(1)]), { comment_id: "c1" }),
    add(ok(comment(2, WAITING)), "Again"),
    ...Array.from(
      { length: 4 },
      () => list(comments([comment(2, WAITING)]), { comment_id: "c2" }),
    ),
  ],
  async ({ service, platform }) => {
    let told = 0;
    const onWaiting = () => void told++;
    const pulled = platform.clock.sleeps.length;
    const { comment, state, ref } = await service.issueComment("WEB-1", "Seen", { onWaiting });
    assert.deepEqual([state, comment.id, ref.key, told], ["added", "c1", "WEB-1", 1]);
    assert.deepEqual(platform.clock.sleeps.slice(pulled), [500, 1_500]);
    assert.equal((await service.issueComment("WEB-1", "Again")).state, "waiting");
    assert.deepEqual(platform.clock.sleeps.slice(pulled + 2), [500, 1_500, 3_000, 5_000]);
  },
);

bound(
  "a comment that the tracker refuses says why",
  [
    WITH_COMMENTS,
    add(ok(comment(1, WAITING))),
    list(
      comments([comment(1, { delivery: { state: "failed", message: "The issue is locked" } })]),
      {
        comment_id: "c1",
      },
    ),
  ],
  async ({ service }) => {
    const { comment, state } = await service.issueComment("WEB-1", "Seen");
    assert.equal(state, "failed");
    assert.deepEqual(comment.delivery, { state: "failed", message: "The issue is locked" });
  },
);

bound(
  "a delivery that cannot be looked for leaves the comment as waiting",
  [
    WITH_COMMENTS,
    add(ok(comment(1, WAITING))),
    list({ status: 500, json: errorEnvelope(500, "internal_error") }, { comment_id: "c1" }),
  ],
  async ({ service }) => {
    assert.equal((await service.issueComment("WEB-1", "Seen")).state, "waiting");
  },
);

bound(
  "a host that shows no comment alone is looked through for it",
  [
    WITH_COMMENTS,
    add(ok(comment(9, WAITING))),
    list(comments([comment(1)], "c_2"), { comment_id: "c9" }),
    list(comments([comment(1)], "c_2")),
    list(comments([comment(9)]), { cursor: "c_2" }),
    add(ok(comment(8, WAITING)), "Gone"),
    ...Array.from({ length: 4 }, () => list(comments([]), { comment_id: "c8" })),
  ],
  async ({ service }) => {
    assert.equal((await service.issueComment("WEB-1", "Seen")).state, "added");
    assert.equal((await service.issueComment("WEB-1", "Gone")).state, "waiting");
  },
);

const stopping = new AbortController();

bound(
  "Ctrl-C while a comment is sent says how to repeat it, and it keeps its key",
  [
    WITH_COMMENTS,
    add(({ signal }) => {
      stopping.abort();
      return Promise.reject(signal.reason);
    }),
    add(ok(comment(1))),
  ],
  async (machine) => {
    const { signal } = stopping;
    const sent = machine.service.issueComment("WEB-1", "Seen", { signal });
    const error = await failing(sent, "interrupted");
    assert.match(error.nextAction ?? "", /a comment that has arrived is not written twice\.$/);
    await machine.service.issueComment("WEB-1", "Seen");
    const [first, second] = keys(machine);
    assert.equal(first, second);
  },
);

bound(
  "Ctrl-C ends the waiting for a delivery, not the comment",
  [WITH_COMMENTS, add(ok(comment(1, WAITING)))],
  async ({ service }) => {
    const controller = new AbortController();
    const { state } = await service.issueComment("WEB-1", "Seen", {
      signal: controller.signal,
      onWaiting: () => controller.abort(),
    });
    assert.equal(state, "waiting");
  },
);

for (
  const [name, reply, code] of [
    ["the connection drops", { fail: "connection reset" }, "network_error"],
    [
      "the host fails",
      { status: 500, json: errorEnvelope(500, "internal_error") },
      "internal_error",
    ],
    ["the answer is no answer", { status: 200, text: "<html>" }, "invalid_response"],
  ] as const
) {
  bound(
    `the same comment has the same key after ${name}, and another one once it was answered`,
    [
      WITH_COMMENTS,
      add(reply),
      add(ok(comment(2)), "Another"),
      WITH_COMMENTS,
      add({ ...ok(comment(1)), headers: { "idempotency-replayed": "true" } }),
      add(ok(comment(3))),
    ],
    async (machine) => {
      const error = await failing(machine.service.issueComment("WEB-1", "Seen"), code);
      assert.match(error.nextAction ?? "", /a comment that has arrived is not written twice\.$/);
      await machine.service.issueComment("WEB-1", "Another");
      // Another process, later on.
      const repeated = await (await machine.again()).issueComment("WEB-1", "Seen");
      assert.equal(repeated.wasThere, true);
      const fresh = await machine.service.issueComment("WEB-1", "Seen");
      assert.equal(fresh.wasThere, false);
      const [first, other, second, third] = keys(machine);
      assert.equal(first, second);
      assert.equal(new Set([first, other, third]).size, 3);
    },
  );
}

bound(
  "a key of long ago is not used again, for the host has forgotten it",
  [WITH_COMMENTS, add({ fail: "connection reset" }), add(ok(comment(1)))],
  async (machine) => {
    await failing(machine.service.issueComment("WEB-1", "Seen"), "network_error");
    machine.platform.clock.advance(24 * 3_600_000);
    await machine.service.issueComment("WEB-1", "Seen");
    const [first, second] = keys(machine);
    assert.notEqual(first, second);
  },
);

bound(
  "a comment that the host refuses is told in its words, and leaves no key behind",
  [
    WITH_COMMENTS,
    add({ status: 422, json: errorEnvelope(422, "validation_error") }),
    add({ status: 403, json: errorEnvelope(403, "forbidden") }),
    add(ok(comment(1))),
  ],
  async (machine) => {
    await failing(machine.service.issueComment("WEB-1", "Seen"), "validation_error");
    await failing(machine.service.issueComment("WEB-1", "Seen"), "forbidden");
    await machine.service.issueComment("WEB-1", "Seen");
    assert.equal(new Set(keys(machine)).size, 2);
    using store = await machine.store();
    assert.deepEqual(store.pushes.list(), []);
  },
);

bound(
  "a session that is renewed on the way sends the comment under the same key",
  [
    WITH_COMMENTS,
    add({ status: 401, json: errorEnvelope(401, "unauthorized") }),
    add(ok(comment(1))),
  ],
  async (machine) => {
    await machine.service.issueComment("WEB-1", "Seen");
    const [first, second] = keys(machine);
    assert.equal(first, second);
  },
);

bound(
  "a push that begins meanwhile does not forget the key of a comment",
  [WITH_COMMENTS, add({ fail: "connection reset" }), add(ok(comment(1)))],
  async (machine) => {
    await failing(machine.service.issueComment("WEB-1", "Seen"), "network_error");
    {
      using store = await machine.store();
      store.pushes.open("changes", { content: "[]", key: "k" }, 0);
      assert.equal(store.pushes.unanswered(), 1);
    }
    await machine.service.issueComment("WEB-1", "Seen");
    const [first, second] = keys(machine);
    assert.equal(first, second);
  },
);

bound(
  "a host that takes its time over a comment is waited for",
  [
    WITH_COMMENTS,
    add(accepted("op_1")),
    operation("op_1", { status: "running" }),
    operation("op_1", { status: "completed", result: { id: "c1", body: "Seen" } }),
  ],
  async ({ service, platform }) => {
    const { comment, state } = await service.issueComment("WEB-1", "Seen");
    assert.deepEqual(comment, { author: null, createdAt: null, text: "Seen" });
    assert.equal(state, "at_host");
    assert.doesNotMatch(platform.stderr(), /does not say what it did/);
  },
);

bound(
  "an operation that fails says why the comment was not written",
  [
    WITH_COMMENTS,
    add(accepted("op_1")),
    operation("op_1", { status: "failed", error: errorEnvelope(422, "validation_error") }),
  ],
  async ({ service }) =>
    void await failing(
      service.issueComment("WEB-1", "Seen"),
      "validation_error",
    ),
);
