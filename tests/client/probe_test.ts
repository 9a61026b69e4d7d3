import assert from "node:assert/strict";
import { probeHost } from "../../src/client/probe.ts";
import {
  type OpenHost,
  openHost,
  type RequestLogEntry,
  type RequestOptions,
} from "../../src/client/open_host.ts";
import { GATE_ON } from "../support/cli.ts";
import { TEST_START } from "../support/clock.ts";
import type { Reply } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import type { Platform } from "../../src/platform/platform.ts";

const HOST = "https://host.example/base";

function hostOf(platform: Platform, options: RequestOptions = {}): Promise<OpenHost> {
  return openHost({ ...options, platform, baseUrl: HOST });
}

function probing(reply: Reply, test: (platform: TestPlatform) => Promise<void>): Promise<void> {
  const network = [{ request: "HEAD /base", headers: { authorization: null }, reply }];
  return withPlatform({ env: { ...GATE_ON, TRACKER_TOKEN: "secret-token" }, network }, test);
}

function dated(ms: number, status = 200): Reply {
  return { status, headers: { date: new Date(ms).toUTCString() } };
}

Deno.test("the probe is one HEAD without a token, and measures time there and back", () =>
  probing((request) => {
    assert.equal(request.redirect, "manual");
    return new Response(null, {
      status: 401,
      headers: { date: new Date(TEST_START).toUTCString() },
    });
  }, async (platform) => {
    const slow = async (request: Request) => {
      platform.clock.advance(40);
      return await platform.network.fetch(request);
    };
    const probe = await probeHost(await hostOf({ ...platform, fetch: slow }));
    assert.equal(platform.network.requests[0]?.headers.get("user-agent"), "tracker");
    assert.deepEqual(probe, { kind: "answered", status: 401, roundTripMs: 40, clockAheadMs: -480 });
  }));

Deno.test("the probe says who asks, and is told to the log, answered or not", async () => {
  for (
    const [reply, status] of [[{ status: 204 }, 204], [{ fail: "connection reset" }, null]] as const
  ) {
    await probing(reply, async (platform) => {
      const log: RequestLogEntry[] = [];
      const onRequestLog = (entry: RequestLogEntry) => void log.push(entry);
      await probeHost(await hostOf(platform, { version: "1.2.3", onRequestLog }));
      assert.equal(platform.network.requests[0]?.headers.get("user-agent"), "tracker/1.2.3");
      assert.deepEqual(log, [{ method: "HEAD", path: "/base", status, ms: 0 }]);
    });
  }
});

Deno.test("the probe tells how far this machine's clock is ahead or behind", async () => {
  for (const [offset, ahead] of [[-60_000, 59_500], [60_000, -60_500]] as const) {
    await probing(dated(TEST_START + offset), async (platform) => {
      const probe = await probeHost(await hostOf(platform));
      assert.equal(probe.kind === "answered" && probe.clockAheadMs, ahead);
    });
  }
});

Deno.test("an answer without a date, or with nonsense for one, tells nothing of the clock", async () => {
  for (const headers of [{}, { date: "yesterday" }]) {
    await probing({ status: 503, headers }, async (platform) => {
      const probe = await probeHost(await hostOf(platform));
      assert.equal(probe.kind === "answered" && probe.clockAheadMs, null);
    });
  }
});

Deno.test("a host that does not answer is silent, with the reason in a few words", async () => {
  const deep = () => {
    const cause = new Error(
      "error sending request for url (https://host.example/): client error (Connect): " +
        "tcp connect error: Connection refused (os error 111)",
    );
    throw new TypeError("fetch failed", { cause });
  };
  const cases: readonly (readonly [Reply, string])[] = [
    [{ fail: "connection reset" }, "connection reset"],
    [deep, "Connection refused"],
    [{ hang: true }, "no answer within 2 seconds"],
    [() => {
      throw new TypeError("");
    }, "no connection"],
  ];
  for (const [reply, reason] of cases) {
    await probing(reply, async (platform) => {
      assert.deepEqual(await probeHost(await hostOf(platform)), {
        kind: "silent",
        reason,
        untrusted: null,
      });
    });
  }
});

Deno.test("a permission that is missing is thrown on, not taken for a silent host", () =>
  probing(() => {
    throw new Deno.errors.NotCapable("Requires net access");
  }, async (platform) => {
    await assert.rejects(probeHost(await hostOf(platform)), { name: "NotCapable" });
  }));
