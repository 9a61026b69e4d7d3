import assert from "node:assert/strict";
import { failing } from "./support.ts";
import {
  atHost,
  done,
  health,
  named,
  pulled,
  pushed,
  steps,
  withIssues,
} from "./push_edits_support.ts";

Deno.test("a push sends only the changed fields, with the version they were made on", () =>
  withIssues([
    health(),
    pushed([
      { ref: named(1), action: "update", patch: { title: "A" }, base_version: "1" },
      {
        ref: named(2),
        action: "transition",
        patch: { body: "B" },
        target_status: "done",
        base_version: "1",
      },
    ]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await service.issueEdit("WEB-2", { body: "B", status: "done" });
    const { kinds, onEvent } = steps();
    const { created, updated, failures, counts } = await service.pushEdits({ onEvent });
    assert.deepEqual([created, updated, failures], [0, 2, []]);
    assert.deepEqual([counts.sent, counts.left, counts.hasMore], [2, 0, false]);
    assert.deepEqual(kinds, ["push_started", "pushed", "pushed"]);
    const { issue, pending } = await service.issueShow("WEB-2");
    assert.deepEqual([issue.body, issue.status, issue.version, pending], ["B", "done", "2", []]);
  }));

Deno.test("a push without edits asks the host for nothing", () =>
  withIssues([], async ({ service }) => {
    const { counts } = await service.pushEdits();
    assert.equal(counts.sent, 0);
  }));

Deno.test("sets are sent as what was added and removed, links and custom fields too", () =>
  withIssues([
    health(),
    pushed([{
      ref: named(1),
      action: "update",
      patch: {
        assignees_remove: ["eve"],
        labels_add: ["new"],
        labels_remove: ["old"],
        links_add: [{ type: "blocks", ref: named(2) }],
        custom_fields: { points: 3, team: null },
      },
      base_version: "1",
    }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", {
      labels: ["kept", "new"],
      assignees: [],
      links: [{ type: "blocks", id: "WEB-2" }],
      customFields: { points: 3 },
    });
    await service.pushEdits();
    const { issue, pending } = await service.issueShow("WEB-1");
    assert.deepEqual([issue.labels, issue.assignees, pending], [["kept", "new"], [], []]);
    assert.deepEqual(issue.custom_fields, { points: 3 });
  }, [
    atHost(1, { labels: ["kept", "old"], assignees: ["eve"], custom_fields: { team: "x" } }),
    atHost(2),
  ]));

Deno.test("at a host without extensions all that has changed is pulled and merged, then sets go out whole", () =>
  withIssues([
    health([]),
    pulled([atHost(1, { labels: ["theirs"], updated_at: "2026-02-03T00:00:00Z" })]),
    pushed([{ ref: named(1), action: "update", patch: { labels: ["theirs", "ours"] } }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", {
      labels: ["ours"],
      links: [{ type: "blocks", id: "WEB-2" }],
    });
    const { updated, skippedFields, counts } = await service.pushEdits();
    assert.equal(updated, 1);
    assert.deepEqual(skippedFields.map(({ field }) => field), ["links"]);
    assert.deepEqual([counts.changed, counts.left], [1, 1]);
    const { issue, pending } = await service.issueShow("WEB-1");
    assert.deepEqual(issue.labels, ["theirs", "ours"]);
    assert.deepEqual(pending.map(({ field }) => field), ["links"], "it stays an edit");
  }));

Deno.test("at a host without extensions nothing is written by a listing that is cut off", () =>
  withIssues([health([]), pulled([], { truncated: true })], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "Ours" });
    await failing(service.pushEdits(), "invalid_response");
    const { pending, refused } = await service.issueShow("WEB-1");
    assert.deepEqual([pending.length, refused.length], [1, 0]);
  }));

Deno.test("a host that has no health is one without extensions", () =>
  withIssues([
    {
      request: "GET /api/v1/tracker/health/",
      reply: { status: 404, json: { detail: "No such page" } },
    },
    pulled([]),
    pushed([{ ref: named(1), action: "update", patch: { title: "A" } }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    assert.equal((await service.pushEdits()).updated, 1);
  }));

for (
  const [name, reply] of [
    ["is an error", { status: 500, text: "oops" }],
    ["is a page", { status: 200, text: "<html>" }],
  ] as const
) {
  Deno.test(`a host whose health ${name} checks the versions that its issues carry`, () =>
    withIssues([
      { request: "GET /api/v1/tracker/health/", reply },
      pushed([{
        ref: named(1),
        action: "update",
        patch: { title: "A", labels: ["one"] },
        base_version: "1",
      }]),
    ], async ({ service }) => {
      await service.issueEdit("WEB-1", { title: "A", labels: ["one"] });
      assert.equal((await service.pushEdits()).updated, 1);
    }));

  Deno.test(`a host whose health ${name} and whose issues carry no version is read first`, () =>
    withIssues([
      { request: "GET /api/v1/tracker/health/", reply },
      pulled([]),
      pushed([{ ref: named(1), action: "update", patch: { title: "A" } }]),
    ], async ({ service }) => {
      await service.issueEdit("WEB-1", { title: "A" });
      assert.equal((await service.pushEdits()).updated, 1);
    }, [atHost(1, { version: null })]));
}

Deno.test("an issue whose version is not known is read before it is sent", () =>
  withIssues([
    health(),
    pulled([atHost(1, { version: "4" })]),
    pushed([{ ref: named(1), action: "update", patch: { title: "A" }, base_version: "4" }]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    assert.equal((await service.pushEdits()).updated, 1);
  }, [atHost(1, { version: null })]));

Deno.test("answers in another order, without versions, and left out though counted, are understood", () =>
  withIssues([
    health(),
    pushed(
      [1, 2].map((n) => ({
        ref: named(n),
        action: "update",
        patch: { title: `T${n}` },
        base_version: "1",
      })),
      (items) => {
        const answer = done(items);
        const answers = Array.isArray(answer["items"]) ? answer["items"] : [];
        return { ...answer, items: [{ ...answers[1], version: null }] };
      },
    ),
  ], async ({ service }) => {
    for (const n of [1, 2]) await service.issueEdit(`WEB-${n}`, { title: `T${n}` });
    const { updated, failures } = await service.pushEdits();
    assert.deepEqual([updated, failures], [2, []]);
    assert.deepEqual((await service.issueShow("WEB-1")).pending, []);
    assert.deepEqual((await service.issueShow("WEB-2")).pending, []);
  }));

Deno.test("an item without an answer that is not counted either may not have been done", () =>
  withIssues([
    health(),
    pushed(
      [1, 2].map((n) => ({
        ref: named(n),
        action: "update",
        patch: { title: `T${n}` },
        base_version: "1",
      })),
      (items) => done(items.slice(0, 1)),
    ),
  ], async ({ service }) => {
    for (const n of [1, 2]) await service.issueEdit(`WEB-${n}`, { title: `T${n}` });
    const { updated, failures, counts } = await service.pushEdits();
    assert.deepEqual([updated, failures.map(({ code }) => code)], [1, ["unanswered_item"]]);
    assert.equal(counts.left, 1);
  }));

Deno.test("a limit ends the push, and the next one continues", () =>
  withIssues([
    health(),
    pushed([{ ref: named(1), action: "update", patch: { title: "T" }, base_version: "1" }]),
    health(),
    pushed([{ ref: named(2), action: "update", patch: { title: "T" }, base_version: "1" }]),
  ], async ({ service }) => {
    for (const n of [1, 2]) await service.issueEdit(`WEB-${n}`, { title: "T" });
    const first = await service.pushEdits({ limit: 1 });
    assert.deepEqual([first.updated, first.complete, first.counts.hasMore], [1, false, true]);
    assert.equal(first.counts.left, 1);
    const second = await service.pushEdits({ limit: 1 });
    assert.deepEqual([second.updated, second.complete, second.counts.left], [1, true, 0]);
  }));

Deno.test("a dry run tells the plan, and stores and sends nothing", () =>
  withIssues([health([])], async ({ service, store }) => {
    await service.issueEdit("WEB-1", { title: "A", links: [{ type: "blocks", id: "WEB-2" }] });
    await service.issueCreate({ title: "New" });
    const { kinds, onEvent } = steps();
    const { dryRun, created, updated, skippedFields } = await service.pushEdits({
      dryRun: true,
      onEvent,
    });
    assert.deepEqual([dryRun, created, updated, skippedFields.length], [true, 1, 1, 1]);
    assert.deepEqual(kinds, ["push_started", "pushed", "pushed", "skipped"]);
    using cached = await store();
    assert.equal(cached.counts().pending, 2);
    assert.equal(cached.runs.last(), null);
  }));
