import assert from "node:assert/strict";
import type { PushItem } from "../../src/contract/push.ts";
import type { SyncProgress } from "../../src/client/sync_push.ts";
import type { TestPlatform } from "../support/platform.ts";
import { failing } from "./support.ts";
import { accepted, BOUND, operation, withService } from "./service_support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { items, push, result } from "./push_support.ts";

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

const keysOf = (platform: TestPlatform) =>
  platform.network.requests.map(({ headers }) => headers.get("Idempotency-Key"));

const done = (sent: readonly PushItem[]) => push(sent, { status: 200, json: result(sent) });

Deno.test("the same push again is a new one, each time under a key of its own", async () => {
  const a = items(1);
  const creating: PushItem[] = items(2).map((item) => ({ ...item, action: "create" }));
  await withService(
    BOUND,
    [done(a), done(a), done(creating), done(creating), done(a)],
    async ({ again, platform }) => {
      for (const sent of [a, a, creating, creating, a]) await (await again()).push(sent);
      assert.equal(new Set(keysOf(platform)).size, 5);
    },
  );
});

Deno.test("an interrupted push continues: what was answered is not sent again, the rest under its first key", async () => {
  const [a, b] = [items(100), items(3, 101)];
  await withService(BOUND, [
    done(a),
    push(b, { status: 503, json: errorEnvelope(503, "internal_error") }),
    push(b, { fail: "connection reset" }),
    done(b),
    done(a),
    done(b),
  ], async ({ service, again, platform }) => {
    await failing(service.push([...a, ...b]), "internal_error");
    await failing((await again()).push([...a, ...b]), "network_error");
    const outcome = await (await again()).push([...a, ...b]);
    assert.ok(outcome.kind === "pushed");
    assert.deepEqual([outcome.resumed, outcome.alreadySent], [true, 100]);
    assert.deepEqual(outcome.result.summary, { total: 103, succeeded: 3, failed: 0, skipped: 100 });
    const [first, last] = [outcome.result.items[0], outcome.result.items[102]];
    assert.deepEqual([first?.outcome, first?.already_sent], ["unchanged", true]);
    assert.deepEqual([last?.outcome, last?.already_sent], ["updated", undefined]);
    const next = await (await again()).push([...a, ...b]);
    assert.ok(next.kind === "pushed" && !next.resumed && next.alreadySent === 0);
    const keys = keysOf(platform);
    assert.deepEqual(keys.slice(1, 4), [keys[1], keys[1], keys[1]]);
    assert.equal(new Set(keys).size, 4, "after its end it is a new push");
  });
});

Deno.test("a push interrupted before another one was sent is a new one", async () => {
  const [a, b] = [items(1), items(1, 2)];
  await withService(BOUND, [
    push(a, { fail: "connection reset" }),
    done(b),
    done(a),
  ], async ({ service, again, platform }) => {
    await failing(service.push(a), "network_error");
    await (await again()).push(b);
    const outcome = await (await again()).push(a);
    assert.ok(outcome.kind === "pushed" && !outcome.resumed);
    assert.equal(new Set(keysOf(platform)).size, 3);
  });
});

Deno.test("a plan shows the key that it would repeat, and none for a push that has not begun", async () => {
  const [a, b] = [items(100), items(1, 101)];
  await withService(BOUND, [
    done(a),
    push(b, { fail: "connection reset" }),
  ], async ({ service, again, platform }) => {
    const plan = async () => {
      const outcome = await (await again()).push([...a, ...b], { dryRun: true });
      assert.ok(outcome.kind === "planned");
      return outcome.batches.map((
        { idempotencyKey, alreadySent },
      ) => [idempotencyKey, alreadySent]);
    };
    assert.deepEqual(await plan(), [[null, false], [null, false]]);
    await failing(service.push([...a, ...b]), "network_error");
    const [first, second] = keysOf(platform);
    assert.deepEqual(await plan(), [[first, true], [second, false]]);
  });
});

for (
  const [name, status, code] of [
    ["it was refused", 422, "validation_error"],
    ["its key was used for something else", 409, "idempotency_conflict"],
  ] as const
) {
  Deno.test(`a batch gets a fresh key when ${name}`, async () => {
    const a = items(1);
    await withService(BOUND, [
      push(a, { status, json: errorEnvelope(status, code) }),
      done(a),
    ], async ({ service, again, platform }) => {
      await failing(service.push(a), code);
      await (await again()).push(a);
      assert.equal(new Set(keysOf(platform)).size, 2);
    });
  });
}

Deno.test("an answer that the host replays is told as sent before, not as done now", async () => {
  const a = items(2);
  const failed = { ...result(a), status: "partial" };
  const replay = { "Idempotency-Replayed": "true" };
  await withService(BOUND, [
    push(a, { fail: "connection reset" }),
    push(a, { status: 200, json: result(a), headers: replay }),
    push(a, { fail: "connection reset" }),
    push(a, { ...accepted("op_1"), headers: replay }),
    operation("op_1", { status: "completed", result: failed }),
  ], async ({ again }) => {
    for (const status of ["ok", "partial"]) {
      await failing((await again()).push(a), "network_error");
      const outcome = await (await again()).push(a);
      assert.ok(outcome.kind === "pushed");
      assert.equal(outcome.alreadySent, 2);
      assert.equal(outcome.result.status, status);
      assert.deepEqual(outcome.result.items.map((item) => item.outcome), [
        "unchanged",
        "unchanged",
      ]);
    }
  });
});

Deno.test("a batch that failed as an operation is tried again under a fresh key, and those before it are not sent twice", async () => {
  const [a, b] = [items(100), items(1, 101)];
  await withService(BOUND, [
    done(a),
    push(b, accepted("op_1")),
    operation("op_1", { status: "running" }),
    operation("op_1", { status: "failed", error: errorEnvelope(500, "internal_error") }),
    push(b, accepted("op_2")),
    operation("op_2", { status: "completed", result: result(b) }),
  ], async ({ service, again, platform }) => {
    await failing(service.push([...a, ...b]), "internal_error");
    await (await again()).push([...a, ...b]);
    const keys = keysOf(platform);
    assert.notEqual(keys[4], keys[1]);
  });
});

Deno.test("an operation that may still run keeps the key of its batch", async () => {
  const a = items(1);
  const refused = {
    request: "GET /api/v1/tracker/operations/op_1/",
    reply: { status: 403, json: errorEnvelope(403, "no_installation") },
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
    const keys = keysOf(platform);
    assert.equal(keys[3], keys[0]);
  });
});

Deno.test("a push whose journal cannot be kept is pushed all the same", async () => {
  const a = items(1);
  await withService(BOUND, [push(a, { status: 200, json: result(a) })], async (machine) => {
    await Deno.mkdir(`${machine.platform.home}/.spec-kitty/tracker`, { recursive: true });
    await Deno.writeTextFile(`${machine.platform.home}/.spec-kitty/tracker/trackers`, "in the way");
    const outcome = await machine.service.push(a);
    assert.equal(outcome.kind, "pushed");
    assert.match(machine.debugged.join("\n"), /The journal of pushes cannot be used/);
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

Deno.test("a failure after some batches says how many items were sent and how to continue", async () => {
  const [a, b] = [items(100), items(3, 101)];
  await withService(BOUND, [
    push(a, { status: 200, json: result(a) }),
    push(b, { status: 503, json: errorEnvelope(503, "internal_error") }),
  ], async ({ service, store }) => {
    const error = await failing(service.push([...a, ...b]), "internal_error");
    assert.match(error.message, /100 of 103 items were sent before/);
    assert.match(error.nextAction ?? "", /Repeat the same push/);
    assert.deepEqual([error.details["sent"], error.details["total"]], [100, 103]);
    using cached = await store();
    assert.equal(cached.runs.last()?.outcome, "failed");
  });
});

for (
  const [name, reply, code, isTold] of [
    ["whose answer is lost", { fail: "connection reset" }, "network_error", true],
    ["that the host fails", { status: 502, text: "<html>" }, "http_502", true],
    ["that the host refuses", { status: 422, json: errorEnvelope(422, "x") }, "x", false],
  ] as const
) {
  Deno.test(`a push ${name} ${isTold ? "says that it may be repeated" : "is not to be repeated"}`, async () => {
    const a = items(1);
    await withService(BOUND, [push(a, reply)], async ({ service }) => {
      const { nextAction } = await failing(service.push(a), code);
      assert.equal((nextAction ?? "").includes("Repeat the same push"), isTold);
    });
  });
}
