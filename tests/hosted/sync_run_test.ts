import assert from "node:assert/strict";
import { EMPTY_PUSH, EMPTY_RUN, envelope, failing } from "./support.ts";
import { accepted, BOUND, issue, operation, withService } from "./service_support.ts";

Deno.test("a run is one request, and what it pulled is in the cache", async () => {
  const ran = {
    ...EMPTY_RUN,
    pull: {
      summary: { total: 1, succeeded: 1, failed: 0, skipped: 0 },
      items: [issue(1)],
    },
  };
  await withService(BOUND, [{
    request: "POST /api/v1/tracker/run/",
    headers: { "Idempotency-Key": /^[0-9a-f-]{36}$/ },
    body: { provider: "linear", binding_ref: "srm_1", pull_first: false, limit: 20 },
    reply: { status: 200, json: ran },
  }], async ({ service, store }) => {
    assert.deepEqual(await service.run({ pullFirst: false, limit: 20 }), ran);
    using cached = await store();
    assert.deepEqual(cached.get("WEB-1"), issue(1));
    assert.equal(cached.runs.last()?.kind, "run");
  });
});

Deno.test("a run that the host accepts is waited for, and its failure is the operation's", async () => {
  await withService(BOUND, [
    { request: "POST /api/v1/tracker/run/", reply: accepted("op_1") },
    operation("op_1", { status: "completed", result: EMPTY_RUN }),
    { request: "POST /api/v1/tracker/run/", reply: accepted("op_2") },
    operation("op_2", { status: "failed", error: envelope(500, "internal_error") }),
  ], async ({ service }) => {
    assert.deepEqual(await service.run(), EMPTY_RUN);
    await failing(service.run(), "internal_error");
  });
});

Deno.test("an interruption stops the waiting and says how to look again", async () => {
  await withService(BOUND, [
    { request: "POST /api/v1/tracker/run/", reply: accepted("op_1") },
    operation("op_1", { status: "running" }),
  ], async ({ service, store }) => {
    const stop = new AbortController();
    const error = await failing(
      service.run({ signal: stop.signal, onProgress: () => stop.abort(new Error("Ctrl-C")) }),
      "interrupted",
    );
    assert.match(`${error.message} ${error.nextAction}`, /tracker sync wait op_1/);
    using cached = await store();
    assert.equal(cached.runs.last(), null, "a run that goes on has not failed");
  });
});

Deno.test("an operation can be waited for later", async () => {
  await withService(BOUND, [
    operation("op_1", { status: "completed", result: EMPTY_PUSH }),
  ], async ({ service }) => {
    assert.deepEqual(await service.wait("op_1"), EMPTY_PUSH);
  });
});

Deno.test("what a run pulled is in the cache also when it is waited for later", async () => {
  const summary = { total: 1, succeeded: 1, failed: 0, skipped: 0 };
  const ran = { ...EMPTY_RUN, pull: { summary, items: [issue(1)] } };
  await withService(BOUND, [
    operation("op_1", { status: "completed", result: ran }),
  ], async ({ service, store }) => {
    assert.deepEqual(await service.wait("op_1"), ran);
    using cached = await store();
    assert.deepEqual(cached.get("WEB-1"), issue(1));
  });
});
