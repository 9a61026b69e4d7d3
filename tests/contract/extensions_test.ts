import assert from "node:assert/strict";
import { hasExtension } from "../../src/contract/mod.ts";
import { CommentsReader } from "../../src/contract/reading/comments.ts";
import { Reading } from "../../src/contract/reading/reading.ts";
import { validationReader } from "../../src/contract/reading/discovery.ts";
import {
  HealthReader,
  InstallationStatusReader,
  StatusReader,
} from "../../src/contract/reading/status.ts";
import { PullReader, PushReader } from "../../src/contract/reading/sync.ts";
import { anIssue, aPage, aRef } from "./samples.ts";

const reading = () => new Reading("linear");

Deno.test("a host offers what it lists, and nothing when it lists nothing", () => {
  const listed = HealthReader.read({ status: "ok", extensions: ["patch_sets"] }, reading());
  assert.equal(hasExtension(listed, "patch_sets"), true);
  assert.equal(hasExtension(listed, "removed"), false);
  for (const extensions of [undefined, null, "removed", { removed: true }]) {
    const health = HealthReader.read({ extensions }, reading());
    assert.equal(hasExtension(health, "removed"), false, JSON.stringify(extensions));
  }
});

Deno.test("extensions that are not known are kept, and what names none is left out", () => {
  const body = { version: 3, extensions: ["teleport", null, 7, {}, "revoke"], region: "eu" };
  assert.deepEqual(HealthReader.read(body, reading()), {
    status: "ok",
    version: "3",
    extensions: ["teleport", "7", "revoke"],
    region: "eu",
  });
});

Deno.test("the version of an issue is text, a number or nothing", () => {
  for (const [told, version] of [["7", "7"], [7, "7"], [null, null], [" ", null]] as const) {
    const page = PullReader.read(aPage([{ ...anIssue(), version: told }]), reading());
    assert.equal(page.items[0]?.version, version, JSON.stringify(told));
  }
  const plain = PullReader.read(aPage([anIssue()]), reading());
  assert.ok(plain.items[0] !== undefined && !("version" in plain.items[0]));
});

Deno.test("a conflict brings the issue as it is now, read like any other", () => {
  const now = { ref: { id: 5 }, title: "Now", status: "Done", version: 8 };
  const [error] = conflict({ current: now, at: "linear" });
  assert.equal(error?.details?.["at"], "linear");
  const current = error?.details?.["current"];
  assert.ok(current !== null && typeof current === "object");
  assert.deepEqual({ ...current }, {
    ...anIssue(),
    ref: { system: "linear", workspace: "unknown", id: "5" },
    title: "Now",
    status: "done",
    issue_type: "task",
    priority: 0,
    labels: [],
    created_at: "1970-01-01T00:00:00.000Z",
    updated_at: "1970-01-01T00:00:00.000Z",
    version: "8",
  });
});

Deno.test("a conflict whose issue cannot be read is still a conflict", () => {
  for (const details of [{ current: {} }, { current: "gone" }, null, "text", []]) {
    const [error] = conflict(details);
    assert.equal(error?.code, "version_conflict", JSON.stringify(details));
  }
  assert.deepEqual(conflict({ current: {}, field: "title" })[0]?.details, { field: "title" });
});

function conflict(details: unknown) {
  const error = { ref: aRef(), code: "version_conflict", message: "Changed", details };
  const answer = { items: [], item_errors: [error] };
  return PushReader.read(answer, reading()).item_errors ?? [];
}

Deno.test("comments of another make are read as far as they can be", () => {
  const page = CommentsReader.read({
    comments: [
      { id: 5, author: { login: "ada" }, body: null, created_at: 1772616600 },
      { id: "a", author: " ", body: "Seen", created_at: "2026-03-04T09:30:00+0100", url: 7 },
      { body: "without an id" },
      { id: "b", body: "x", created_at: "yesterday" },
    ],
    next_cursor: "",
  }, new Reading("linear"));
  assert.deepEqual(page.comments, [
    {
      id: "5",
      author: "ada",
      body: "",
      created_at: "2026-03-04T09:30:00.000Z",
      updated_at: "2026-03-04T09:30:00.000Z",
    },
    {
      id: "a",
      author: null,
      body: "Seen",
      created_at: "2026-03-04T09:30:00+01:00",
      updated_at: "2026-03-04T09:30:00+01:00",
      url: "7",
    },
  ]);
  assert.equal(page.next_cursor, null);
  assert.deepEqual(page.item_errors?.map(({ code, ref }) => [code, ref.id]), [
    ["unreadable_item", "comments[2]"],
    ["unreadable_item", "b"],
  ]);
});

Deno.test("what a host says of its connection is read as far as it can be", () => {
  const read = (connection: unknown) => {
    const { connection: seen } = StatusReader.read({ connection }, reading());
    const answer = validationReader("srm_1").read({ valid: true, connection }, reading());
    assert.ok(answer.valid);
    assert.deepEqual(answer.connection, seen);
    return seen;
  };
  assert.deepEqual(
    read({
      name: 7,
      state: "melted",
      since: 1772616600,
      until: "soon",
      waiting: "3",
      region: "eu",
    }),
    {
      name: "7",
      state: "melted",
      since: "2026-03-04T09:30:00.000Z",
      until: null,
      message: null,
      waiting: 3,
      region: "eu",
    },
  );
  const nothing = { name: null, state: null, message: null, waiting: null };
  assert.deepEqual(read({}), nothing);
  for (const none of [null, "github", 5, []]) assert.equal(read(none), null);
  assert.ok(!("connection" in StatusReader.read({}, reading())));
  const all = InstallationStatusReader.read({ connections: [null, {}, "x"] }, reading());
  assert.deepEqual(all.connections, [nothing]);
  assert.ok(!("connections" in InstallationStatusReader.read({}, reading())));
});
