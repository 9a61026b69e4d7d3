import assert from "node:assert/strict";
import { MAX_BODY_BYTES, send, type TransportRequest } from "../../src/client/transport.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { failing, HOST, hostOf } from "./support.ts";
import type { RequestLogEntry } from "../../src/client/open_host.ts";

const GET: TransportRequest = { call: "pull", method: "GET", path: "/x/" };

async function exchange(
  reply: Reply,
  test: (run: () => ReturnType<typeof send>, platform: TestPlatform) => Promise<void>,
  request: TransportRequest = GET,
): Promise<void> {
  const network: Stub[] = [{ request: `${request.method} ${request.path}`, reply }];
  await withPlatform({ network }, async (platform) => {
    await test(
      async () => await send(await hostOf(platform, { version: "1.2.3" }), request),
      platform,
    );
  });
}

Deno.test("a request goes to the base URL plus path and query, and says who asks", async () => {
  await withPlatform({
    network: [{
      request: "GET /base/api/x/?provider=linear&text=a+%26+b",
      headers: {
        "accept": "application/json",
        "user-agent": "tracker/1.2.3",
        "authorization": null,
        "x-extra": "1",
      },
      reply: { status: 200, text: "hi" },
    }],
  }, async (platform) => {
    const answer = await send(
      await hostOf(platform, { baseUrl: `${HOST}/base//`, version: "1.2.3" }),
      {
        call: "x",
        method: "GET",
        path: "/api/x/",
        query: { provider: "linear", text: "a & b", absent: undefined },
        headers: { "X-Extra": "1" },
      },
    );
    assert.equal(answer.status, 200);
    assert.equal(new TextDecoder().decode(answer.body), "hi");
  });
});

Deno.test("bodies go out as JSON, as a form, or gzipped as they are", async () => {
  const cases: [TransportRequest["body"], Record<string, string>, string][] = [
    [
      { kind: "json", value: { a: "ä" } },
      { "content-type": "application/json" },
      '{"a":"ä"}',
    ],
    [
      { kind: "form", fields: { a: "1 2", b: "&" } },
      { "content-type": "application/x-www-form-urlencoded" },
      "a=1+2&b=%26",
    ],
    [
      { kind: "gzip", bytes: new TextEncoder().encode("zipped") },
      { "content-type": "application/json", "content-encoding": "gzip" },
      "zipped",
    ],
  ];
  for (const [body, headers, sent] of cases) {
    await withPlatform({
      network: [{ request: "POST /x/", headers, reply: { status: 200, json: {} } }],
    }, async (platform) => {
      await send(await hostOf(platform), { ...GET, method: "POST", body });
      assert.equal(platform.network.requests[0]?.body, sent);
    });
  }
});

Deno.test("http to another machine is refused before anything is sent; loopback is fine", async () => {
  await withPlatform({ network: [] }, async (platform) => {
    for (const baseUrl of ["http://tracker.example", "http://10.1.2.3", "http://[::2]"]) {
      await failing(hostOf(platform, { baseUrl }), "invalid_host_url");
    }
    assert.equal(platform.network.requests.length, 0);
  });
  for (const baseUrl of ["http://127.0.0.1:81", "http://localhost", "http://[::1]:5"]) {
    const network = [{ request: "GET /x/", reply: { status: 204 } }];
    await withPlatform({ network }, async (platform) => {
      assert.equal((await send(await hostOf(platform, { baseUrl }), GET)).status, 204);
    });
  }
});

for (const status of [301, 302, 303, 304, 307, 308]) {
  Deno.test(`a ${status} is an error and is not followed`, async () => {
    const headers = { location: "https://evil.example/" };
    await exchange({ status, headers }, async (run, platform) => {
      const error = await failing(run(), "redirect_refused");
      assert.equal(error.details["status"], status);
      assert.equal(platform.network.requests.length, 1);
    });
  });
}

Deno.test("a silent host is given up after 30 seconds, or what the request says", async () => {
  await exchange({ hang: true }, async (run, platform) => {
    const before = platform.clock.monotonic();
    const error = await failing(run(), "network_timeout");
    assert.equal(platform.clock.monotonic() - before, 30_000);
    assert.match(error.message, /https:\/\/tracker\.example did not answer within 30 seconds/);
  });
  await exchange({ hang: true }, async (run, platform) => {
    const before = platform.clock.monotonic();
    await failing(run(), "network_timeout");
    assert.equal(platform.clock.monotonic() - before, 60_000);
  }, { ...GET, timeoutMs: 60_000 });
});

Deno.test("a body that stops coming is given up with the request", async () => {
  await exchange(
    () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })),
    async (run, platform) => {
      const running = failing(run(), "network_timeout");
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      platform.clock.advanceToDeadline();
      await running;
    },
  );
});

for (const fail of ["connection refused", "connection reset"] as const) {
  Deno.test(`${fail}: the message names the origin and is final`, async () => {
    await exchange({ fail }, async (run, platform) => {
      const error = await failing(run(), "network_error");
      assert.equal(
        error.message,
        "Cannot connect to the tracker host at https://tracker.example. Check your network connection.",
      );
      assert.equal(platform.network.requests.length, 1);
      assert.deepEqual(platform.clock.sleeps, []);
    });
  });
}

Deno.test("a body that breaks off is a network error", async () => {
  const broken = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"half":'));
          controller.error(new TypeError("connection closed before message completed"));
        },
      }),
    );
  await exchange(broken, async (run) => {
    await failing(run(), "network_error");
  });
});

Deno.test("a body over 32 MiB is refused by its Content-Length, unread", async () => {
  const headers = { "content-length": String(MAX_BODY_BYTES + 1) };
  await exchange({ status: 200, text: "x", headers }, async (run) => {
    const error = await failing(run(), "response_too_large");
    assert.match(error.message, /"pull" with more than 32 MiB/);
    assert.match(error.nextAction ?? "", /`--limit`/);
  });
});

Deno.test("a body over 32 MiB without a Content-Length is refused while it comes", async () => {
  let sent = 0;
  let cancelled = false;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent += 1;
          controller.enqueue(new Uint8Array(1024 * 1024));
        },
        cancel() {
          cancelled = true;
        },
      }),
    );
  await exchange(endless, async (run) => {
    await failing(run(), "response_too_large");
    assert.ok(sent <= 35, `${sent} MiB were read`);
    assert.equal(cancelled, true);
  });
});

Deno.test("a body of exactly 32 MiB is read", async () => {
  await exchange({ status: 200, bytes: new Uint8Array(MAX_BODY_BYTES) }, async (run) => {
    assert.equal((await run()).body.length, MAX_BODY_BYTES);
  });
});

Deno.test("no piece of a body is kept, so that one of single bytes takes no more memory", async () => {
  const piece = new Uint8Array(1);
  let left = 300;
  const dripping = () =>
    new Response(
      new ReadableStream({
        pull(controller) {
          piece[0] = left--;
          if (left < 0) controller.close();
          else controller.enqueue(piece);
        },
      }, { highWaterMark: 0 }),
    );
  await exchange(dripping, async (run) => {
    const expected = Array.from({ length: 300 }, (_, index) => (300 - index) % 256);
    assert.deepEqual([...(await run()).body], expected);
  });
});

Deno.test("a body of many small pieces leaves nothing behind for each of them", async () => {
  const pieces = 300_000;
  const heap: number[] = [];
  const dripping = () => {
    let sent = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (sent % pieces === 0) heap.push(Deno.memoryUsage().heapUsed);
          if (sent++ < pieces) controller.enqueue(new Uint8Array([7]));
          else controller.close();
        },
      }, { highWaterMark: 0 }),
    );
  };
  await exchange(dripping, async (run) => {
    assert.equal((await run()).body.length, pieces);
  });
  const [before = 0, after = 0] = heap;
  assert.ok(after - before < 64 * 1024 * 1024, `${after - before} bytes more`);
});

Deno.test("a request given up by its caller is an interruption, exit code 130", async () => {
  const controller = new AbortController();
  await exchange(() => {
    controller.abort();
    throw new DOMException("aborted", "AbortError");
  }, async (run) => {
    const error = await failing(run(), "interrupted");
    assert.equal(error.exitCode, 130);
  }, { ...GET, signal: controller.signal });
});

Deno.test("a token that no header can carry is refused unsent, and is not shown", async () => {
  for (const value of ["Bearer s3cret\nx", "Bearer s3cret\u2603", "Bearer s3crét"]) {
    await withPlatform({}, async (platform) => {
      const request = { ...GET, headers: { Authorization: value } };
      const sending = send(await hostOf(platform), request);
      const error = await failing(sending, "unsendable_header");
      assert.match(error.message, /`Authorization`/);
      const { message, details, cause } = error;
      assert.doesNotMatch(JSON.stringify({ message, details, cause: String(cause) }), /s3cr/);
      assert.equal(platform.network.requests.length, 0);
    });
  }
});

Deno.test("a missing permission is told as it is, not as a fault of the network", async () => {
  const denied = () => {
    const error = new Error("Requires net access");
    error.name = "NotCapable";
    throw error;
  };
  await exchange(denied, async (run) => {
    await assert.rejects(run(), { name: "NotCapable", message: "Requires net access" });
  });
});

Deno.test("the request log has method, path, status and time, and no query, token or body", async () => {
  const log: RequestLogEntry[] = [];
  await withPlatform({
    network: [
      { request: "POST /x/?key=s3cret", reply: { status: 404, text: "no" } },
      { request: "GET /x/", reply: { fail: "connection refused" } },
    ],
  }, async (platform) => {
    const options = await hostOf(platform, { onRequestLog: (entry) => void log.push(entry) });
    await send(options, {
      ...GET,
      method: "POST",
      query: { key: "s3cret" },
      headers: { "Authorization": "Bearer s3cret" },
      body: { kind: "json", value: { password: "s3cret" } },
    });
    await failing(send(options, GET), "network_error");
  });
  assert.deepEqual(log, [
    { method: "POST", path: "/x/", status: 404, ms: 0 },
    { method: "GET", path: "/x/", status: null, ms: 0 },
  ]);
});
