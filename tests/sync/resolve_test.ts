import assert from "node:assert/strict";
import { discardEdits } from "../../src/sync/discard.ts";
import { createIssue, editIssue, type IssueEdit } from "../../src/sync/edits.ts";
import { fieldsOf } from "../../src/sync/fields.ts";
import { holdFields } from "../../src/sync/hold.ts";
import { everyField } from "../../src/sync/ownership.ts";
import { resolveConflict } from "../../src/sync/resolve.ts";
import { pendingFields } from "../../src/sync/pending_fields.ts";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";
import { aSide, editsAt, SHARED, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

const BODY = "one\ntwo\nthree";

/** Holds a conflict between an edit and a change; returns its id. */
function hold(store: SyncStore, ours: IssueEdit, theirs: Partial<NormalizedIssue>): number {
  takeIn(store, theirsAt(10, { body: BODY }), 20);
  editIssue(editsAt(store, 30), "a", ours);
  takeIn(store, theirsAt(40, { body: BODY, ...theirs }), 50);
  return store.conflicts.open("a")[0]?.id ?? 0;
}

for (
  const [taken, title, isSent] of [
    ["ours", "Ours", true],
    ["theirs", "Theirs", false],
    ["base", "Base", true],
  ] as const
) {
  onEveryStore(`taking ${taken} settles a conflict${isSent ? ", and is sent" : ""}`, (store) => {
    const id = hold(store, { title: "Ours" }, { title: "Theirs" });
    const outcome = resolveConflict(editsAt(store, 60), id, taken);
    assert.deepEqual([outcome.kind, store.get("a")?.title], ["resolved", title]);
    assert.equal(outcome.conflict.resolvedAt, 60);
    assert.deepEqual(store.conflicts.open(), []);
    const { writable } = pendingFields({ store, side: aSide() }, store.issues.require("a"));
    assert.deepEqual(writable, isSent ? ["title"] : []);
    assert.equal(resolveConflict(editsAt(store, 70), id, taken).kind, "unchanged");
  });
}

onEveryStore("taking both of a text keeps our lines and then theirs, without a mark", (store) => {
  const id = hold(store, { body: "one\nours\nthree" }, { body: "one\ntheirs\nthree" });
  resolveConflict(editsAt(store, 60), id, "both");
  assert.equal(store.get("a")?.body, "one\nours\ntheirs\nthree");
});

onEveryStore("taking both of a set keeps all members", (store) => {
  const other = { system: "linear", workspace: "acme", id: "b" };
  takeIn(store, { ...theirsAt(10), ref: other }, 20);
  const id = hold(store, { links: [{ type: "blocks", id: "b" }] }, {
    links: [{ type: "relates_to", ref: other }],
  });
  resolveConflict(editsAt(store, 60), id, "both");
  assert.deepEqual(store.get("a")?.links.map(({ type }) => type), ["relates_to", "blocks"]);
});

onEveryStore("a value before the conflict that nobody knows cannot be taken", (store) => {
  const conflict = store.conflicts.load(hold(store, { title: "Ours" }, { title: "Theirs" }));
  assert.ok(conflict !== null);
  store.conflicts.keep({ ...conflict, base: null, taken: "theirs" }, 55);
  const id = store.conflicts.list().find(({ base }) => base === null)?.id ?? 0;
  assert.throws(() => resolveConflict(editsAt(store, 60), id, "base"), { code: "base_unknown" });
  assert.equal(store.conflicts.load(id)?.taken, "theirs");
});

onEveryStore(
  "both of one value, an unknown conflict and the tracker's fields are refused",
  (store) => {
    const id = hold(store, { title: "Ours" }, { title: "Theirs" });
    assert.throws(() => resolveConflict(editsAt(store, 60), id, "both"), { code: "not_a_set" });
    assert.throws(() => resolveConflict(editsAt(store, 60), 99, "ours"), {
      code: "conflict_not_found",
    });
    const rules = { ...SHARED, ownership: everyField("external") };
    assert.throws(() => resolveConflict(editsAt(store, 60, { rules }), id, "ours"), {
      code: "field_owned_by_tracker",
    });
    assert.equal(resolveConflict(editsAt(store, 60, { rules }), id, "theirs").kind, "resolved");
  },
);

onEveryStore("a held conflict is told once, and again when a side says something else", (store) => {
  hold(store, { title: "Ours" }, { title: "Theirs" });
  assert.deepEqual(takeIn(store, theirsAt(40, { title: "Theirs", body: BODY }), 60), []);
  const [told] = takeIn(store, theirsAt(65, { title: "Newer", body: BODY }), 70);
  assert.equal(told?.kind, "conflict");
  assert.equal(store.conflicts.open("a").length, 1);
  takeIn(store, theirsAt(75, { title: "Ours", body: BODY }), 80);
  assert.deepEqual(store.conflicts.list().map(({ taken }) => taken), ["agreed"]);
});

onEveryStore(
  "a conflict that was met with a clock ahead is not decided when that time has passed",
  (store) => {
    takeIn(store, theirsAt(10), 20);
    editIssue(editsAt(store, 5_000), "a", { title: "Ours" });
    takeIn(store, theirsAt(40, { title: "Theirs" }), 50);
    takeIn(store, theirsAt(40, { title: "Theirs" }), 9_000);
    assert.equal(store.conflicts.open("a").length, 1);
  },
);

onEveryStore(
  "fields that keep changing at the other side are held where both still differ",
  (store) => {
    takeIn(store, theirsAt(10), 20);
    editIssue(editsAt(store, 30), "a", { title: "Ours", status: "done" });
    const theirs = theirsAt(40, { title: "Theirs", status: "done" });
    const events: SyncEvent[] = [];
    const context = { store, now: 50, onEvent: (event: SyncEvent) => void events.push(event) };
    const versions = { base: fieldsOf(theirsAt(10)), theirs, seenAt: 20 };
    holdFields(context, "a", ["title", "status"], versions);
    holdFields(context, "a", ["title"], versions);
    assert.deepEqual(events.map((event) => event.kind === "conflict" && event.field), ["title"]);
    const [held] = store.conflicts.open("a");
    assert.deepEqual([held?.base, held?.ours, held?.theirs, held?.times], [
      "Base",
      "Ours",
      "Theirs",
      { ours: 30, theirs: 40, seen: 20 },
    ]);
  },
);

onEveryStore("a draft is dropped as a whole, and not while others name it", (store) => {
  const { issue } = createIssue(editsAt(store, 30), { title: "Parent" });
  const { id } = issue.ref;
  const child = createIssue(editsAt(store, 31), { title: "Child", parent: id }).issue;
  const context = { store, now: 40 };
  assert.throws(() => discardEdits(context, id, ["title"]), { code: "invalid_edit" });
  assert.throws(() => discardEdits(context, id, []), { message: new RegExp(child.ref.id) });
  discardEdits(context, child.ref.id, []);
  assert.equal(discardEdits(context, id, []).removed, true);
  assert.deepEqual(store.list(), []);
});
