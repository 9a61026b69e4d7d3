import assert from "node:assert/strict";
import { answered, health, named, pushed, withIssues } from "./push_edits_support.ts";

Deno.test("of an issue that the host has written but for one field, the others are not sent again", () => {
  const details = { field: "assignees" };
  const error = { code: "assignee_unknown", message: "Nobody is called ghost", retryable: false };
  return withIssues([
    health(),
    pushed(
      [{
        ref: named(1),
        action: "update",
        patch: { title: "A", assignees_add: ["ghost"] },
        base_version: "1",
      }],
      (items) =>
        answered(
          items,
          ({ ref }) => ({ outcome: "updated", remote_ref: ref, version: "2" }),
          items.map(({ ref }) => ({ ref, ...error, details })),
        ),
    ),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A", assignees: ["ghost"] });
    const { updated, failures } = await service.pushEdits();
    assert.equal(updated, 1);
    assert.deepEqual(failures.map(({ fields, code }) => [fields, code]), [
      [["assignees"], "assignee_unknown"],
    ]);
    const { pending, refused } = await service.issueShow("WEB-1");
    assert.deepEqual(pending.map(({ field }) => field), ["assignees"]);
    assert.deepEqual(refused.map(({ field }) => field), ["assignees"]);
  });
});
