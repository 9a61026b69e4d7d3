import assert from "node:assert/strict";
import { EditableIssues } from "../../src/sync/editable_issues.ts";
import type { EditContext } from "../../src/sync/edits.ts";
import { sendableFields, waitingIssues } from "../../src/sync/issue_view.ts";
import type { SyncStore } from "../../src/sync/store.ts";
import { memoryStore } from "../support/memory_store.ts";
import { editsAt, takeIn, theirsAt } from "./scene.ts";

/** Issues over a store in memory, edited from 30 on. */
class Issues extends EditableIssues {
  readonly store: SyncStore = memoryStore();
  #now = 30;

  protected override async reading<T>(read: (store: SyncStore) => T): Promise<T> {
    return await read(this.store);
  }

  protected override async editing<T>(edit: (context: EditContext) => T): Promise<T> {
    return await edit(editsAt(this.store, this.#now++));
  }
}

Deno.test("an issue shows its edits, its conflicts and what was refused", async () => {
  const issues = new Issues();
  takeIn(issues.store, theirsAt(10), 20);
  await issues.issueEdit("a", { title: "Ours", status: "done", priority: 1 });
  const stored = issues.store.issues.require("a");
  const fault = { code: "no", message: "No", at: 31 };
  issues.store.issues.put({ ...stored, edits: { ...stored.edits, status: { at: 30, fault } } });
  takeIn(issues.store, theirsAt(40, { title: "Theirs" }), 50, { isOwnWrite: true });
  const view = await issues.issueShow("a");
  assert.deepEqual([view.isNew, view.issue.status, view.issue.title], [false, "todo", "Ours"]);
  assert.deepEqual(view.pending.map(({ field }) => field), ["title", "status", "priority"]);
  assert.deepEqual(view.conflicts.map(({ field }) => field), ["title"]);
  assert.deepEqual(view.refused.map(({ field, wanted }) => [field, wanted]), [["status", "done"]]);
  assert.deepEqual(sendableFields(view), ["priority"]);
  assert.deepEqual([...waitingIssues(issues.store)], [["a", view]]);
  await assert.rejects(issues.issueShow("z"), { code: "issue_not_found" });
});

Deno.test("a conflict is listed, settled, and its edit discarded", async () => {
  const issues = new Issues();
  takeIn(issues.store, theirsAt(10), 20);
  await issues.issueEdit("a", { title: "Ours" });
  takeIn(issues.store, theirsAt(40, { title: "Theirs" }), 50);
  const [conflict] = await issues.conflicts();
  const { kind } = await issues.resolveConflict({ id: conflict?.id ?? 0, take: "ours" });
  assert.deepEqual([kind, (await issues.conflicts())[0]?.taken], ["resolved", "ours"]);
  const { changes } = await issues.issueDiscard("a");
  assert.deepEqual(changes, [{ field: "title", from: "Ours", to: "Theirs" }]);
});

Deno.test("an empty name of a label or a person is none, and takes those away that there are", async () => {
  const issues = new Issues();
  takeIn(issues.store, theirsAt(10), 20);
  const empty = { labels: [""], assignees: [" "] };
  assert.deepEqual((await issues.issueEdit("a", empty)).changes, []);
  await issues.issueEdit("a", { labels: ["x"], assignees: ["ada"] });
  const { issue } = await issues.issueEdit("a", { labels: ["", ""], assignees: [""] });
  assert.deepEqual([issue.labels, issue.assignees], [[], []]);
  assert.deepEqual((await issues.issueDiscard("a")).changes, []);
  const made = await issues.issueCreate({ title: "New", body: "", ...empty });
  assert.deepEqual(made.changes.map(({ field }) => field), ["title"]);
});

Deno.test("issues are made, made of others, and listed", async () => {
  const issues = new Issues();
  const { issue } = await issues.issueCreate({ title: "New", labels: ["x"] });
  assert.equal((await issues.issueShow(issue.ref.id)).isNew, true);
  assert.deepEqual((await issues.issueShow(issue.ref.id)).pending, []);
  const again = await issues.issueCreateFrom(issue.ref.id, { title: "Again" });
  assert.deepEqual([again.issue.title, again.issue.labels], ["Again", ["x"]]);
  assert.deepEqual((await issues.issueList()).map(({ title }) => title).sort(), ["Again", "New"]);
  assert.deepEqual((await issues.issueList({ text: "aga" })).length, 1);
});
