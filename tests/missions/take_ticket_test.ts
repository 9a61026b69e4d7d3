import assert from "node:assert/strict";
import { blankIssue } from "../../src/contract/issue.ts";
import { takeTicket } from "../../src/missions/take_ticket.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";

Deno.test("an edit that is refused is told with what to do about it", async () => {
  const issue = blankIssue(
    { system: "beads", workspace: "main", id: "bd-1" },
    "2026-03-01T10:00:00Z",
  );
  const refused = new TrackerError({
    code: "field_owned",
    message: "The tracker owns it",
    nextAction: "Bind otherwise.",
  });
  const taken = await takeTicket({
    issues: {
      issueShow: () =>
        Promise.resolve({ issue, isNew: false, pending: [], conflicts: [], refused: [] }),
      issueEdit: () => Promise.reject(refused),
    },
    push: () => Promise.reject(new Error("nothing is to be pushed")),
    id: "bd-1",
    names: ["Mei"],
  });
  const outcome = { kind: "failed", reason: "The tracker owns it. Bind otherwise" };
  assert.deepEqual(taken, { status: outcome, assignee: outcome });
});
