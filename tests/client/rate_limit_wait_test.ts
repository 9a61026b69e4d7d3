import assert from "node:assert/strict";
import { waitBeforeRepeating } from "../../src/client/rate_limit_wait.ts";
import type { Clock } from "../../src/platform/clock.ts";
import type { RequestLogEntry } from "../../src/client/open_host.ts";
import type { Platform } from "../../src/platform/platform.ts";
import { withPlatform } from "../support/platform.ts";
import { failing, STATUS, STATUS_REQUEST, withClient } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";

const ROUTING = { binding_ref: "srm_1" } as const;

Deno.test("a wait of more than a second is told before it begins, a shorter one is not", async () => {
  for (const [seconds, told] of [[42, [42_000]], [1.5, [1_500]], [1, []], [0, []]] as const) {
    await withClient([
      {
        request: STATUS_REQUEST,
        reply: {
          status: 429,
          json: errorEnvelope(429, "rate_limited", { retry_after_seconds: seconds }),
        },
      },
      { request: STATUS_REQUEST, reply: { status: 200, json: STATUS } },
    ], async ({ client, log }) => {
      await client.status("linear", ROUTING);
      const waits = log.filter(({ waitMs }) => waitMs !== undefined);
      assert.deepEqual(waits.map(({ waitMs }) => waitMs), told);
      assert.ok(
        waits.every(({ path, status }) => path === "/api/v1/tracker/status/" && status === 429),
      );
    });
  }
});

Deno.test("a request that the host still works on under its key is repeated once, after the wait it asks for", async () => {
  const busy = {
    request: STATUS_REQUEST,
    reply: {
      status: 409,
      json: errorEnvelope(409, "in_progress", { retry_after_seconds: 1 }),
    },
  };
  await withClient([
    busy,
    { request: STATUS_REQUEST, reply: { status: 200, json: STATUS } },
  ], async ({ client }) => {
    assert.deepEqual(await client.status("linear", ROUTING), STATUS);
  });
  await withClient([busy, busy], async ({ client }) => {
    const error = await failing(client.status("linear", ROUTING), "in_progress");
    assert.equal(error.exitCode, 1);
  });
});

Deno.test("Ctrl-C ends a wait for the host, with a word on what is left of it", async () => {
  await withPlatform({}, async (platform) => {
    const log: RequestLogEntry[] = [];
    // The key is pressed as soon as the wait is told.
    const onRequestLog = (entry: RequestLogEntry) => {
      log.push(entry);
      queueMicrotask(() => platform.raise("SIGINT"));
    };
    const wait = { ms: 300_000, status: 429, stop: undefined };
    const request = { method: "POST", path: "/x/" } as const;
    const error = await failing(
      waitBeforeRepeating({ platform: withRealSleep(platform), onRequestLog }, request, wait),
      "interrupted",
    );
    assert.equal(error.exitCode, 130);
    assert.equal(
      error.message,
      "Interrupted while the tracker host asked to wait, with 300 seconds left",
    );
    assert.equal(error.nextAction, "Run the command again in 300 seconds.");
    assert.equal(log.length, 1);
  });
});

/** The clock of a test does not wait; this one does, until it is told to stop. */
function withRealSleep(
  platform: Platform,
): Platform {
  const sleep: Clock["sleep"] = (_ms, options) =>
    new Promise((_, reject) =>
      options?.signal?.addEventListener("abort", () => reject(options.signal?.reason))
    );
  return { ...platform, clock: { ...platform.clock, monotonic: () => 0, sleep } };
}
