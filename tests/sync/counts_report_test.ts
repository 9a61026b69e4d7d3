import assert from "node:assert/strict";
import { addSyncCounts, NOTHING_SYNCED, waitingCounts } from "../../src/sync/counts_report.ts";
import type { FieldEdits } from "../../src/store/edits.ts";
import { IssueStore } from "../../src/store/issue_store.ts";
import { anIssue } from "../support/issues.ts";
import { withPlatform } from "../support/platform.ts";

Deno.test("edits that wait are counted by what they wait for, an issue once for each", () =>
  withPlatform({}, async (platform) => {
    using store = await IssueStore.openEmpty(platform);
    const fault = { code: "transition_not_allowed", message: "No", at: 2 };
    const edit = (id: string, edits: FieldEdits) =>
      store.issues.put({
        issue: anIssue(id, { title: "Ours" }),
        base: anIssue(id),
        edits,
        seenAt: 1,
      });
    edit("left", { title: { at: 1 } });
    edit("refused", { status: { at: 1, fault } });
    edit("both", { title: { at: 1 }, status: { at: 1, fault } });
    edit("held", { title: { at: 1 } });
    const values = { base: "Base", ours: "Ours", theirs: "Theirs" };
    const conflict = {
      issueId: "held",
      field: "title",
      reason: "both_changed" as const,
      ...values,
    };
    store.conflicts.record({ ...conflict, taken: null }, 2);
    assert.deepEqual(waitingCounts(store), { held: 1, refused: 2, left: 2 });
  }));

Deno.test("of two syncs what was done is added up, and what waits is as the second found it", () => {
  const first = { ...NOTHING_SYNCED, new: 1, sent: 2, held: 3, refused: 3, left: 3 };
  const second = { ...NOTHING_SYNCED, new: 1, sent: 1, held: 1, left: 2, hasMore: true };
  assert.deepEqual(addSyncCounts(first, second), {
    ...NOTHING_SYNCED,
    new: 2,
    sent: 3,
    held: 1,
    refused: 0,
    left: 2,
    hasMore: true,
  });
});
