import assert from "node:assert/strict";
import {
  answered,
  atHost,
  created,
  done,
  health,
  remoteOf,
  sending,
  type Sent,
  type SentItem,
  withIssues,
} from "./push_edits_support.ts";

/** The answers of a host that has done everything. */
function answers(items: readonly SentItem[]): readonly Record<string, unknown>[] {
  return items.map(({ ref, action }) => ({
    ref,
    action,
    outcome: "updated",
    remote_ref: ref,
    version: "2",
    message: null,
  }));
}

function summary(total: number, succeeded: number, failed: number): Record<string, unknown> {
  return { total, succeeded, failed, skipped: 0 };
}

Deno.test("an edit stays when the host counts a failure and does not say whose it is", () => {
  const sent: Sent[] = [];
  const counting = (items: readonly SentItem[]) => ({
    ...done(items),
    status: "partial",
    summary: summary(2, 1, 1),
    items: [],
  });
  return withIssues([health(), sending(sent, counting)], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await service.issueEdit("WEB-2", { title: "B" });
    const { updated, failures, counts } = await service.pushEdits();
    assert.equal(updated, 0);
    assert.deepEqual(failures.map(({ id, code }) => [id, code]), [
      ["id-1", "unanswered_item"],
      ["id-2", "unanswered_item"],
    ]);
    assert.equal(counts.left, 2);
    const { pending } = await service.issueShow("WEB-2");
    assert.deepEqual(pending.map(({ field }) => field), ["title"]);
  });
});

Deno.test("an edit stays when the host answers another one twice", () => {
  const sent: Sent[] = [];
  const twice = (items: readonly SentItem[]) => {
    const [first] = answers(items);
    return { ...done(items), summary: summary(1, 1, 0), items: [first, first] };
  };
  return withIssues([health(), sending(sent, twice)], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await service.issueEdit("WEB-2", { title: "B" });
    const { updated, failures } = await service.pushEdits();
    assert.equal(updated, 1);
    assert.deepEqual(failures.map(({ id, code }) => [id, code]), [["id-2", "unanswered_item"]]);
  });
});

Deno.test("an edit stays when the host answers for an issue that was not sent", () => {
  const sent: Sent[] = [];
  const foreign = (items: readonly SentItem[]) => ({
    ...done(items),
    summary: summary(0, 0, 0),
    items: answers(items).map((answer) => ({ ...answer, ref: atHost(9).ref })),
  });
  return withIssues([health(), sending(sent, foreign)], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { updated, failures } = await service.pushEdits();
    assert.equal(updated, 0);
    assert.deepEqual(failures.map(({ code }) => code), ["unanswered_item"]);
  });
});

Deno.test("an edit is sent again when the host calls it done and failed at once", () => {
  const sent: Sent[] = [];
  const both = (items: readonly SentItem[]) => ({
    ...done(items),
    status: "partial",
    item_errors: items.map(({ ref }) => ({
      ref,
      code: "tracker_refused",
      message: "The tracker says no",
      retryable: false,
    })),
  });
  return withIssues([health(), sending(sent, both)], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { updated, failures } = await service.pushEdits();
    assert.equal(updated, 0);
    assert.deepEqual(failures.map(({ code }) => code), ["tracker_refused"]);
  });
});

Deno.test("a create of which the host says nothing is not sent again by itself", () => {
  const sent: Sent[] = [];
  const silent = (items: readonly SentItem[]) => ({
    ...done(items),
    summary: summary(0, 0, 0),
    items: [],
  });
  return withIssues([health(), sending(sent, silent)], async (machine) => {
    await created(machine, { title: "New" });
    const { failures } = await machine.service.pushEdits();
    assert.deepEqual(failures.map(({ code }) => code), ["create_not_told"]);
    const second = await machine.service.pushEdits();
    assert.deepEqual([second.refused, sent.length], [1, 1]);
  });
});

Deno.test("a new issue keeps as an edit what the host says that it did not take", () => {
  const sent: Sent[] = [];
  const partly = (items: readonly SentItem[]) => ({
    ...done(items),
    status: "partial",
    item_errors: items.map(({ ref }) => ({
      ref,
      code: "unknown_label",
      message: "There is no such label",
      retryable: false,
      details: { field: "labels" },
    })),
  });
  return withIssues([health(), sending(sent, partly), sending(sent)], async (machine) => {
    const id = await created(machine, { title: "New", labels: ["x"] });
    const { created: count, failures } = await machine.service.pushEdits();
    assert.equal(count, 1);
    assert.deepEqual(failures.map(({ code, fields }) => [code, fields]), [
      ["unknown_label", ["labels"]],
    ]);
    assert.deepEqual(sent[1]?.items.map(({ action, patch }) => [action, patch]), [
      ["update", { labels_add: ["x"] }],
    ]);
    assert.equal((await machine.service.issueShow(id)).issue.ref.id, "made-New");
  });
});

Deno.test("two new issues stay two when the host names one issue for both", () => {
  const sent: Sent[] = [];
  const same = (items: readonly SentItem[]) => {
    const [first] = items;
    assert.ok(first);
    return answered(items, () => ({
      outcome: "created",
      remote_ref: remoteOf(first),
      version: "1",
    }));
  };
  return withIssues([health(), sending(sent, same)], async (machine) => {
    await created(machine, { title: "A", body: "Text of A" });
    const second = await created(machine, { title: "B", body: "Text of B" });
    const { created: count, failures } = await machine.service.pushEdits();
    assert.equal(count, 1);
    assert.deepEqual(failures.map(({ id, code }) => [id, code]), [[second, "create_not_told"]]);
    const { issue, isNew } = await machine.service.issueShow(second);
    assert.deepEqual([issue.title, issue.body, isNew], ["B", "Text of B", true]);
  });
});

Deno.test("a new issue is not taken for another one that was made here", () => {
  const sent: Sent[] = [];
  return withIssues([
    health(),
    sending(sent, (items) =>
      answered(items, ({ ref }) => ({
        outcome: "created",
        remote_ref: items.find((other) => other.ref.id !== ref.id)?.ref,
        version: "1",
      }))),
  ], async (machine) => {
    const first = await created(machine, { title: "A" });
    const second = await created(machine, { title: "B" });
    const { failures } = await machine.service.pushEdits();
    assert.deepEqual(failures.map(({ code }) => code), ["create_not_told", "create_not_told"]);
    const titles = [];
    for (const id of [first, second]) {
      titles.push((await machine.service.issueShow(id)).issue.title);
    }
    assert.deepEqual(titles, ["A", "B"]);
  });
});

Deno.test("a host may give a new issue the id that it has here", () => {
  const sent: Sent[] = [];
  const same = (items: readonly SentItem[]) =>
    answered(items, ({ ref }) => ({ outcome: "created", remote_ref: ref, version: "1" }));
  return withIssues([health(), sending(sent, same), health(), sending(sent)], async (machine) => {
    const id = await created(machine, { title: "A", body: "Text" });
    const { created: count, failures, counts } = await machine.service.pushEdits();
    assert.deepEqual([count, failures, counts.left], [1, [], 0]);
    const { issue, isNew, pending } = await machine.service.issueShow(id);
    assert.deepEqual([issue.title, issue.body, isNew, pending], ["A", "Text", false, []]);
    await machine.service.issueEdit(id, { title: "B" });
    assert.equal((await machine.service.pushEdits()).updated, 1);
  });
});
