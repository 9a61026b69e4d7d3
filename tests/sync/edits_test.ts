import assert from "node:assert/strict";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { everyField } from "../../src/sync/ownership.ts";
import {
  forgetFaults,
  noteAnswer,
  noteSent,
  refuseDraft,
  together,
} from "../../src/sync/sent_edits.ts";
import { pendingFields } from "../../src/sync/pending_fields.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import { anIssue } from "../support/issues.ts";
import { aSide, editsAt, SHARED, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

const REF = { system: "linear", workspace: "acme", id: "b", key: "ENG-2" };

function at(store: SyncStore, now: number) {
  return { store, clock: { now: () => now } };
}

onEveryStore("an edit sets what it names, and each field has its own time", (store) => {
  takeIn(store, theirsAt(10), 20);
  takeIn(store, anIssue("b", { ref: REF }), 20);
  editIssue(editsAt(store, 30), "a", { title: "Ours", body: null });
  const { changes, issue } = editIssue(editsAt(store, 40), "a", {
    issueType: "bug",
    parent: "eng-2",
    links: [{ type: "blocked_by", id: "b" }],
    customFields: { p: 1 },
  });
  assert.deepEqual(changes.map(({ field }) => field), [
    "issue_type",
    "parent",
    "links",
    "custom_fields",
  ]);
  assert.deepEqual([issue.parent_ref, issue.links[0]?.ref], [REF, REF]);
  const { edits } = store.issues.require("a");
  assert.deepEqual([edits["title"], edits["links"], edits["body"]], [
    { at: 30 },
    { at: 40 },
    undefined,
  ]);
});

onEveryStore("an edit back to what is at the tracker is no edit any more", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 30), "a", { title: "Ours" });
  editIssue(editsAt(store, 31), "a", { title: "Base" });
  assert.deepEqual(store.issues.pending(), []);
  assert.deepEqual(editIssue(editsAt(store, 32), "a", { title: "Base" }).changes, []);
});

onEveryStore("an edit without a title, an issue or an owner's leave is refused", (store) => {
  takeIn(store, theirsAt(10), 20);
  const edit = (changes: Parameters<typeof editIssue>[2], key = "a", rules = SHARED) => () =>
    editIssue(editsAt(store, 30, { rules }), key, changes);
  assert.throws(edit({ title: " " }), { code: "invalid_edit" });
  assert.throws(edit({ title: "X" }, "z"), { code: "issue_not_found" });
  assert.throws(edit({ parent: "z" }), { code: "issue_not_found" });
  const owned = { ...SHARED, ownership: everyField("external") };
  assert.throws(edit({ title: "X" }, "a", owned), {
    code: "field_owned_by_tracker",
    nextAction: /bind with `--doctrine-mode split_ownership`/,
  });
  const some = { ...SHARED, ownership: { ...everyField("external"), body: "shared" as const } };
  assert.throws(edit({ title: "X" }, "a", some), {
    nextAction: /--field-owner status=external/,
  });
  const one = { ...SHARED, ownership: { ...everyField("shared"), title: "external" as const } };
  assert.throws(edit({ title: "X" }, "a", one), { nextAction: /--field-owner title=shared/ });
});

onEveryStore(
  "a link that the tool keeps at the other issue is refused with the command for it",
  (store) => {
    takeIn(store, theirsAt(10), 20);
    takeIn(store, anIssue("b", { ref: REF, links: [{ type: "relates_to", ref: REF }] }), 20);
    const side = aSide({
      refusal: (field, { links }) =>
        field === "links" && links.some(({ type }) => type === "blocks") ? "No" : null,
    });
    const links = [{ type: "blocks", id: "b" }] as const;
    const context = editsAt(store, 30, { side });
    assert.throws(() => editIssue(context, "a", { links }), {
      code: "link_kept_elsewhere",
      nextAction: "Run `tracker issue edit ENG-2 --link relates_to=ENG-2 --link blocked_by=a`.",
    });
    assert.throws(() => createIssue(context, { title: "New", links }), {
      nextAction:
        /^Create it without the link, then run `tracker issue edit ENG-2 .*=KEY` with its key/,
    });
  },
);

onEveryStore("fields that the side cannot take are told when they are edited", (store) => {
  takeIn(store, theirsAt(10), 20);
  const side = aSide({ refusal: (field) => field === "priority" ? "It has none" : null });
  const { unwritable } = editIssue(editsAt(store, 30, { side }), "a", { priority: 1, title: "X" });
  assert.deepEqual(unwritable, [{ id: "a", title: "X", field: "priority", reason: "It has none" }]);
  const { writable, refused } = pendingFields({ store, side }, store.issues.require("a"));
  assert.deepEqual([writable, refused], [["title"], [{
    field: "priority",
    reason: "It has none",
  }]]);
});

onEveryStore("an edit after a reading that is yet to come forgets that reading", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 19), "a", { title: "Ours" });
  assert.equal(store.issues.require("a").seenAt, null);
});

onEveryStore("a refused edit waits with its reason until it is edited, or sent again", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 30), "a", { title: "Ours", status: "done" });
  noteSent(at(store, 40), "a", { title: "Ours", status: "done" });
  assert.equal(store.issues.require("a").edits["title"]?.sent, "Ours");
  const failures = [
    { fields: ["status"] as const, code: "blocked", message: "It is blocked", isRefusal: true },
    { fields: ["title"] as const, code: "timeout", message: "No answer", isRefusal: false },
  ];
  noteAnswer(at(store, 50), "a", { title: "Ours", status: "done" }, failures);
  const { edits } = store.issues.require("a");
  assert.deepEqual(edits, {
    title: { at: 30 },
    status: { at: 30, fault: { code: "blocked", message: "It is blocked", at: 50 } },
  });
  const { writable, refusedBefore } = pendingFields(
    { store, side: aSide() },
    store.issues.require("a"),
  );
  assert.deepEqual([writable, refusedBefore], [["title"], [{
    field: "status",
    reason: "It is blocked",
  }]]);
  forgetFaults(at(store, 60));
  assert.deepEqual(store.issues.refused(), []);
});

onEveryStore("an edit of the meantime is not what was refused", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 30), "a", { status: "done" });
  noteSent(at(store, 40), "a", { status: "done" });
  editIssue(editsAt(store, 45), "a", { status: "in_progress" });
  const refusal = { fields: ["status"] as const, code: "no", message: "No", isRefusal: true };
  noteAnswer(at(store, 50), "a", { status: "done" }, [refusal]);
  assert.deepEqual(store.issues.require("a").edits, { status: { at: 45 } });
});

onEveryStore("an issue that could not be made waits with its reason", (store) => {
  const { issue } = createIssue(editsAt(store, 30), { title: "New" });
  refuseDraft(at(store, 40), issue.ref.id, { code: "no", message: "No" });
  assert.deepEqual(store.issues.require(issue.ref.id).edits, {
    title: { at: 30, made: true, fault: { code: "no", message: "No", at: 40 } },
  });
});

Deno.test("fields that failed alike are one failure", () => {
  const failure = { code: "no", message: "No", isRefusal: true };
  assert.deepEqual(
    together([
      { ...failure, fields: ["title"] },
      { ...failure, fields: ["body"], message: "Other" },
      { ...failure, fields: ["status", "title"] },
    ]),
    [{ ...failure, fields: ["title", "status"] }, {
      ...failure,
      fields: ["body"],
      message: "Other",
    }],
  );
});
