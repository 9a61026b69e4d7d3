import assert from "node:assert/strict";
import { adopt, waitsForParent } from "../../src/sync/adopt.ts";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { everyField } from "../../src/sync/ownership.ts";
import type { NormalizedIssue } from "../../src/contract/issue.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import { anIssue } from "../support/issues.ts";
import { memoryStore } from "../support/memory_store.ts";
import { aSide, editsAt, SHARED } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

const KEYED = { system: "linear", workspace: "acme", id: "id-1", key: "ENG-1" };

function adoptAs(
  store: SyncStore,
  localId: string,
  fresh: NormalizedIssue,
  base = fresh,
  rules = SHARED,
): void {
  store.transaction(() =>
    adopt(
      { store, side: aSide(), rules, now: 50, readAt: 40, onEvent: () => {} },
      localId,
      base,
      fresh,
    )
  );
}

onEveryStore("an issue that was made is like any other when nothing is left to send", (store) => {
  const { issue } = createIssue(editsAt(store, 30), { title: "New", labels: ["x"] });
  const fresh = anIssue("id-1", { ref: KEYED, title: "New", labels: ["x"] });
  adoptAs(store, issue.ref.id, fresh);
  assert.deepEqual(store.issues.require("id-1"), {
    issue: fresh,
    base: fresh,
    edits: {},
    seenAt: 40,
  });
  assert.equal(store.issues.find(issue.ref.id)?.issue.ref.key, "ENG-1");
});

onEveryStore(
  "what the other side did not take of an issue stays to be sent, no matter who owns it",
  (store) => {
    const { issue } = createIssue(editsAt(store, 30), { title: "New", status: "done" });
    const rules = { ...SHARED, ownership: everyField("external") };
    adoptAs(store, issue.ref.id, anIssue("id-1", { ref: KEYED, title: "New" }), undefined, rules);
    const stored = store.issues.require("id-1");
    assert.deepEqual([stored.issue.status, stored.edits], ["done", {
      status: { at: 30, made: true },
    }]);
  },
);

onEveryStore("what the other side made of an issue since then is not overwritten", (store) => {
  const { issue } = createIssue(editsAt(store, 30), { title: "New" });
  const base = anIssue("id-1", { ref: KEYED, title: "New" });
  adoptAs(store, issue.ref.id, { ...base, title: "Theirs" }, base);
  assert.equal(store.get("id-1")?.title, "Theirs");
});

onEveryStore("issues that name a new one name it by its new identity", (store) => {
  const { issue: parent } = createIssue(editsAt(store, 30), { title: "Parent" });
  const { id } = parent.ref;
  const { issue: child } = createIssue(editsAt(store, 31), { title: "Child", parent: id });
  const { issue: other } = createIssue(editsAt(store, 32), {
    title: "Other",
    links: [{ type: "blocks", id }],
  });
  createIssue(editsAt(store, 33), { title: `About ${id}` });
  assert.equal(waitsForParent(store, child), true);
  assert.equal(waitsForParent(store, parent), false);
  adoptAs(store, id, anIssue("id-1", { ref: KEYED, title: "Parent" }));
  assert.deepEqual(store.issues.require(child.ref.id).issue.parent_ref, KEYED);
  assert.deepEqual(store.issues.require(other.ref.id).issue.links[0]?.ref, KEYED);
  assert.equal(waitsForParent(store, store.issues.require(child.ref.id).issue), false);
});

Deno.test("the work package of a new issue follows it", () => {
  const store = memoryStore();
  const { issue } = createIssue(editsAt(store, 30), { title: "New" });
  store.map("WP01", issue.ref.id);
  editIssue(editsAt(store, 31), issue.ref.id, { priority: 1 });
  adoptAs(store, issue.ref.id, anIssue("id-1", { ref: KEYED, title: "New" }));
  assert.equal(store.mapped("WP01"), "id-1");
  assert.deepEqual(store.issues.require("id-1").edits, { priority: { at: 31, made: true } });
});
