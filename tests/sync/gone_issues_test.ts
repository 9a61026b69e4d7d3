import assert from "node:assert/strict";
import { discardEdits } from "../../src/sync/discard.ts";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { comeBack, goneError, isGone, takeAway } from "../../src/sync/gone_issues.ts";
import { pendingFields } from "../../src/sync/pending_fields.ts";
import { aSide, editsAt, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

onEveryStore("a gone issue without edits is taken away", (store) => {
  takeIn(store, theirsAt(10), 20);
  assert.deepEqual(takeAway(store, "a", 30), { kind: "removed", id: "a", title: "Base" });
  assert.equal(store.get("a"), null);
  assert.deepEqual(takeAway(store, "a", 40), { kind: "left" });
});

onEveryStore("an issue that is not there yet is not gone", (store) => {
  const { issue } = createIssue(editsAt(store, 5), { title: "New" });
  assert.deepEqual(takeAway(store, issue.ref.id, 30), { kind: "left" });
  assert.equal(store.get(issue.ref.id)?.title, "New");
});

onEveryStore("a gone issue with edits is kept, marked, and told once with the way out", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 25), "a", { title: "Ours" });
  const told = takeAway(store, "a", 30);
  assert.ok(told.kind === "kept");
  assert.deepEqual([told.id, told.title, told.code], ["a", "Ours", "issue_gone"]);
  assert.match(told.message, /`tracker issue discard a`.*`tracker issue create --from a`/);
  assert.deepEqual(takeAway(store, "a", 40), { kind: "known" });
  assert.deepEqual(store.issues.refused().map(({ wanted, code }) => [wanted, code]), [
    ["Ours", "issue_gone"],
  ]);
  const { writable } = pendingFields({ store, side: aSide() }, store.issues.require("a"));
  assert.deepEqual(writable, []);
});

onEveryStore("an issue that a write did not find is gone like any other", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 25), "a", { title: "Ours" });
  assert.equal(goneError(store, "a", 30).code, "issue_gone");
  assert.deepEqual(takeAway(store, "a", 40), { kind: "known" });
});

onEveryStore("an issue that comes back as it was has its edits sent again", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 25), "a", { title: "Ours" });
  takeAway(store, "a", 30);
  comeBack(store, "a");
  comeBack(store, "unknown");
  assert.deepEqual(store.issues.require("a").edits, { title: { at: 25 } });
});

onEveryStore(
  "a mark goes when the issue is shown again, also in the answer to a write",
  (store) => {
    takeIn(store, theirsAt(10), 20);
    editIssue(editsAt(store, 25), "a", { title: "Ours" });
    takeAway(store, "a", 30);
    takeIn(store, theirsAt(10), 40, { isOwnWrite: true });
    assert.equal(isGone(store.issues.require("a").edits), false);
    assert.equal(store.get("a")?.title, "Ours");
  },
);

onEveryStore("a refusal of another reason does not go with an issue that was not gone", (store) => {
  takeIn(store, theirsAt(10), 20);
  const fault = { code: "invalid", message: "No", at: 30 };
  const stored = store.issues.require("a");
  const issue = { ...stored.issue, title: "Ours" };
  store.issues.put({ ...stored, issue, edits: { title: { at: 25, fault } } });
  comeBack(store, "a");
  assert.deepEqual(store.issues.require("a").edits, { title: { at: 25, fault } });
});

onEveryStore("a gone issue goes with the last of its edits", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 25), "a", { title: "Ours", status: "done" });
  takeAway(store, "a", 30);
  const one = discardEdits({ store, now: 35 }, "a", ["title"]);
  assert.deepEqual([one.removed, store.get("a")?.status], [false, "todo"]);
  const all = discardEdits({ store, now: 40 }, "a", []);
  assert.deepEqual(all.changes, [{ field: "status", from: "done", to: "todo" }]);
  assert.deepEqual([all.removed, store.get("a")], [true, null]);
});

onEveryStore("another edit of a gone issue waits too, and says the way out", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 25), "a", { title: "Ours" });
  takeAway(store, "a", 30);
  const { changes, unwritable } = editIssue(editsAt(store, 35), "a", { body: "More" });
  assert.deepEqual(changes.map(({ field }) => field), ["body"]);
  assert.deepEqual(unwritable.map(({ field }) => field), ["body"]);
  assert.match(unwritable[0]?.reason ?? "", /`tracker issue create --from a`/);
  assert.deepEqual(takeAway(store, "a", 40), { kind: "known" });
});
