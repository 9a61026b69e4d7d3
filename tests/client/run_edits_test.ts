import assert from "node:assert/strict";
import { EMPTY_RUN, failing } from "./support.ts";
import type { SyncEvent } from "../../src/sync/sync_report.ts";
import { ok } from "../support/answers.ts";
import type { Stub } from "../support/fetch.ts";
import {
  atHost,
  created,
  done,
  health,
  named,
  pulled,
  pushed,
  refusing,
  sending,
  type Sent,
  withIssues,
} from "./push_edits_support.ts";
import { BOUND, withService } from "./service_support.ts";

const cycle = (json: Readonly<Record<string, unknown>> = EMPTY_RUN): Stub => ({
  request: "POST /api/v1/tracker/run/",
  reply: ok(json),
});

const LATER = "2026-02-03T00:00:00Z";
const item = (n: number, patch: Readonly<Record<string, unknown>>, version = "1") => ({
  ref: named(n),
  action: "update",
  patch,
  base_version: version,
});

Deno.test("a run sends edits, has the host do its part, then pulls what is new", () =>
  withIssues([
    health(),
    pushed([item(1, { title: "A" })]),
    cycle(),
    pulled([atHost(1, { title: "A", version: "2", updated_at: LATER }), atHost(9)]),
  ], async ({ service, store }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { counts, edits, result } = await service.run();
    assert.deepEqual([counts.sent, counts.new, counts.left, counts.held], [1, 1, 0, 0]);
    assert.deepEqual([edits.updated, edits.failures, result.status], [1, [], "ok"]);
    using cached = await store();
    assert.equal(cached.runs.last()?.counts["pushed"], 1);
  }));

Deno.test("what the host delivers for others is not counted as sent from here", () => {
  const totals: string[] = [];
  const summary = { total: 4, succeeded: 4, failed: 0, skipped: 0 };
  return withIssues([
    health(),
    pushed([item(1, { title: "A" })]),
    cycle({ ...EMPTY_RUN, summary, push: { summary } }),
    pulled([]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { counts, result } = await service.run({
      onProgress(event) {
        if (event.kind === "batch") totals.push(`${event.sent} of ${event.total}`);
      },
    });
    assert.equal(counts.sent, 1);
    assert.equal(result.push.summary.succeeded, 4);
    assert.deepEqual(totals, ["1 of 1"]);
  });
});

Deno.test("a request of which nothing came is told as no progress", () => {
  const told: string[] = [];
  return withIssues([
    health(),
    pushed([item(1, { title: "A" })], refusing({ "id-1": { code: "busy", retryable: true } })),
    cycle(),
    pulled([]),
    pushed([item(1, { title: "A" })], refusing({ "id-1": { code: "busy", retryable: true } })),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { counts } = await service.run({ onProgress: ({ kind }) => void told.push(kind) });
    assert.deepEqual([counts.sent, counts.failed], [0, 1]);
    assert.deepEqual(told, []);
  });
});

Deno.test("what could not be sent is sent once more after the pull, with the extensions asked once", () =>
  withIssues([
    health(),
    pushed([item(1, { title: "A" })], refusing({ "id-1": { code: "busy", retryable: true } })),
    cycle(),
    pulled([atHost(1, { body: "Theirs", version: "2", updated_at: LATER })]),
    pushed([item(1, { title: "A" }, "2")]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { counts, edits, result } = await service.run();
    assert.deepEqual([counts.sent, counts.failed, edits.failures], [1, 0, []]);
    assert.equal(result.status, "ok");
    const { issue } = await service.issueShow("WEB-1");
    assert.deepEqual([issue.title, issue.body], ["A", "Theirs"]);
  }));

Deno.test("a run is partial as long as a conflict waits for a decision", () => {
  const theirs = atHost(1, { title: "Theirs", version: "2", updated_at: LATER });
  return withIssues([
    health(),
    pushed(
      [item(1, { title: "Ours" })],
      refusing({ "id-1": { code: "version_conflict", details: { current: theirs } } }),
    ),
    cycle(),
    pulled([theirs]),
    cycle(),
    pulled([theirs]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "Ours" });
    const first = await service.run();
    assert.deepEqual([first.held, first.result.status, first.counts.held], [1, "partial", 1]);
    const second = await service.run();
    assert.deepEqual([second.held, second.result.status], [1, "partial"]);
    assert.deepEqual([second.conflicts, second.edits.failures], [0, []]);
  });
});

Deno.test("a limit holds for what a run sends too", () =>
  withIssues([
    health(),
    pushed([item(1, { title: "A" })]),
    cycle(),
    pulled([]),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await service.issueEdit("WEB-2", { title: "B" });
    const { counts, result } = await service.run({ limit: 1 });
    assert.deepEqual([counts.sent, counts.left, counts.hasMore], [1, 1, true]);
    assert.equal(result.has_more, true);
  }));

Deno.test("what is made before the first pull is created once the pull has shown the workspace", () => {
  const sent: Sent[] = [];
  return withService(
    BOUND,
    [health(), cycle(), pulled([atHost(1)]), sending(sent)],
    async (machine) => {
      await created(machine, { title: "New" });
      const { counts, edits, result } = await machine.service.run();
      assert.deepEqual([edits.created, edits.failures, result.status], [1, [], "ok"]);
      assert.deepEqual([counts.sent, counts.failed, counts.left], [1, 0, 0]);
    },
  );
});

Deno.test("a push only sends edits, and pulls nothing after the cycle", () =>
  withIssues([health(), pushed([item(1, { title: "A" })]), cycle()], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    assert.equal((await service.run({ pullFirst: false })).counts.sent, 1);
  }));

Deno.test("a push that is given up between two requests keeps what was answered", () => {
  const given = new AbortController();
  const sent: Sent[] = [];
  return withIssues([health(), sending(sent)], async (machine) => {
    const { service } = machine;
    const parent = await created(machine, { title: "Parent" });
    const child = await created(machine, { title: "Child", parent });
    const onEvent = ({ kind }: SyncEvent) => {
      if (kind === "pushed") given.abort();
    };
    await failing(service.pushEdits({ signal: given.signal, onEvent }), "interrupted");
    assert.equal((await service.issueShow(parent)).isNew, false);
    assert.equal((await service.issueShow(child)).isNew, true);
  });
});

Deno.test("edits that the host takes its time over are waited for", () =>
  withIssues([
    health(),
    {
      request: "POST /api/v1/tracker/push/",
      reply: { status: 202, json: { operation_id: "op1", status: "pending" } },
    },
    {
      request: "GET /api/v1/tracker/operations/op1/",
      reply: ok({
        operation_id: "op1",
        status: "completed",
        result: done([item(1, { title: "A" })]),
        error: null,
      }),
    },
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    const { updated } = await service.pushEdits();
    assert.equal(updated, 1);
    assert.deepEqual((await service.issueShow("WEB-1")).issue.version, "2");
  }));

Deno.test("an operation that failed is not repeated under its key", () => {
  const sent: Sent[] = [];
  const accepted: Stub = {
    request: "POST /api/v1/tracker/push/",
    reply(request) {
      sent.push({ key: request.headers.get("idempotency-key") ?? "", text: "", items: [] });
      return Response.json({ operation_id: "op1", status: "pending" }, { status: 202 });
    },
  };
  return withIssues([
    health(),
    accepted,
    {
      request: "GET /api/v1/tracker/operations/op1/",
      reply: ok({
        operation_id: "op1",
        status: "failed",
        result: null,
        error: { code: "down", message: "No" },
      }),
    },
    health(),
    sending(sent),
  ], async ({ service }) => {
    await service.issueEdit("WEB-1", { title: "A" });
    await failing(service.pushEdits(), "down");
    assert.equal((await service.pushEdits()).updated, 1);
    assert.notEqual(sent[1]?.key, sent[0]?.key);
  });
});
