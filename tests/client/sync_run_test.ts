import assert from "node:assert/strict";
import { MAX_GUESSED_CYCLES } from "../../src/client/run_plan.ts";
import { OVERLAP_MS } from "../../src/store/checkpoints.ts";
import { isoTime } from "../../src/platform/clock.ts";
import type { Stub } from "../support/fetch.ts";
import { EMPTY_PUSH, EMPTY_RUN, failing } from "./support.ts";
import { accepted, BOUND, issue, operation, page, pull, withService } from "./service_support.ts";
import { errorEnvelope, ok } from "../support/answers.ts";

/** A cycle of the host that takes in some issues, numbered from `first`. */
function cycle(
  count: number,
  first = 1,
  extra: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const summary = { total: count, succeeded: count, failed: 0, skipped: 0 };
  const items = Array.from({ length: count }, (_, index) => issue(first + index));
  return { ...EMPTY_RUN, summary, pull: { summary, items }, ...extra };
}

function run(body: Readonly<Record<string, unknown>>, reply: Stub["reply"]): Stub {
  return {
    request: "POST /api/v1/tracker/run/",
    headers: { "Idempotency-Key": /^[0-9a-f-]{36}$/ },
    body: { provider: "linear", binding_ref: "srm_1", pull_first: true, limit: 1_000, ...body },
    reply,
  };
}

const nothingNew = pull({ limit: 1_000 }, ok(page(1, 0, null)));

Deno.test("a run has the host do its part, then pulls until nothing is left", async () => {
  await withService(BOUND, [
    run({}, ok(cycle(2))),
    pull({ limit: 1_000 }, ok(page(1, 3, "c1"))),
    pull({ limit: 1_000, cursor: "c1" }, ok(page(4, 6, null))),
  ], async ({ service, store }) => {
    const { result, ...report } = await service.run();
    assert.deepEqual([report.created, report.updated, report.unchanged], [6, 0, 0]);
    assert.equal(result.has_more, false);
    assert.deepEqual(result.pull.summary, {
      total: 6,
      succeeded: 6,
      failed: 0,
      skipped: 0,
      created: 6,
      updated: 0,
      unchanged: 0,
    });
    using cached = await store();
    assert.equal(cached.counts().total, 6);
    const counts = { created: 6, updated: 0, unchanged: 0, pushed: 0, failed: 0 };
    assert.deepEqual(cached.runs.last()?.counts, counts);
  });
});

Deno.test("a second run fetches only what has changed", async () => {
  const since = { updated_since: isoTime(Date.parse(issue(6).updated_at) - OVERLAP_MS) };
  const changed = page(6, 6, null, { items: [issue(6), issue(2, "Changed")] });
  await withService(BOUND, [
    run({}, ok(cycle(0))),
    pull({ limit: 1_000 }, ok(page(1, 6, null))),
    run({}, ok(cycle(0))),
    pull({ limit: 1_000, filters: since }, ok(changed)),
  ], async ({ service }) => {
    await service.run();
    const { created, updated, unchanged } = await service.run();
    assert.deepEqual([created, updated, unchanged], [0, 1, 1]);
  });
});

Deno.test("what a cycle took in is in the cache though no pull of changes shows it", async () => {
  await withService(BOUND, [run({}, ok(cycle(1))), nothingNew], async ({ service, store }) => {
    await service.run();
    using cached = await store();
    assert.deepEqual(cached.get("WEB-1"), issue(1));
  });
});

Deno.test("cycles follow each other while the host says that it has more", async () => {
  await withService(BOUND, [
    run({}, ok(cycle(2, 1, { has_more: true }))),
    run({}, ok(cycle(1, 3, { has_more: true }))),
    run({}, ok(cycle(0, 1, { has_more: false }))),
    nothingNew,
  ], async ({ service }) => {
    const { created, result } = await service.run();
    assert.deepEqual([created, result.has_more], [3, false]);
  });
});

Deno.test("a host that does not say whether it has more is asked again while it does as much as it is asked to", async () => {
  const full = { total: 1_000, succeeded: 1_000, failed: 0, skipped: 0 };
  const delivered = { ...EMPTY_RUN, summary: full, push: { summary: full } };
  await withService(BOUND, [
    run({}, ok(delivered)),
    run({}, ok(delivered)),
    run({}, ok(cycle(1))),
    nothingNew,
  ], async ({ service }) => {
    const { result } = await service.run();
    assert.equal(result.push.summary.succeeded, 2_000);
    assert.equal(result.has_more, false);
  });
});

Deno.test("a host that always seems to have more is asked so many times, and the rest is said", async () => {
  const full = { total: 1_000, succeeded: 1_000, failed: 0, skipped: 0 };
  const delivered = ok({ ...EMPTY_RUN, summary: full, push: { summary: full } });
  await withService(BOUND, [
    ...Array.from({ length: MAX_GUESSED_CYCLES }, () => run({}, delivered)),
    nothingNew,
  ], async ({ service }) => {
    assert.equal((await service.run()).result.has_more, true);
  });
});

Deno.test("a host that says it has more and does nothing ends the run", async () => {
  const idle = ok(cycle(0, 1, { has_more: true }));
  await withService(BOUND, [run({}, idle), run({}, idle)], async ({ service }) => {
    const error = await failing(service.run(), "invalid_response");
    assert.match(error.message, /has_more/);
  });
});

Deno.test("a run with a limit is one cycle and one pull, and says that there is more", async () => {
  await withService(BOUND, [
    run({ limit: 2 }, ok(cycle(0))),
    pull({ limit: 2 }, ok(page(1, 2, "c1"))),
    run({ limit: 2 }, ok(cycle(0))),
    pull({ limit: 2, cursor: "c1" }, ok(page(3, 3, null))),
    run({ limit: 2 }, ok(cycle(2, 4, { has_more: true }))),
  ], async ({ service, store }) => {
    const more: boolean[] = [];
    for (let turn = 0; turn < 3; turn++) {
      more.push((await service.run({ limit: 2 })).result.has_more);
    }
    assert.deepEqual(more, [true, false, true]);
    using cached = await store();
    assert.equal(cached.counts().total, 5);
  });
});

Deno.test("a run that is not to pull asks for nothing else", async () => {
  await withService(
    BOUND,
    [run({ pull_first: false }, ok(EMPTY_RUN))],
    async ({ service }) => {
      assert.equal((await service.run({ pullFirst: false })).result.has_more, false);
    },
  );
});

Deno.test("the result of a run is bounded, and says how much it leaves out", async () => {
  const pushed = Array.from({ length: 150 }, (_, index) => ({
    ref: issue(index).ref,
    action: "update",
    outcome: index === 140 ? "failed" : "updated",
    remote_ref: null,
    version: null,
    message: null,
  }));
  const summary = { total: 150, succeeded: 149, failed: 1, skipped: 0 };
  const big = cycle(120, 1, { status: "partial", push: { summary, items: pushed } });
  await withService(BOUND, [run({}, ok(big)), nothingNew], async ({ service }) => {
    const { result } = await service.run();
    assert.deepEqual([result.pull.items.length, result.pull.items_left_out], [100, 20]);
    assert.deepEqual([result.push.items.length, result.push.items_left_out], [100, 50]);
    assert.equal(result.push.items[0]?.outcome, "failed");
    assert.equal(result.status, "partial");
  });
});

Deno.test("a pull that fails after the host's part says that this was done", async () => {
  await withService(BOUND, [
    run({}, ok(cycle(1))),
    pull({ limit: 1_000 }, { fail: "connection reset" }),
  ], async ({ service, store }) => {
    const error = await failing(service.run(), "network_error");
    assert.match(error.message, /the host has synced with the tracker before/);
    assert.match(error.nextAction ?? "", /tracker sync run/);
    using cached = await store();
    assert.equal(cached.counts().total, 1);
  });
});

Deno.test("an unreadable issue of the pull makes the run partial and is told", async () => {
  const failed = { ref: issue(9).ref, code: "unreadable_item", message: "x", retryable: false };
  await withService(BOUND, [
    run({}, ok(cycle(0))),
    pull({ limit: 1_000 }, ok(page(1, 1, null, { status: "partial", item_errors: [failed] }))),
  ], async ({ service }) => {
    const { result, itemErrors } = await service.run();
    assert.deepEqual([result.status, result.item_errors], ["partial", [failed]]);
    assert.deepEqual(itemErrors, [failed]);
  });
});

Deno.test("an issue that neither the cycle nor the pull can read is told once", async () => {
  const odd = { ...issue(1), updated_at: "yesterday" };
  const summary = { total: 1, succeeded: 1, failed: 0, skipped: 0 };
  await withService(BOUND, [
    run({}, ok({ ...EMPTY_RUN, summary, pull: { summary, items: [odd] } })),
    pull({ limit: 1_000 }, ok(page(1, 1, null, { items: [odd] }))),
  ], async ({ service }) => {
    const { result, itemErrors } = await service.run();
    assert.equal(result.status, "partial");
    assert.deepEqual(itemErrors.map(({ ref, code }) => [ref.id, code]), [
      ["id-1", "unreadable_item"],
    ]);
  });
});

Deno.test("a run that the host accepts is waited for, and its failure is the operation's", async () => {
  await withService(BOUND, [
    run({}, accepted("op_1")),
    operation("op_1", { status: "completed", result: cycle(2) }),
    nothingNew,
    run({}, accepted("op_2")),
    operation("op_2", { status: "failed", error: errorEnvelope(500, "internal_error") }),
  ], async ({ service }) => {
    assert.equal((await service.run()).created, 2);
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
