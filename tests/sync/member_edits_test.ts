/** Labels and people that are added and removed one by one, beside what others do to the same sets. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { createIssue, editIssue, type IssueEdit } from "../../src/sync/edits.ts";
import { createIssueFrom } from "../../src/sync/create_from.ts";
import { memoryStore } from "../support/memory_store.ts";
import { aSide, editsAt, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

onEveryStore("members are added to what is there, and taken from it", (store) => {
  takeIn(store, theirsAt(10, { labels: ["ui", "old"], assignees: ["ada"] }), 20);
  const { issue, changes, absent } = editIssue(editsAt(store, 30), "a", {
    addLabels: ["new", "ui", "new"],
    removeLabels: ["old"],
    assign: ["bo"],
    unassign: ["ada"],
  });
  assert.deepEqual([issue.labels, issue.assignees], [["ui", "new"], ["bo"]]);
  assert.deepEqual(changes.map(({ field }) => field), ["assignees", "labels"]);
  assert.equal(absent, undefined);
});

onEveryStore("what is not there to remove is named, beside one of another case", (store) => {
  takeIn(store, theirsAt(10, { labels: ["Bug"] }), 20);
  const edit = { removeLabels: ["bug", "x"], unassign: ["ada"] };
  const { changes, absent } = editIssue(editsAt(store, 30), "a", edit);
  assert.deepEqual(changes, []);
  assert.deepEqual(absent, [
    { field: "labels", name: "bug", similar: "Bug" },
    { field: "labels", name: "x" },
    { field: "assignees", name: "ada" },
  ]);
  assert.deepEqual(store.issues.pending(), []);
  const more = editIssue(editsAt(store, 31), "a", { ...edit, title: "Ours" });
  assert.equal(more.absent?.length, 3);
});

onEveryStore("an edit of members that contradicts itself is refused whole", (store) => {
  takeIn(store, theirsAt(10), 20);
  const contradictions: readonly IssueEdit[] = [
    { addLabels: ["x"], removeLabels: ["x"] },
    { assign: ["ada"], unassign: ["ada"] },
    { addLabels: [" "] },
    { labels: ["x"], addLabels: ["y"] },
    { assignees: ["ada"], unassign: ["bo"] },
  ];
  for (const edit of contradictions) {
    assert.throws(() => editIssue(editsAt(store, 30), "a", { ...edit, title: "Ours" }), {
      code: "invalid_edit",
    });
  }
  assert.deepEqual(store.issues.pending(), []);
});

onEveryStore("a side of one assignee names the way to replace it", (store) => {
  const side = aSide({
    traits: { silent: [], single: ["assignees"] },
    refusal: (field, { assignees }) =>
      field === "assignees" && assignees.length > 1 ? "it holds one assignee" : null,
  });
  takeIn(store, theirsAt(10, { assignees: ["ada"] }), 20);
  const context = editsAt(store, 30, { side });
  assert.throws(() => editIssue(context, "a", { assign: ["bo b"], title: "Ours" }), {
    code: "edit_not_possible",
    message: 'The assignees of "a" cannot be changed so: it holds one assignee',
    nextAction: "Assign it to one alone: `tracker issue edit a --assignee 'bo b'`.",
  });
  assert.deepEqual(store.issues.pending(), []);
  const { issue } = editIssue(context, "a", { assign: ["bo b"], unassign: ["ada"] });
  assert.deepEqual(issue.assignees, ["bo b"]);
});

onEveryStore("a new issue takes members, also beside those of another one", (store) => {
  const { issue } = createIssue(editsAt(store, 30), { title: "New", addLabels: ["x"] });
  assert.deepEqual(issue.labels, ["x"]);
  const again = createIssueFrom(editsAt(store, 31), issue.ref.id, {
    addLabels: ["y"],
    removeLabels: ["x"],
    assign: ["ada"],
  });
  assert.deepEqual([again.issue.labels, again.issue.assignees], [["y"], ["ada"]]);
});

const NAMES: readonly string[] = ["a", "b", "c", "d", "e"];
const names = fc.subarray([...NAMES]);
/** Who does something next, and to which members. */
const steps = fc.array(
  fc.record({ who: fc.constantFrom("ours", "theirs", "pull"), add: names, remove: names }),
  { maxLength: 12 },
);

Deno.test("members of both sides are merged: what either added is there, what either removed is gone", () => {
  fc.assert(fc.property(names, steps, (before, steps) => {
    const store = memoryStore();
    let now = 10;
    let theirs = new Set<string>(before);
    takeIn(store, theirsAt(now, { labels: [...theirs] }), now + 1);
    for (const { who, add, remove } of steps) {
      now += 10;
      const gone = remove.filter((name) => !add.includes(name));
      if (who === "ours") {
        const held = store.issues.require("a").issue.labels;
        const { issue } = editIssue(editsAt(store, now), "a", {
          addLabels: add,
          removeLabels: gone,
        });
        const wanted = new Set([...held, ...add].filter((name) => !gone.includes(name)));
        assert.deepEqual(new Set(issue.labels), wanted);
      } else if (who === "theirs") {
        theirs = new Set([...theirs, ...add].filter((name) => !gone.includes(name)));
      } else {
        const { issue, base } = store.issues.require("a");
        const [ours, known] = [new Set(issue.labels), new Set(base?.labels)];
        const events = takeIn(store, theirsAt(now, { labels: [...theirs] }), now + 1);
        const merged = NAMES.filter((name) =>
          known.has(name) ? ours.has(name) && theirs.has(name) : ours.has(name) || theirs.has(name)
        );
        assert.deepEqual([...store.issues.require("a").issue.labels].sort(), merged);
        assert.deepEqual(events, []);
      }
    }
  }));
});
