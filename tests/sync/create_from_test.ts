import assert from "node:assert/strict";
import type { IssueLink } from "../../src/contract/issue.ts";
import { createIssueFrom } from "../../src/sync/create_from.ts";
import { editIssue } from "../../src/sync/edits.ts";
import { fieldsOf } from "../../src/sync/fields.ts";
import { takeAway } from "../../src/sync/gone_issues.ts";
import { aSide, editsAt, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

const SELF = { system: "linear", workspace: "acme", id: "a" };
const OTHER = { ...SELF, id: "b" };

onEveryStore("an issue that is gone is created again with what was wanted of it", (store) => {
  takeIn(store, theirsAt(10, { labels: ["x"], priority: 2 }), 20);
  editIssue(editsAt(store, 25), "a", { title: "Ours" });
  takeAway(store, "a", 30);
  const { issue, changes, unwritable } = createIssueFrom(editsAt(store, 40), "a");
  assert.deepEqual(changes.map(({ field }) => field), ["title", "priority", "labels"]);
  assert.deepEqual([issue.title, issue.labels, issue.priority], ["Ours", ["x"], 2]);
  assert.deepEqual(unwritable, []);
  const stored = store.issues.require(issue.ref.id);
  assert.equal(stored.base, null);
  assert.deepEqual(stored.edits["labels"], { at: 40, made: true });
  assert.equal(store.issues.require("a").issue.title, "Ours", "the other one stays as it is");
});

onEveryStore(
  "a copy has no link to what it was copied from, and the changes asked for",
  (store) => {
    const links: IssueLink[] = [
      { type: "relates_to", ref: SELF },
      { type: "blocked_by", ref: OTHER },
    ];
    takeIn(store, theirsAt(10, { links, parent_ref: SELF, status: "done" }), 20);
    const { issue } = createIssueFrom(editsAt(store, 40), "a", { title: "Again", status: "todo" });
    const { parent, links: left, status, title } = fieldsOf(issue);
    assert.deepEqual({ parent, left, status, title }, {
      parent: null,
      left: [{ type: "blocked_by", ref: OTHER }],
      status: "todo",
      title: "Again",
    });
  },
);

onEveryStore("links that the tracker keeps at the other issue are left out and told", (store) => {
  takeIn(store, theirsAt(10, { links: [{ type: "blocks", ref: OTHER }] }), 20);
  const side = aSide({
    refusal: (field, { links }) =>
      field === "links" && links.some(({ type }) => type === "blocks") ? "No" : null,
  });
  const { issue, unwritable } = createIssueFrom(editsAt(store, 40, { side }), "a");
  assert.deepEqual(issue.links, []);
  assert.deepEqual(unwritable.map(({ id, field }) => [id, field]), [[issue.ref.id, "links"]]);
  const chosen = createIssueFrom(editsAt(store, 50, { side }), "a", { links: [] });
  assert.deepEqual(chosen.unwritable, []);
});

onEveryStore("of an issue that nobody knows nothing is made", (store) => {
  assert.throws(() => createIssueFrom(editsAt(store, 40), "z"), { code: "issue_not_found" });
  assert.deepEqual(store.list(), []);
});
