import assert from "node:assert/strict";
import {
  answered,
  atHost,
  health,
  named,
  pulled,
  pushed,
  refusing,
  steps,
  withIssues,
} from "./push_edits_support.ts";

Deno.test("an issue that has changed since is merged with what the host has, and sent once more", () =>
  withIssues([
    health(),
    pushed(
      [{
        ref: named(1),
        action: "update",
        patch: { title: "A", labels_add: ["mine"] },
        base_version: "1",
      }],
      refusing({
        "id-1": {
          code: "version_conflict",
          details: { current: atHost(1, { version: "7", labels: ["yours"], body: "Theirs" }) },
        },
      }),
    ),
    pushed([{
      ref: named(1),
      action: "update",
      patch: { title: "A", labels_add: ["mine"] },
      base_version: "7",
    }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A", labels: ["mine"] });
    const { updated, failures, held } = await service.pushEdits();
    assert.deepEqual([updated, failures, held], [1, [], 0]);
    const { issue, pending } = await service.issueShow("WEB-1");
    assert.deepEqual([issue.title, issue.body, issue.labels], ["A", "Theirs", ["yours", "mine"]]);
    assert.deepEqual(pending, []);
  }));

Deno.test("what the host says of an issue that it has taken is told, and nothing is said of silence", () =>
  withIssues([
    health(),
    pushed(
      [1, 2].map((number) => ({
        ref: named(number),
        action: "update",
        patch: { title: "A" },
        base_version: "1",
      })),
      (items) =>
        answered(items, ({ ref }) => ({
          outcome: "updated",
          remote_ref: ref,
          version: "2",
          message: ref.id === "id-1" ? "Stays in the host" : " ",
        })),
    ),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await service.issueEdit("WEB-2", { title: "A" });
    const { updated, notes } = await service.pushEdits();
    assert.deepEqual([updated, notes], [2, [{ id: "id-1", message: "Stays in the host" }]]);
  }));

Deno.test("two people on one title: both titles are kept, and nothing is written over", () =>
  withIssues([
    health(),
    pushed(
      [{ ref: named(1), action: "update", patch: { title: "Ours", body: "B" }, base_version: "1" }],
      refusing({
        "id-1": {
          code: "version_conflict",
          details: { current: atHost(1, { version: "2", title: "Theirs" }) },
        },
      }),
    ),
    pushed([{ ref: named(1), action: "update", patch: { body: "B" }, base_version: "2" }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "Ours", body: "B" });
    const { updated, held, conflicts } = await service.pushEdits();
    assert.deepEqual([updated, held, conflicts], [1, 1, 1]);
    const [conflict] = await service.conflicts();
    assert.deepEqual(
      [conflict?.base, conflict?.ours, conflict?.theirs, conflict?.taken],
      ["Issue 1", "Ours", "Theirs", null],
    );
  }));

Deno.test("an issue that has changed once more is held after the second time", () => {
  const outdated = (version: string) =>
    refusing({
      "id-1": { code: "version_conflict", details: { current: atHost(1, { version }) } },
    });
  const item = { ref: named(1), action: "update", patch: { title: "A" } };
  return withIssues([
    health(),
    pushed([{ ...item, base_version: "1" }], outdated("2")),
    pushed([{ ...item, base_version: "2" }], outdated("3")),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { updated, held } = await service.pushEdits();
    assert.deepEqual([updated, held], [0, 1]);
    assert.equal((await service.issueShow("WEB-1")).issue.title, "A");
    const again = await service.pushEdits();
    assert.deepEqual([again.updated, again.held], [0, 1], "nothing is sent while it is held");
  });
});

Deno.test("a conflict of versions without the issue is read and sent once more", () =>
  withIssues([
    health(),
    pushed(
      [{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" }],
      refusing({ "id-1": { code: "version_conflict" } }),
    ),
    pulled([atHost(1, { version: "2", body: "Theirs" })]),
    pushed([{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "2" }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    assert.equal((await service.pushEdits()).updated, 1);
  }));

Deno.test("a conflict that was met at the real tracker is held, and the other fields count as sent", () =>
  withIssues([
    health(),
    pushed(
      [{ ref: named(1), action: "update", patch: { title: "Ours", body: "B" }, base_version: "1" }],
      refusing({
        "id-1": {
          code: "version_conflict",
          details: { field: "title", base: "Issue 1", ours: "Ours", theirs: "Theirs" },
        },
      }),
    ),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "Ours", body: "B" });
    const { updated, held, conflicts, failures } = await service.pushEdits();
    assert.deepEqual([updated, held, conflicts, failures], [1, 1, 1, []]);
    const { issue, pending, conflicts: open } = await service.issueShow("WEB-1");
    assert.deepEqual([issue.title, issue.body], ["Ours", "B"]);
    assert.deepEqual(pending, [{ field: "title", from: "Theirs", to: "Ours" }]);
    assert.deepEqual(open.map(({ base, theirs }) => [base, theirs]), [["Issue 1", "Theirs"]]);
  }));

Deno.test("after a conflict that was met at the real tracker, what it has is read before more is sent", () => {
  const theirs = { title: "Theirs", labels: ["theirs"], version: "2" };
  return withIssues([
    health(),
    pushed(
      [{ ref: named(1), action: "update", patch: { title: "Ours" }, base_version: "1" }],
      refusing({
        "id-1": {
          code: "version_conflict",
          details: { field: "title", base: "Issue 1", ours: "Ours", theirs: "Theirs" },
        },
      }),
    ),
    health(),
    pulled([atHost(1, theirs)]),
    pushed([{ ref: named(1), action: "update", patch: { title: "Ours" }, base_version: "2" }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "Ours" });
    const { updated, held } = await service.pushEdits();
    assert.deepEqual([updated, held], [0, 1]);
    await service.resolveConflict({ id: 1, take: "ours" });
    assert.deepEqual((await service.pushEdits()).updated, 1);
    const { issue } = await service.issueShow("WEB-1");
    assert.deepEqual([issue.title, issue.labels], ["Ours", ["theirs"]]);
  });
});

Deno.test("what is refused beside a conflict at the real tracker does not count as sent", () => {
  const told = { ref: named(1), message: "No", retryable: false };
  const conflict = {
    ...told,
    code: "version_conflict",
    details: { field: "title", base: "Issue 1", ours: "Ours", theirs: "Theirs" },
  };
  const refusal = { ...told, code: "unknown_label", details: { field: "labels" } };
  return withIssues([
    health(),
    pushed(
      [{
        ref: named(1),
        action: "update",
        patch: { title: "Ours", body: "B", labels_add: ["x"] },
        base_version: "1",
      }],
      (items) => answered(items, () => ({ outcome: "failed" }), [conflict, refusal]),
    ),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "Ours", body: "B", labels: ["x"] });
    const { updated, held, failures } = await service.pushEdits();
    assert.deepEqual([updated, held], [1, 1]);
    assert.deepEqual(failures.map(({ code, fields }) => [code, fields]), [
      ["unknown_label", ["labels"]],
    ]);
    const { pending, refused } = await service.issueShow("WEB-1");
    assert.deepEqual(pending.map(({ field }) => field), ["title", "labels"]);
    assert.deepEqual(refused.map(({ field }) => field), ["labels"]);
  });
});

Deno.test("a refused field is an edit with a fault, what is beside it is sent, and it is not sent again", () => {
  const refused = refusing({
    "id-1": { code: "transition_not_allowed", message: "It has open blockers" },
  });
  return withIssues([
    health(),
    pushed([
      {
        ref: named(1),
        action: "transition",
        patch: { title: "A" },
        target_status: "done",
        base_version: "1",
      },
      { ref: named(2), action: "update", patch: { title: "B" }, base_version: "1" },
    ], refused),
    pushed([{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" }]),
    health(),
    pushed(
      [{ ref: named(1), action: "transition", target_status: "done", base_version: "2" }],
      refused,
    ),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A", status: "done" });
    await service.issueEdit("WEB-2", { title: "B" });
    const first = await service.pushEdits();
    assert.deepEqual(first.failures.map(({ id, fields, message }) => [id, fields, message]), [
      ["id-1", ["status"], "It has open blockers"],
    ]);
    assert.deepEqual([first.updated, first.counts.refused, first.counts.failed], [2, 1, 1]);
    const { issue, refused: edits } = await service.issueShow("WEB-1");
    assert.deepEqual([issue.title, issue.status, edits[0]?.wanted], ["A", "todo", "done"]);
    const { kinds, onEvent } = steps();
    const second = await service.pushEdits({ onEvent });
    assert.deepEqual([second.failures, second.refused], [[], 1]);
    assert.deepEqual(kinds, ["push_started", "refused"]);
    assert.equal((await service.pushEdits({ retry: true })).failures.length, 1);
  });
});

Deno.test("a failure that may pass leaves the edit to the next push", () =>
  withIssues([
    health(),
    pushed(
      [{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" }],
      refusing({ "id-1": { code: "provider_down", retryable: true } }),
    ),
    health(),
    pushed([{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { failures, counts } = await service.pushEdits();
    assert.deepEqual([failures.length, counts.left, counts.refused], [1, 1, 0]);
    assert.equal((await service.pushEdits()).updated, 1);
  }));

Deno.test("an issue that the host no longer has keeps its edits, marked and told once", () =>
  withIssues([
    health(),
    pushed(
      [{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" }],
      refusing({ "id-1": { code: "issue_not_found" } }),
    ),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    assert.deepEqual((await service.pushEdits()).failures.map(({ code }) => code), ["issue_gone"]);
    assert.deepEqual((await service.pushEdits()).failures, []);
    assert.equal((await service.issueShow("WEB-1")).refused[0]?.code, "issue_gone");
  }));

Deno.test("a request that the host finds invalid is sent in parts, and only the item at fault is refused", () => {
  const invalid = { status: 422, json: { error_code: "validation_error", message: "Too long" } };
  const item = (n: number) => ({
    ref: named(n),
    action: "update",
    patch: { title: `T${n}` },
    base_version: "1",
  });
  return withIssues([
    health(),
    { request: "POST /api/v1/tracker/push/", reply: invalid },
    { request: "POST /api/v1/tracker/push/", reply: invalid },
    pushed([item(1)]),
    { request: "POST /api/v1/tracker/push/", reply: invalid },
    pushed([item(3)]),
  ], async ({ service }) => {
    for (const n of [1, 2, 3]) await service.issueEdit(`WEB-${n}`, { title: `T${n}` });
    const { updated, failures } = await service.pushEdits();
    assert.deepEqual([updated, failures.map(({ id }) => id)], [2, ["id-2"]]);
    assert.equal((await service.issueShow("WEB-2")).refused[0]?.message, "Too long");
  });
});

Deno.test("a pull that shows what was just sent is no change for which a refused edit is sent again", () =>
  withIssues([
    health(),
    pushed(
      [{
        ref: named(1),
        action: "transition",
        patch: { title: "A" },
        target_status: "done",
        base_version: "1",
      }],
      refusing({ "id-1": { code: "transition_not_allowed" } }),
    ),
    pushed([{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" }]),
    pulled([atHost(1, { title: "A", version: "2", updated_at: "2026-02-03T00:00:00Z" })]),
    pulled([atHost(1, { title: "A", version: "3", updated_at: "2026-02-04T00:00:00Z" })]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A", status: "done" });
    await service.pushEdits();
    await service.pull();
    assert.equal((await service.pushEdits()).refused, 1);
    await service.pull();
    const { refused, pending } = await service.issueShow("WEB-1");
    assert.deepEqual([refused, pending.map(({ field }) => field)], [[], ["status"]]);
  }));
