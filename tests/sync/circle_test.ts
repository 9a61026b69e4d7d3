import assert from "node:assert/strict";
import { createIssue, editIssue } from "../../src/sync/edits.ts";
import { TEST_START } from "../support/clock.ts";
import { editsAt } from "./scene.ts";
import { onEveryStore } from "./stores.ts";

onEveryStore("no edit makes an issue a part of itself", (store) => {
  const at = editsAt(store, TEST_START);
  const [top, middle, leaf] = ["top", "middle", "leaf"].map((title) =>
    createIssue(at, { title }).issue.ref.id
  );
  assert.ok(top !== undefined && middle !== undefined && leaf !== undefined);
  editIssue(at, middle, { parent: top });
  editIssue(at, leaf, { parent: middle });
  for (const parent of [top, middle, leaf]) {
    assert.throws(() => editIssue(at, top, { parent }), {
      code: "invalid_edit",
      message: "The parent is the issue itself or below it",
    });
  }
  editIssue(at, middle, { parent: null });
  assert.equal(editIssue(at, top, { parent: leaf }).issue.parent_ref?.id, leaf);
});
