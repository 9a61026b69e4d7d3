/** Texts that a person writes for a while, and that a sync changes meanwhile. */
import assert from "node:assert/strict";
import { editIssue } from "../../src/sync/edits.ts";
import { editsAt, takeIn, theirsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

const BODY = "One\n\nTwo\n\nThree";
const seen = { title: "Base", body: BODY };

onEveryStore("lines of a body that are apart are merged with those of a sync", (store) => {
  takeIn(store, theirsAt(10, { body: BODY }), 20);
  takeIn(store, theirsAt(30, { body: BODY.replace("Three", "3") }), 40);
  const body = BODY.replace("One", "1");
  const { issue } = editIssue(editsAt(store, 50), "a", { body }, { madeOn: seen });
  assert.equal(issue.body, "1\n\nTwo\n\n3");
});

onEveryStore("what a sync changed too is refused, and nothing of the edit is kept", (store) => {
  takeIn(store, theirsAt(10, { body: BODY }), 20);
  takeIn(store, theirsAt(30, { title: "Theirs", body: BODY.replace("One", "Eins") }), 40);
  const edit = (changes: Parameters<typeof editIssue>[2]) =>
    editIssue(editsAt(store, 50), "a", changes, { madeOn: seen });
  const body = BODY.replace("One", "1");
  assert.throws(() => edit({ body, priority: 1 }), {
    code: "edited_meanwhile",
    details: { field: "body" },
  });
  assert.throws(() => edit({ title: "Ours" }), {
    code: "edited_meanwhile",
    details: { field: "title" },
  });
  assert.deepEqual(store.issues.pending(), []);
  assert.deepEqual(edit({ title: "Theirs" }).changes, []);
  assert.deepEqual(edit({ priority: 1 }).changes.map(({ field }) => field), ["priority"]);
});
