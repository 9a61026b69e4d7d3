import assert from "node:assert/strict";
import { startHost } from "../../src/server/mod.ts";
import { BODY_WITHIN_MS } from "../../src/server/http/body.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { testClock } from "../support/clock.ts";
import { withHost } from "./support.ts";

/** A body that begins and then says nothing more, unless it breaks. */
function halfBody(breaks = false): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      if (breaks) controller.error(new Error("The connection is lost"));
      else return new Promise(() => {});
    },
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"user'));
    },
  });
}

function posting(path: string, body: ReadableStream<Uint8Array>): Request {
  return new Request(`http://127.0.0.1:8080${path}`, { method: "POST", body });
}

Deno.test("a body that stalls is given up after a minute", () =>
  withHost(async ({ raw, platform }) => {
    for (const path of ["/api/v1/token/", "/oauth/device", "/device"]) {
      const answer = raw(posting(path, halfBody()));
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      platform.clock.advance(BODY_WITHIN_MS);
      const { status, headers } = await answer;
      assert.equal(status, 408, path);
      assert.equal(headers.get("connection"), "close");
    }
    assert.equal(platform.stderr(), "");
  }));

Deno.test("a body that breaks off is no fault of the host's to be logged", () =>
  withHost(async ({ raw, platform }) => {
    const answer = await raw(posting("/api/v1/token/", halfBody(true)));
    assert.equal(answer.status, 503);
    assert.equal((await answer.json()).retryable, true);
    assert.equal(platform.stderr(), "");
  }));

Deno.test("a client that has sent half of its request does not hold up the end of the host", async () => {
  const clock = testClock();
  const host = await startHost({ platform: { ...systemPlatform(), clock }, dev: true });
  const { hostname, port } = new URL(host.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  try {
    const request = "POST /api/v1/token/ HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{";
    await connection.write(new TextEncoder().encode(request));
    // Answered, so the request before it has been taken up.
    await (await fetch(host.url)).body?.cancel();
    const stopped = host.stop();
    clock.advance(10_000);
    await stopped;
    await host.finished;
  } finally {
    connection.close();
  }
});

Deno.test("a body whose chunks are malformed is the client's fault, and no repeat is asked for", () =>
  withHost(async ({ raw, platform }) => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Deno.errors.InvalidData("The body is malformed")),
    });
    const answer = await raw(posting("/api/v1/token/", body));
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).retryable, false);
    assert.equal(platform.stderr(), "");
  }));
