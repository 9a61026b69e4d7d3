import assert from "node:assert/strict";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { NewConflict } from "../../src/store/conflicts.ts";
import type { FieldEdits } from "../../src/store/edits.ts";
import type { StoredIssue } from "../../src/store/issues.ts";
import { anIssue } from "../support/issues.ts";
import { onEveryStore } from "./stores.ts";

function edited(
  id: string,
  edits: FieldEdits = { title: { at: 5 } },
  changes: Partial<NormalizedIssue> = {},
): StoredIssue {
  const base = anIssue(id, changes);
  return { issue: { ...base, title: `Ours ${id}` }, base, edits, seenAt: 3 };
}

function plain(id: string, changes: Partial<NormalizedIssue> = {}): StoredIssue {
  const issue = anIssue(id, changes);
  return { issue, base: issue, edits: {}, seenAt: null };
}

function aConflict(changes: Partial<NewConflict> = {}): NewConflict {
  return {
    issueId: "a",
    field: "title",
    reason: "both_changed",
    base: "Base",
    ours: "Ours",
    theirs: "Theirs",
    times: { ours: 1, theirs: 2, seen: 3 },
    taken: null,
    ...changes,
  };
}

const ids = (stored: readonly StoredIssue[]) => stored.map(({ issue }) => issue.ref.id);

onEveryStore("an issue comes back as it was put", ({ issues }) => {
  issues.put(edited("a"));
  assert.deepEqual(issues.load("a"), edited("a"));
  assert.equal(issues.load("b"), null);
  assert.throws(() => issues.require("b"), { code: "issue_not_found" });
});

onEveryStore("an issue that is as it was seen waits for nothing", ({ issues }) => {
  issues.put({ ...plain("a"), edits: { title: { at: 5 } } });
  assert.deepEqual(issues.load("a"), plain("a"));
  assert.deepEqual(issues.pending(), []);
});

onEveryStore("an edit that may have been sent waits, whatever the issue says", ({ issues }) => {
  const stored = { ...plain("a"), edits: { title: { at: 5, sent: "X" } } };
  issues.put(stored);
  assert.deepEqual(issues.pending(), [stored]);
});

onEveryStore("an issue is found by id, key in any case, and former id", ({ issues }) => {
  const ref = { system: "linear", workspace: "acme", id: "id-1", key: "ENG-1" };
  issues.put({ ...plain("local-1"), base: null, edits: { title: { at: 1, made: true } } });
  issues.adopt("local-1", plain("id-1", { ref }));
  for (const name of ["id-1", "ID-1", "eng-1", "local-1"]) {
    assert.equal(issues.find(name)?.issue.ref.id, "id-1", name);
  }
  assert.equal(issues.load("local-1"), null);
  assert.equal(issues.find("eng-2"), null);
});

onEveryStore("pending issues come by their latest edit", ({ issues }) => {
  issues.put(edited("a", { title: { at: 9 }, body: { at: 1 } }));
  issues.put(edited("c", { title: { at: 4 } }));
  issues.put(edited("b", { title: { at: 4 } }));
  issues.put(plain("d"));
  assert.deepEqual(ids(issues.pending()), ["b", "c", "a"]);
});

onEveryStore("pending issues that name another one are found", ({ issues }) => {
  const parent_ref = { system: "linear", workspace: "acme", id: "parent-1" };
  issues.put(edited("b", { title: { at: 1 } }, { parent_ref }));
  issues.put(plain("c", { parent_ref }));
  assert.deepEqual(ids(issues.pendingNaming("parent-1")), ["b"]);
});

onEveryStore("refused edits are listed, and are not the state of an issue", (store) => {
  const fault = { code: "invalid", message: "No", at: 7 };
  store.issues.put(edited("b", { title: { at: 5, fault } }));
  store.issues.put(edited("a", { title: { at: 5 } }));
  assert.deepEqual(store.issues.refused(), [
    { id: "b", field: "title", wanted: "Ours b", code: "invalid", message: "No" },
  ]);
  assert.equal(store.get("b")?.title, "Issue b");
  assert.equal(store.get("a")?.title, "Ours a");
  assert.equal(store.get("c"), null);
});

onEveryStore("issues are listed by filter, last changed first", (store) => {
  const at = (day: number) => `2026-01-0${day}T00:00:00Z`;
  store.issues.put(plain("a", { updated_at: at(1) }));
  store.issues.put(plain("b", { updated_at: at(3), status: "done" }));
  store.issues.put(plain("c", { updated_at: at(3), issue_type: "bug", body: "Fast 100%" }));
  const listed = (filter: Parameters<typeof store.list>[0]) =>
    store.list(filter).map(({ ref }) => ref.id);
  assert.deepEqual(listed({}), ["b", "c", "a"]);
  assert.deepEqual(listed({ limit: 2 }), ["b", "c"]);
  assert.deepEqual(listed({ status: ["done"] }), ["b"]);
  assert.deepEqual(listed({ issueType: ["bug"], status: [] }), ["c"]);
  assert.deepEqual(listed({ text: " 100% " }), ["c"]);
  assert.deepEqual(listed({ text: "ISSUE A" }), ["a"]);
});

onEveryStore("a removed issue is not here", ({ issues }) => {
  issues.put(edited("a"));
  issues.remove("a");
  assert.deepEqual([issues.load("a"), issues.pending()], [null, []]);
});

onEveryStore("a conflict comes back as it was recorded", ({ conflicts }) => {
  conflicts.record(aConflict(), 10);
  const [known] = conflicts.open("a");
  assert.deepEqual(known, { ...aConflict(), id: known?.id, detectedAt: 10, resolvedAt: null });
  assert.deepEqual(conflicts.load(known?.id ?? 0), known);
  assert.equal(conflicts.load(99), null);
  assert.deepEqual(conflicts.open("b"), []);
});

onEveryStore("one conflict is open for a field, with the values met last", ({ conflicts }) => {
  conflicts.record(aConflict(), 10);
  conflicts.record(aConflict({ theirs: "Newer" }), 20);
  conflicts.record(aConflict({ field: "body" }), 30);
  assert.deepEqual(
    conflicts.open().map(({ field, theirs, detectedAt }) => [field, theirs, detectedAt]),
    [["title", "Newer", 10], ["body", "Theirs", 30]],
  );
});

onEveryStore("a conflict that is settled is no longer open, and another one may be", (store) => {
  const { conflicts } = store;
  conflicts.record(aConflict(), 10);
  conflicts.record(aConflict({ taken: "theirs" }), 20);
  conflicts.record(aConflict(), 30);
  const [open] = conflicts.open("a");
  conflicts.close(open?.id ?? 0, "agreed", 40);
  conflicts.record(aConflict(), 50);
  assert.deepEqual(
    conflicts.list().map(({ taken, detectedAt, resolvedAt }) => [taken, detectedAt, resolvedAt]),
    [[null, 50, null], ["agreed", 30, 40], ["theirs", 10, 20]],
  );
});

onEveryStore("what is kept of a conflict leaves the open one as it is", ({ conflicts }) => {
  conflicts.record(aConflict(), 10);
  conflicts.keep({ ...aConflict({ ours: "Before" }), taken: "edited" }, 20);
  assert.deepEqual(
    conflicts.list().map(({ ours, taken, resolvedAt }) => [ours, taken, resolvedAt]),
    [["Ours", null, null], ["Before", "edited", 20]],
  );
});

onEveryStore("conflicts follow an issue to its new identity", ({ conflicts }) => {
  conflicts.record(aConflict({ issueId: "local-1" }), 10);
  conflicts.rename("local-1", "a");
  assert.deepEqual([conflicts.open("local-1").length, conflicts.open("a").length], [0, 1]);
});

onEveryStore("a transaction happens as a whole or not at all", (store) => {
  store.issues.put(plain("a"));
  assert.throws(() =>
    store.transaction(() => {
      store.issues.put(plain("b"));
      store.conflicts.record(aConflict(), 10);
      store.transaction(() => store.issues.remove("a"));
      throw new Error("stopped");
    }), /stopped/);
  assert.deepEqual(store.list().map(({ ref }) => ref.id), ["a"]);
  assert.deepEqual(store.conflicts.list(), []);
  assert.equal(store.transaction(() => store.issues.require("a").issue.title), "Issue a");
});
