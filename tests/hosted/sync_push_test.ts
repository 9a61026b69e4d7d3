import assert from "node:assert/strict";
import type { PushItem } from "../../src/contract/push.ts";
import type { SyncProgress } from "../../src/hosted/sync_push.ts";
import type { Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, EMPTY_RUN, envelope, failing } from "./support.ts";
import { BOUND, issue, LEGACY, withService } from "./service_support.ts";

function items(count: number, first = 1): PushItem[] {
  return Array.from({ length: count }, (_, index) => ({
    ref: { system: "linear", workspace: "acme", id: `id-${first + index}` },
    action: "update",
    patch: { title: `T${first + index}` },
  }));
}

function result(
  sent: readonly PushItem[],
  extra: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    ...EMPTY_PUSH,
    summary: { total: sent.length, succeeded: sent.length, failed: 0, skipped: 0 },
    items: sent.map(({ ref, action }) => ({
      ref,
      action,
      outcome: "updated",
      remote_ref: ref,
      version: "1",
      message: null,
    })),
    ...extra,
  };
}

function push(sent: readonly PushItem[], reply: Stub["reply"]): Stub {
  return {
    request: "POST /api/v1/tracker/push/",
    headers: {
      "Idempotency-Key": /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    },
    body: { provider: "linear", binding_ref: "srm_1", items: sent },
    reply,
  };
}

const accepted = (id: string) => ({ status: 202, json: { operation_id: id, status: "pending" } });

function operation(id: string, json: Readonly<Record<string, unknown>>): Stub {
  return {
    request: `GET /api/v1/tracker/operations/${id}/`,
    reply: { status: 200, json: { operation_id: id, result: null, error: null, ...json } },
  };
}

Deno.test("items are pushed in batches of 100, each under a key of its own", async () => {
  const [a, b, c] = [items(100), items(100, 101), items(7, 201)];
  await withService(BOUND, [
    push(a, { status: 200, json: result(a) }),
    push(b, { status: 200, json: result(b) }),
    push(c, { status: 200, json: result(c, { trace: "last" }) }),
  ], async ({ service, platform, store }) => {
    const progress: SyncProgress[] = [];
    const outcome = await service.push([...a, ...b, ...c], {
      onProgress: (one) => progress.push(one),
    });
    assert.ok(outcome.kind === "pushed");
    assert.deepEqual(outcome.result, { ...result([...a, ...b, ...c]), trace: "last" });
    assert.deepEqual(
      progress,
      [100, 200, 207].map((sent) => ({ kind: "batch", sent, total: 207 })),
    );
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.equal(new Set(keys).size, 3);
    using cached = await store();
    assert.deepEqual(cached.runs.last()?.counts, { pushed: 207, failed: 0 });
  });
});

Deno.test("the same push again has the same keys, and another content other ones", async () => {
  const [a, b] = [items(101), items(100)];
  const seen: (string | null)[][] = [];
  for (const sent of [a, a, b, [...b].reverse()]) {
    const stubs: Stub[] = sent.length > 100
      ? [
        push(sent.slice(0, 100), { status: 200, json: result(sent.slice(0, 100)) }),
        push(sent.slice(100), { status: 200, json: result(sent.slice(100)) }),
      ]
      : [push(sent, { status: 200, json: result(sent) })];
    await withService(BOUND, stubs, async ({ service, platform }) => {
      await service.push(sent);
      seen.push(platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key")));
    });
  }
  assert.deepEqual(seen[1], seen[0]);
  assert.equal(seen[2]?.[0], seen[0]?.[0], "the first hundred are the same");
  assert.notEqual(seen[3]?.[0], seen[2]?.[0]);
});

Deno.test("a push that broke off is repeated under the same keys, one that came to its end is a new one", async () => {
  const [a, b] = [items(100), items(3, 101)];
  const done = (sent: readonly PushItem[]) => push(sent, { status: 200, json: result(sent) });
  await withService(BOUND, [
    done(a),
    push(b, { status: 503, json: envelope(503, "internal_error") }),
    done(a),
    done(b),
    done(a),
    done(b),
    done(b),
  ], async ({ service, again, platform }) => {
    await failing(service.push([...a, ...b]), "internal_error");
    await (await again()).push([...a, ...b]);
    const planned = await (await again()).push([...a, ...b], { dryRun: true });
    await (await again()).push([...a, ...b]);
    await (await again()).push(b);
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.deepEqual(keys.slice(2, 4), keys.slice(0, 2), "the repeat of what broke off");
    assert.equal(new Set(keys).size, 5, "then new keys, also for a part of it");
    assert.ok(planned.kind === "planned");
    assert.deepEqual(planned.batches.map(({ idempotencyKey }) => idempotencyKey), keys.slice(4, 6));
  });
});

Deno.test("a batch that failed as an operation is tried anew, and those before it are not done twice", async () => {
  const [a, b] = [items(100), items(1, 101)];
  const done = (sent: readonly PushItem[]) => push(sent, { status: 200, json: result(sent) });
  await withService(BOUND, [
    done(a),
    push(b, accepted("op_1")),
    operation("op_1", { status: "running" }),
    operation("op_1", { status: "failed", error: envelope(500, "internal_error") }),
    done(a),
    push(b, accepted("op_2")),
    operation("op_2", { status: "completed", result: result(b) }),
  ], async ({ service, again, platform }) => {
    await failing(service.push([...a, ...b]), "internal_error");
    await (await again()).push([...a, ...b]);
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.equal(keys[4], keys[0]);
    assert.notEqual(keys[5], keys[1]);
  });
});

Deno.test("an operation that may still go on keeps the key of its batch", async () => {
  const a = items(1);
  const refused = {
    request: "GET /api/v1/tracker/operations/op_1/",
    reply: { status: 403, json: envelope(403, "no_installation") },
  };
  await withService(BOUND, [
    push(a, accepted("op_1")),
    operation("op_1", { status: "running" }),
    refused,
    push(a, accepted("op_1")),
    operation("op_1", { status: "completed", result: result(a) }),
  ], async ({ service, again, platform }) => {
    await failing(service.push(a), "no_installation");
    await (await again()).push(a);
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.equal(keys[3], keys[0]);
  });
});

Deno.test("a push that creates issues keeps its keys, so that no repeat creates them again", async () => {
  const [update] = items(1);
  const sent: PushItem[] = items(2).map((item) => ({ ...item, action: "create" }));
  const both = update === undefined ? sent : [...sent, update];
  const reply = { status: 200, json: result(both) };
  await withService(BOUND, [push(both, reply), push(both, reply)], async ({ again, platform }) => {
    await (await again()).push(both);
    await (await again()).push(both);
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.equal(keys[0], keys[1]);
  });
});

Deno.test("a push whose history cannot be kept is pushed all the same", async () => {
  const a = items(1);
  await withService(BOUND, [push(a, { status: 200, json: result(a) })], async (machine) => {
    await Deno.mkdir(`${machine.platform.home}/.spec-kitty`, { recursive: true });
    await Deno.writeTextFile(`${machine.platform.home}/.spec-kitty/trackers`, "in the way");
    const outcome = await machine.service.push(a);
    assert.equal(outcome.kind, "pushed");
    assert.match(machine.debugged.join("\n"), /What was pushed before is not known/);
  });
});

Deno.test("a dry run says what would be sent and sends nothing", async () => {
  await withService(BOUND, [], async ({ service, platform }) => {
    const outcome = await service.push(items(150), { dryRun: true });
    assert.ok(outcome.kind === "planned");
    assert.deepEqual(outcome.batches.map((batch) => batch.items.length), [100, 50]);
    assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty`), null);
  });
});

Deno.test("one batch that is partial makes the whole partial, with every failed item", async () => {
  const [a, b] = [items(100), items(1, 101)];
  const failed = { ref: b[0]?.ref, code: "x", message: "No such step", retryable: false };
  await withService(BOUND, [
    push(a, { status: 200, json: result(a) }),
    push(b, { status: 200, json: result(b, { status: "error", item_errors: [failed] }) }),
  ], async ({ service }) => {
    const outcome = await service.push([...a, ...b]);
    assert.ok(outcome.kind === "pushed");
    assert.equal(outcome.result.status, "partial");
    assert.deepEqual(outcome.result.item_errors, [failed]);
    assert.equal(outcome.result.items.length, 101);
  });
});

Deno.test("a failure after some batches says how many items were sent and how to go on", async () => {
  const [a, b] = [items(100), items(3, 101)];
  await withService(BOUND, [
    push(a, { status: 200, json: result(a) }),
    push(b, { status: 503, json: envelope(503, "internal_error") }),
  ], async ({ service, store }) => {
    const error = await failing(service.push([...a, ...b]), "internal_error");
    assert.match(error.message, /100 of 103 items were sent before/);
    assert.match(error.nextAction ?? "", /Repeat the same push/);
    assert.deepEqual([error.details["sent"], error.details["total"]], [100, 103]);
    using cached = await store();
    assert.equal(cached.runs.last()?.outcome, "failed");
  });
});

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
    operation("op_1", { status: "failed", error: envelope(409, "mapping_disabled") }),
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

Deno.test("a push that broke off is not upgraded, so that its repeat has the same route and keys", async () => {
  const [a, b] = [items(100), items(1, 101)];
  const legacy = (sent: readonly PushItem[], reply: Stub["reply"]): Stub => ({
    ...push(sent, reply),
    body: { provider: "linear", project_slug: "web", items: sent },
  });
  const upgrading = { status: 200, json: result(a, { binding_ref: "srm_new" }) } as const;
  const broken = { status: 500, json: envelope(500, "internal_error") } as const;
  const last = { status: 200, json: result(b) } as const;
  await withService(LEGACY, [
    legacy(a, upgrading),
    legacy(b, broken),
    legacy(a, upgrading),
    legacy(b, last),
  ], async ({ service, config, platform }) => {
    await failing(service.push([...a, ...b]), "internal_error");
    assert.equal(await config(), LEGACY);
    await service.push([...a, ...b]);
    const keys = platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));
    assert.deepEqual(keys.slice(0, 2), keys.slice(2));
    assert.equal(await config(), `${LEGACY}  binding_ref: srm_new\n`);
  });
});

Deno.test("there has to be something to push", async () => {
  await withService(BOUND, [], async ({ service }) => {
    await failing(service.push([]), "nothing_to_push");
  });
});

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
