import assert from "node:assert/strict";
import type { PushItem } from "../../src/contract/push.ts";
import type { PushResult } from "../../src/contract/results.ts";
import { withUnanswered } from "../../src/client/unanswered.ts";

function item(id: string): PushItem {
  return {
    ref: { system: "linear", workspace: "acme", id },
    action: "update",
    patch: { title: "T" },
  };
}

function answer(ids: readonly string[], extra: Partial<PushResult> = {}): PushResult {
  return {
    status: "ok",
    summary: { total: ids.length, succeeded: ids.length, failed: 0, skipped: 0 },
    items: ids.map((id) => ({
      ref: item(id).ref,
      action: "update",
      outcome: "updated",
      remote_ref: null,
      version: null,
      message: null,
    })),
    item_errors: null,
    identity_path: null,
    ...extra,
  };
}

const SENT = [item("a"), item("b"), item("c")];

Deno.test("an item that the host says nothing about counts as failed", () => {
  const { status, summary, item_errors } = withUnanswered(SENT, answer(["a", "c"]));
  assert.equal(status, "partial");
  assert.deepEqual(summary, { total: 3, succeeded: 2, failed: 1, skipped: 0 });
  assert.deepEqual(item_errors?.map(({ ref, code }) => [ref.id, code]), [["b", "unanswered_item"]]);
});

Deno.test("an answer about nothing at all leaves every item failed", () => {
  const { summary } = withUnanswered(SENT, answer([]));
  assert.deepEqual(summary, { total: 3, succeeded: 0, failed: 3, skipped: 0 });
});

Deno.test("an item that stands among the errors alone is answered", () => {
  const error = { ref: item("b").ref, code: "x", message: "no", retryable: false };
  const told = answer(["a", "c"], { status: "partial", item_errors: [error] });
  assert.equal(withUnanswered(SENT, told), told);
});

Deno.test("a host that counts all and lists none has answered all", () => {
  const told = answer([], { summary: { total: 3, succeeded: 3, failed: 0, skipped: 0 } });
  assert.equal(withUnanswered(SENT, told), told);
});

Deno.test("of two items of one issue one answer is for one", () => {
  const { item_errors } = withUnanswered([item("a"), item("a")], answer(["a"]));
  assert.equal(item_errors?.length, 1);
});

Deno.test("an answer that is whole is left as it came", () => {
  const told = answer(["a", "b", "c"]);
  assert.equal(withUnanswered(SENT, told), told);
});

Deno.test("what is said twice of one item says nothing of another", () => {
  const twice = answer(["a", "a"], {
    summary: { total: 1, succeeded: 1, failed: 0, skipped: 0 },
  });
  const { item_errors } = withUnanswered([item("a"), item("b")], twice);
  assert.deepEqual(item_errors?.map(({ ref }) => ref.id), ["b"]);
});
