import assert from "node:assert/strict";
import type { PushItem } from "../../src/contract/push.ts";
import type { SyncProgress } from "../../src/client/sync_push.ts";
import type { Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, EMPTY_RUN, failing } from "./support.ts";
import { accepted, BOUND, LEGACY, operation, withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { items, push, result } from "./push_support.ts";

Deno.test("a batch that the host accepts is waited for, with progress", async () => {
  const a = items(2);
  await withService(BOUND, [
    push(a, accepted("op_1")),
    operation("op_1", { status: "running" }),
    operation("op_1", { status: "completed", result: result(a) }),
  ], async ({ service, platform }) => {
    const progress: SyncProgress[] = [];
    const outcome = await service.push(a, { onProgress: (one) => progress.push(one) });
    assert.ok(outcome.kind === "pushed");
    assert.deepEqual(outcome.result, result(a));
    assert.deepEqual(progress.map((one) => one.kind === "waiting" ? one.status : one.kind), [
      "running",
      "completed",
      "batch",
    ]);
    assert.deepEqual(platform.clock.sleeps, [1_000, 2_000]);
  });
});

Deno.test("an operation that turns out to be something else is a fault of the host", async () => {
  const a = items(1);
  await withService(BOUND, [
    push(a, accepted("op_1")),
    operation("op_1", { status: "completed", result: EMPTY_RUN }),
    { request: "POST /api/v1/tracker/run/", reply: accepted("op_2") },
    operation("op_2", { status: "completed", result: EMPTY_PUSH }),
  ], async ({ service }) => {
    await failing(service.push(a), "invalid_response");
    await failing(service.run(), "invalid_response");
  });
});

Deno.test("a binding that goes stale while an operation is waited for is told as stale", async () => {
  const a = items(1);
  await withService(BOUND, [
    push(a, accepted("op_1")),
    operation("op_1", { status: "failed", error: errorEnvelope(409, "mapping_disabled") }),
  ], async ({ service }) => {
    await failing(service.push(a), "stale_binding");
  });
});

Deno.test("batches of one push keep their route, and the upgrade comes after the last", async () => {
  const [a, b] = [items(100), items(1, 101)];
  const legacy = (sent: readonly PushItem[]): Stub => ({
    ...push(sent, { status: 200, json: result(sent, { binding_ref: "srm_new" }) }),
    body: { provider: "linear", project_slug: "web", items: sent },
  });
  await withService(LEGACY, [legacy(a), legacy(b)], async ({ service, config }) => {
    await service.push([...a, ...b]);
    assert.equal(await config(), `${LEGACY}  binding_ref: srm_new\n`);
  });
});

Deno.test("a push that was interrupted is not upgraded, so that its repeat has the same route and key", async () => {
  const [a, b] = [items(100), items(1, 101)];
  const legacy = (sent: readonly PushItem[], reply: Stub["reply"]): Stub => ({
    ...push(sent, reply),
    body: { provider: "linear", project_slug: "web", items: sent },
  });
  const upgrading = { status: 200, json: result(a, { binding_ref: "srm_new" }) } as const;
  const broken = { status: 500, json: errorEnvelope(500, "internal_error") } as const;
  const last = { status: 200, json: result(b) } as const;
  await withService(LEGACY, [
    legacy(a, upgrading),
    legacy(b, broken),
    legacy(b, { ...last, json: result(b, { binding_ref: "srm_new" }) }),
  ], async ({ service, config, platform }) => {
    await failing(service.push([...a, ...b]), "internal_error");
    assert.equal(await config(), LEGACY);
    await service.push([...a, ...b]);
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.equal(keys[1], keys[2]);
    assert.equal(await config(), `${LEGACY}  binding_ref: srm_new\n`);
  });
});

Deno.test("there has to be something to push", async () => {
  await withService(BOUND, [], async ({ service }) => {
    await failing(service.push([]), "nothing_to_push");
  });
});

Deno.test("a sync does not fail for its log", async () => {
  const a = items(1);
  await withService(BOUND, [
    push(a, { status: 200, json: result(a) }),
  ], async ({ service, debugged }) => {
    assert.equal((await service.push(a)).kind, "pushed");
    assert.match(debugged.join(), /could not be logged/);
  }, {
    files: (real) => ({
      ...real,
      makeDirectory: () => Promise.reject(new Error("No space left on device")),
    }),
  });
});
