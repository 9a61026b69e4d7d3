import assert from "node:assert/strict";
import type { StoredConflict } from "../../src/store/conflicts.ts";
import { discardEdits } from "../../src/sync/discard.ts";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { takeAway } from "../../src/sync/gone_issues.ts";
import { everyField } from "../../src/sync/ownership.ts";
import { type ConflictTake, resolveConflict } from "../../src/sync/resolve.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import { editsAt, SHARED, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

/** A held conflict: "Ours" since 30, "Theirs" since 40, met at 50. */
function held(store: SyncStore): void {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 30), "a", { title: "Ours" });
  takeIn(store, theirsAt(40, { title: "Theirs" }), 50);
}

function resolve(store: SyncStore, id: number, take: ConflictTake, now: number): void {
  resolveConflict(editsAt(store, now), id, take);
}

function told({ field, base, ours, theirs, taken }: StoredConflict) {
  return [field, base, ours, theirs, taken];
}

function openId(store: SyncStore): number {
  return store.conflicts.open("a")[0]?.id ?? 0;
}

for (
  const [name, rules, record] of [
    ["external_wins", { ...SHARED, strategy: "external_wins" }, "both_changed"],
    ["an owner at the tracker", { ...SHARED, ownership: everyField("external") }, "owner"],
  ] as const
) {
  onEveryStore(`a value that ${name} lost is in a record`, (store) => {
    takeIn(store, theirsAt(10), 20);
    editIssue(editsAt(store, 30), "a", { title: "Ours" });
    const events = takeIn(store, theirsAt(40, { title: "Theirs" }), 50, { rules });
    assert.deepEqual(events.map(({ kind }) => kind), ["conflict"]);
    const [conflict] = store.conflicts.list();
    assert.ok(conflict !== undefined);
    assert.deepEqual(told(conflict), ["title", "Base", "Ours", "Theirs", "theirs"]);
    assert.deepEqual([conflict.reason, conflict.times], [record, {
      ours: 30,
      theirs: 40,
      seen: 20,
    }]);
    assert.equal(store.get("a")?.title, "Theirs");
  });
}

onEveryStore("a held conflict that is discarded keeps what was wanted last", (store) => {
  held(store);
  editIssue(editsAt(store, 60), "a", { title: "Ours again" });
  discardEdits({ store, now: 70 }, "a", ["title"]);
  assert.deepEqual(store.conflicts.list().map(told), [
    ["title", "Base", "Ours", "Theirs", "edited"],
    ["title", "Base", "Ours again", "Theirs", "theirs"],
  ]);
  assert.equal(store.get("a")?.title, "Theirs");
});

onEveryStore("an edit that another one replaces while it is held is in a record", (store) => {
  held(store);
  const before = store.conflicts.open("a");
  editIssue(editsAt(store, 60), "a", { title: "Second" });
  editIssue(editsAt(store, 61), "a", { title: "Third" });
  assert.deepEqual(store.conflicts.list().map(told), [
    ["title", "Base", "Third", "Theirs", null],
    ["title", "Base", "Second", "Theirs", "edited"],
    ["title", "Base", "Ours", "Theirs", "edited"],
  ]);
  assert.deepEqual(store.conflicts.open("a").map(({ id }) => id), before.map(({ id }) => id));
});

onEveryStore(
  "an edit that says what the conflict tells anyway is in no further record",
  (store) => {
    held(store);
    editIssue(editsAt(store, 60), "a", { title: "Theirs" });
    editIssue(editsAt(store, 61), "a", { title: "Base" });
    editIssue(editsAt(store, 62), "a", { title: "Fourth", status: "done" });
    assert.deepEqual(store.conflicts.list().map(told), [
      ["title", "Base", "Fourth", "Theirs", null],
      ["title", "Base", "Ours", "Theirs", "edited"],
    ]);
  },
);

onEveryStore("a settled conflict holds both values as they were when it was settled", (store) => {
  held(store);
  editIssue(editsAt(store, 60), "a", { title: "Ours again" });
  resolve(store, openId(store), "base", 70);
  assert.deepEqual(told(store.conflicts.list()[1] ?? raise()), [
    "title",
    "Base",
    "Ours again",
    "Theirs",
    "base",
  ]);
});

onEveryStore("a later edit that settling an old conflict replaces is in a record", (store) => {
  held(store);
  const id = openId(store);
  resolve(store, id, "theirs", 60);
  editIssue(editsAt(store, 70), "a", { title: "Later" });
  resolve(store, id, "ours", 80);
  assert.equal(store.get("a")?.title, "Ours");
  assert.deepEqual(store.conflicts.list().map(told), [
    ["title", "Base", "Later", "Theirs", "edited"],
    ["title", "Base", "Ours", "Theirs", "ours"],
  ]);
  resolve(store, id, "theirs", 90);
  assert.equal(store.conflicts.list().length, 2, "what the record tells is not kept again");
});

onEveryStore("edits of a gone issue that are dropped are in records", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 30), "a", { title: "Ours", status: "done" });
  takeAway(store, "a", 40);
  discardEdits({ store, now: 50 }, "a", []);
  assert.deepEqual(store.conflicts.list().map(told).sort(), [
    ["status", "todo", "done", null, "dropped"],
    ["title", "Base", "Ours", null, "dropped"],
  ]);
});

onEveryStore("an issue that was only here and is dropped is in records", (store) => {
  const { issue } = createIssue(editsAt(store, 30), { title: "New", labels: ["x"] });
  assert.equal(discardEdits({ store, now: 50 }, issue.ref.id, []).removed, true);
  assert.deepEqual(store.conflicts.list().map(told).sort(), [
    ["labels", null, ["x"], null, "dropped"],
    ["title", null, "New", null, "dropped"],
  ]);
  for (const { id } of store.conflicts.list()) {
    assert.throws(() => resolve(store, id, "ours", 60), {
      code: "conflict_without_issue",
      nextAction: /--all --json`.*`tracker issue create`/,
    });
  }
});

onEveryStore(
  "a held conflict of a gone issue is dropped with it, and can be settled once it is back",
  (store) => {
    held(store);
    takeAway(store, "a", 50);
    discardEdits({ store, now: 60 }, "a", []);
    assert.deepEqual(store.conflicts.open(), []);
    assert.ok(store.conflicts.list().every(({ taken }) => taken === "dropped"));
    const [{ id = 0 } = {}] = store.conflicts.list();
    assert.throws(() => resolve(store, id, "ours", 70), { code: "conflict_without_issue" });
    takeIn(store, theirsAt(80), 90);
    resolve(store, id, "ours", 100);
    assert.equal(store.get("a")?.title, "Ours");
  },
);

onEveryStore("an issue that is taken away leaves no conflict open", (store) => {
  takeIn(store, theirsAt(10), 20);
  const values = {
    base: "A",
    ours: "B",
    theirs: "C",
    reason: "both_changed",
    taken: null,
  } as const;
  store.conflicts.record({ issueId: "a", field: "title", ...values }, 30);
  assert.equal(takeAway(store, "a", 40).kind, "removed");
  assert.deepEqual(store.conflicts.open(), []);
});

onEveryStore("edits that are dropped of an issue that is there are in no record", (store) => {
  takeIn(store, theirsAt(10), 20);
  editIssue(editsAt(store, 30), "a", { title: "Ours" });
  discardEdits({ store, now: 40 }, "a", []);
  assert.deepEqual(store.conflicts.list(), []);
});

function raise(): never {
  throw new Error("There is no such record");
}
