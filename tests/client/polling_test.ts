import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import type { OperationProgress } from "../../src/client/client.ts";
import { HostedApiError } from "../../src/client/errors.ts";
import { pollOperation } from "../../src/client/polling.ts";
import { testClock } from "../support/clock.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { countingRandom } from "../support/platform.ts";
import { EMPTY_PUSH, EMPTY_RUN, failing, NO_ITEMS, withClient } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const LOOK = "GET /api/v1/tracker/operations/op_1/";

function state(status: string, extra: Record<string, unknown> = {}): Reply {
  return {
    status: 200,
    json: { operation_id: "op_1", status, result: null, error: null, ...extra },
  };
}

function looks(...replies: Reply[]): Stub[] {
  return replies.map((reply) => ({ request: LOOK, reply }));
}

const DONE = state("completed", { result: EMPTY_RUN });

Deno.test("an operation is polled after 1, 2, 4, 8, 16, 30, 30 … s until it is completed", async () => {
  const running = Array.from({ length: 8 }, () => state("running"));
  await withClient(looks(state("pending"), ...running, DONE), async ({ client, platform }) => {
    assert.deepEqual(await client.waitForOperation("op_1"), EMPTY_RUN);
    assert.deepEqual(
      platform.clock.sleeps,
      [1, 2, 4, 8, 16, 30, 30, 30, 30, 30].map((seconds) => seconds * 1000),
    );
  });
});

Deno.test("the result of a push comes back as it is", async () => {
  const done = state("completed", { result: EMPTY_PUSH });
  await withClient(looks(done), async ({ client }) => {
    assert.deepEqual(await client.waitForOperation("op_1"), EMPTY_PUSH);
  });
});

Deno.test("after 300 s in all the waiting ends, the last wait cut to fit, with the way to look again", async () => {
  const pending = Array.from({ length: 14 }, () => state("pending"));
  await withClient(looks(...pending), async ({ client, platform }) => {
    const error = await failing(client.waitForOperation("op_1"), "operation_timeout");
    assert.equal(error.message, "Operation op_1 timed out after 5 minutes");
    assert.match(error.nextAction ?? "", /`tracker sync wait op_1`/);
    assert.deepEqual(
      platform.clock.sleeps,
      [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30, 29].map((seconds) => seconds * 1000),
    );
  });
});

const CONNECTION = { name: "hub", state: "ok", message: null, since: null, until: null };

Deno.test("where the connection that an operation waits for lets nothing through, the waiting ends", async () => {
  const troubles = [
    { state: "refused", message: "Bad credentials", says: "refused: Bad credentials" },
    { state: "paused", says: "paused" },
    { state: "limited", until: "2999-01-01T00:00:00Z", says: "limited until 2999-01-01T00:00:00Z" },
  ];
  for (const { says, ...trouble } of troubles) {
    const replies = looks(
      state("pending", { connection: CONNECTION }),
      state("running", { connection: { ...CONNECTION, ...trouble } }),
    );
    await withClient(replies, async ({ client, platform }) => {
      const error = await failing(client.waitForOperation("op_1"), "operation_held");
      assert.equal(error.message, `The host keeps operation op_1: its connection hub is ${says}`);
      assert.match(error.nextAction ?? "", /`tracker status`.*`tracker sync wait op_1`/);
      assert.deepEqual(platform.clock.sleeps, [1_000, 2_000]);
    });
  }
});

Deno.test("a connection that may work again soon is waited for, and told once the time is over", async () => {
  for (const word of ["unreachable", "limited", "resting"]) {
    const connection = { ...CONNECTION, state: word, until: "2020-01-01T00:00:00Z" };
    const pending = Array.from({ length: 14 }, () => state("pending", { connection }));
    await withClient(looks(...pending), async ({ client }) => {
      const error = await failing(client.waitForOperation("op_1"), "operation_timeout");
      assert.equal(
        error.message,
        `Operation op_1 timed out after 5 minutes; its connection hub is ${word} until 2020-01-01T00:00:00Z`,
      );
    });
    await withClient(
      looks(state("running", { connection }), DONE),
      async ({ client }) => assert.deepEqual(await client.waitForOperation("op_1"), EMPTY_RUN),
    );
  }
});

Deno.test("each wait is multiplied by a random 0.8 to 1.2, and all together stay within 300 s", async () => {
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  await fc.assert(
    fc.asyncProperty(fc.array(fraction, { minLength: 30, maxLength: 30 }), async (fractions) => {
      const clock = testClock();
      let next = 0;
      const polling = pollOperation({
        clock,
        random: { ...countingRandom(), fraction: () => fractions[next++ % 30] ?? 0 },
        operationId: "op",
        origin: "https://t.example",
        look: () =>
          Promise.resolve({ operation_id: "op", status: "running", result: null, error: null }),
      });
      await failing(polling, "operation_timeout");
      const total = clock.sleeps.reduce((sum, ms) => sum + ms, 0);
      assert.ok(Math.abs(total - 300_000) < 1e-6, String(total));
      for (const [index, ms] of clock.sleeps.slice(0, -1).entries()) {
        const base = Math.min(2 ** index, 30) * 1000;
        assert.ok(Math.abs(ms - base * (0.8 + 0.4 * (fractions[index % 30] ?? 0))) < 1e-6);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("the limit is measured on the monotonic clock: moving the wall clock changes nothing", async () => {
  const jump: Reply = () => new Response("{}", { status: 503 });
  await withClient(looks(jump, jump, DONE), async ({ client, platform }) => {
    platform.clock.setWallTime(0);
    await client.waitForOperation("op_1", {
      onProgress: () => platform.clock.setWallTime(platform.clock.now() + 3_600_000),
    });
    assert.deepEqual(platform.clock.sleeps, [1000, 2000, 4000]);
  });
});

Deno.test("a failed operation raises its error", async () => {
  const error = errorEnvelope(409, "idempotency_conflict", { details: { a: 1 } });
  await withClient(looks(state("failed", { error })), async ({ client }) => {
    const failure = await failing(client.waitForOperation("op_1"), "idempotency_conflict");
    assert.ok(failure instanceof HostedApiError);
    assert.equal(failure.statusCode, 409);
    assert.deepEqual(failure.details, { a: 1 });
  });
});

Deno.test("a failed operation without an error is told", async () => {
  await withClient(looks(state("failed")), async ({ client }) => {
    const failure = await failing(client.waitForOperation("op_1"), "operation_failed");
    assert.match(failure.message, /^Operation op_1 failed/);
  });
});

Deno.test("a failed operation tells why in whatever form the host does, and keeps the code", async () => {
  const errors = [
    { error: { code: "legacy_flow_forbidden", message: "Bind first" } },
    { error: { error_code: "legacy_flow_forbidden", message: "Bind first", source: "gateway" } },
    { error: { error: "legacy_flow_forbidden", error_description: "Bind first" } },
  ];
  for (const part of errors) {
    await withClient(looks(state("failed", part)), async ({ client }) => {
      const failure = await failing(client.waitForOperation("op_1"), "legacy_flow_forbidden");
      assert.equal(failure.message, "Bind first");
    });
  }
  await withClient(looks(state("failed", { error: "Jira is down" })), async ({ client }) => {
    const failure = await failing(client.waitForOperation("op_1"), "operation_failed");
    assert.equal(failure.message, "Jira is down");
  });
});

Deno.test("an operation without the keys `result` and `error`, or of a status that is not known, is waited for", async () => {
  const bare = (status: unknown): Reply => ({
    status: 200,
    json: { operation_id: "op_1", status },
  });
  const looked = looks(bare("queued"), bare("warming_up"), bare("running"), bare(null), DONE);
  await withClient(looked, async ({ client, platform }) => {
    const seen: string[] = [];
    const onProgress = ({ status }: { status: string }) => void seen.push(status);
    assert.deepEqual(await client.waitForOperation("op_1", { onProgress }), EMPTY_RUN);
    assert.deepEqual(seen, ["pending", "running", "running", "running", "completed"]);
    assert.deepEqual(platform.clock.sleeps, [1000, 2000, 4000, 8000, 16000]);
  });
});

Deno.test("an operation whose host does not say what it did is done all the same, and that is told", async () => {
  const done: Reply = { status: 200, json: { operation_id: "op_1", status: "completed" } };
  const start = (path: string): Stub => ({
    request: `POST /api/v1/tracker/${path}/`,
    reply: { status: 202, json: { operation_id: "op_1" } },
  });
  await withClient([start("push"), ...looks(done)], async ({ client, warnings }) => {
    const by = { binding_ref: "srm_1" };
    assert.deepEqual(await client.push("linear", by, []), {
      kind: "accepted",
      operationId: "op_1",
      replayed: false,
    });
    const result = await client.waitForOperation("op_1");
    assert.deepEqual("items" in result ? [result.status, result.items] : result, ["ok", []]);
    assert.match(warnings.join(), /^Operation op_1 has completed; the host does not say what/);
  });
  await withClient([start("run"), ...looks(done)], async ({ client }) => {
    await client.run("linear", { binding_ref: "srm_1" });
    const result = await client.waitForOperation("op_1");
    assert.deepEqual("pull" in result ? result.summary : result, NO_ITEMS);
  });
});

Deno.test("a 5xx, a dropped connection and a silent host while polling are retried", async () => {
  const troubles: Reply[] = [
    { status: 503, json: errorEnvelope(503, "unavailable") },
    { status: 502, text: "<html>" },
    { fail: "connection reset" },
    { fail: "connection refused" },
    { hang: true },
  ];
  await withClient(looks(...troubles, DONE), async ({ client, platform }) => {
    assert.deepEqual(await client.waitForOperation("op_1"), EMPTY_RUN);
    assert.deepEqual(platform.clock.sleeps, [1000, 2000, 4000, 8000, 16000, 30000]);
  });
});

Deno.test("a host that stays down is given up after the same 300 s", async () => {
  const down: Reply[] = Array.from({ length: 14 }, () => ({ fail: "connection refused" }));
  await withClient(looks(...down), async ({ client, platform }) => {
    const before = platform.clock.monotonic();
    await failing(client.waitForOperation("op_1"), "operation_timeout");
    assert.equal(platform.clock.monotonic() - before, 300_000);
  });
});

Deno.test("a 404 while polling is final", async () => {
  const gone: Reply = { status: 404, json: errorEnvelope(404, "operation_not_found") };
  await withClient(looks(gone), async ({ client }) => {
    const error = await failing(client.waitForOperation("op_1"), "operation_not_found");
    assert.match(error.nextAction ?? "", /^Check the id: /);
    assert.doesNotMatch(error.nextAction ?? "", /sync wait/);
  });
});

Deno.test("an id that is none is not to be waited for again", async () => {
  await withClient(looks(), async ({ client }) => {
    const error = await failing(client.waitForOperation(".."), "invalid_operation_id");
    assert.doesNotMatch(error.nextAction ?? "", /sync wait/);
    assert.deepEqual(error.details, {});
  });
});

Deno.test("a broken answer while polling is final", async () => {
  await withClient(looks({ status: 200, text: "<html>" }), async ({ client }) => {
    await failing(client.waitForOperation("op_1"), "invalid_response");
  });
});

Deno.test("401 and 429 while polling are handled as anywhere else", async () => {
  await withClient(
    looks({ status: 401, json: {} }, {
      status: 429,
      json: errorEnvelope(429, "rate_limited", { retry_after_seconds: 9 }),
    }, DONE),
    async ({ client, platform, refreshed }) => {
      assert.deepEqual(await client.waitForOperation("op_1"), EMPTY_RUN);
      assert.deepEqual(refreshed, ["t1"]);
      assert.deepEqual(platform.clock.sleeps, [1000, 9000]);
    },
  );
  await withClient(looks({ status: 401, json: {} }, { status: 401, json: {} }), async (machine) => {
    await failing(machine.client.waitForOperation("op_1"), "session_expired");
  });
});

Deno.test("a look that fails for good says how to look again: the operation continues", async () => {
  const limited: Reply = {
    status: 429,
    json: errorEnvelope(429, "rate_limited", { retryable: true }),
  };
  for (
    const [replies, code, status] of [
      [[{ status: 401, json: {} }, { status: 401, json: {} }], "session_expired", undefined],
      [[limited, limited], "rate_limited", 429],
      [[{ status: 403, json: errorEnvelope(403, "missing_user_link") }], "missing_user_link", 403],
      [[{ status: 200, text: "<html>" }], "invalid_response", undefined],
      [[{ status: 302, headers: { location: "/" } }], "redirect_refused", undefined],
    ] satisfies [Reply[], string, number | undefined][]
  ) {
    await withClient(looks(...replies), async ({ client }) => {
      const error = await failing(client.waitForOperation("op_1"), code);
      assert.match(error.nextAction ?? "", /Run `tracker sync wait op_1` to look again\.$/);
      assert.equal(error.details["operation_id"], "op_1");
      assert.equal(error instanceof HostedApiError ? error.statusCode : undefined, status);
    });
  }
});

Deno.test("a 429 while polling cannot stretch the 300 s", async () => {
  const limited: Reply = { status: 429, headers: { "retry-after": "9999" }, text: "" };
  await withClient(looks(limited, state("running")), async ({ client, platform }) => {
    const before = platform.clock.monotonic();
    await failing(client.waitForOperation("op_1"), "operation_timeout");
    assert.equal(platform.clock.monotonic() - before, 300_000);
    assert.deepEqual(platform.clock.sleeps, [1000, 299_000]);
  });
});

Deno.test("progress tells the id, the last known status and the time so far after every look", async () => {
  const seen: OperationProgress[] = [];
  const replies = looks(state("pending"), state("running"), { fail: "connection reset" }, DONE);
  await withClient(replies, async ({ client }) => {
    await client.waitForOperation("op_1", { onProgress: (progress) => void seen.push(progress) });
  });
  assert.deepEqual(seen, [
    { operationId: "op_1", status: "pending", elapsedMs: 1_000 },
    { operationId: "op_1", status: "running", elapsedMs: 3_000 },
    { operationId: "op_1", status: "running", elapsedMs: 7_000 },
    { operationId: "op_1", status: "completed", elapsedMs: 15_000 },
  ]);
});

Deno.test("an interruption stops the waiting, not the operation: exit 130 and how to look again", async () => {
  const duringSleep = new AbortController();
  await withClient(looks(state("running")), async ({ client }) => {
    const waiting = client.waitForOperation("op_1", {
      signal: duringSleep.signal,
      onProgress: () => duringSleep.abort(),
    });
    const error = await failing(waiting, "interrupted");
    assert.equal(error.exitCode, 130);
    assert.equal(error.nextAction, "Run `tracker sync wait op_1` to look again.");
  });
  const duringLook = new AbortController();
  const aborting: Reply = () => {
    duringLook.abort();
    throw new DOMException("aborted", "AbortError");
  };
  await withClient(looks(aborting), async ({ client }) => {
    const waiting = client.waitForOperation("op_1", { signal: duringLook.signal });
    const error = await failing(waiting, "interrupted");
    assert.match(error.nextAction ?? "", /tracker sync wait op_1/);
  });
});
