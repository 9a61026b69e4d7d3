import assert from "node:assert/strict";
import { type Clock, systemClock } from "../../src/platform/clock.ts";
import { serveGuarded, SERVER_LIMITS, type ServerLimits } from "../../src/platform/http_server.ts";
import type { RequestHandler } from "../../src/platform/platform.ts";
import { testClock } from "../support/clock.ts";

/** A client that writes bytes as it likes. */
interface RawClient {
  write(text: string): Promise<void>;
  /** All that the server sends until it closes the connection. */
  rest(): Promise<string>;
  /** What the server sends next. */
  next(): Promise<string>;
}

type Connect = () => Promise<RawClient>;

async function serving(
  test: (connect: Connect) => Promise<void>,
  limits: Partial<ServerLimits> = {},
  handler: RequestHandler = echo,
  clock: Clock = systemClock(),
): Promise<void> {
  const listener = serveGuarded(clock, {
    hostname: "127.0.0.1",
    port: 0,
    handler,
    limits: { ...SERVER_LIMITS, ...limits },
    refuse: (status, message) => new Response(message, { status }),
  });
  const sockets: Deno.TcpConn[] = [];
  try {
    await test(async () => {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
      sockets.push(socket);
      const decoder = new TextDecoder();
      const buffer = new Uint8Array(65_536);
      const next = async () => {
        const read = await socket.read(buffer).catch(() => null);
        return read === null ? "" : decoder.decode(buffer.subarray(0, read));
      };
      return {
        next,
        async write(text) {
          await socket.write(new TextEncoder().encode(text));
        },
        async rest() {
          let all = "";
          for (let part = await next(); part !== ""; part = await next()) all += part;
          return all;
        },
      };
    });
  } finally {
    for (const socket of sockets) socket.close();
    listener.abort();
    await listener.shutdown();
  }
}

/** Serves in a time that passes only while a test waits for the end of a connection. */
function servingInTime(
  test: (connect: Connect, end: (client: RawClient) => Promise<string>) => Promise<void>,
  limits: Partial<ServerLimits>,
): Promise<void> {
  const clock = testClock();
  const end = async (client: RawClient) => {
    const passing = setInterval(() => clock.advance(100), 5);
    return await client.rest().finally(() => clearInterval(passing));
  };
  return serving((connect) => test(connect, end), limits, echo, clock);
}

const echo: RequestHandler = async (request, { remoteAddress }) => {
  const body = await request.text();
  return new Response(
    `${request.method} ${new URL(request.url).pathname} ${body} ${remoteAddress}`,
  );
};

const GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
/** Milliseconds that no test lets pass. */
const FOR_EVER = 1e12;
const LAST_GET = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

Deno.test("requests follow each other on one connection, sent one by one or at once", () =>
  serving(async (connect) => {
    const client = await connect();
    await client.write(GET);
    assert.match(await client.next(), /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nGET \/a {2}127\.0\.0\.1$/);
    await client.write(GET + LAST_GET);
    const rest = await client.rest();
    assert.match(rest, /GET \/a [^]*connection: close\r\n\r\nGET \/last/);
  }));

Deno.test("a body arrives by its length, in chunks, and after a 100 Continue", () =>
  serving(async (connect) => {
    const post = "POST /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (
      const [headers, body] of [
        ["Content-Length: 5\r\n", "hello"],
        ["Transfer-Encoding: chunked\r\n", "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n"],
      ] as const
    ) {
      const client = await connect();
      await client.write(`${post}${headers}\r\n${body}`);
      assert.match(await client.rest(), /POST \/p hello /);
    }
    const patient = await connect();
    await patient.write(`${post}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`);
    assert.equal(await patient.next(), "HTTP/1.1 100 Continue\r\n\r\n");
    await patient.write("hello");
    assert.match(await patient.rest(), /POST \/p hello /);
  }));

Deno.test("an answer to HEAD has no body, and a large one is compressed for who takes it", () =>
  serving(
    async (connect) => {
      const head = await connect();
      await head.write("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assert.match(await head.rest(), /\r\n\r\n$/);
      const plain = await connect();
      await plain.write(LAST_GET);
      assert.match(await plain.rest(), /content-length: 5000\r\n/);
      const zipped = await connect();
      await zipped.write(LAST_GET.replace("Connection", "Accept-Encoding: br, gzip\r\nConnection"));
      assert.match(await zipped.rest(), /content-encoding: gzip\r\n/);
    },
    {},
    () => new Response("x".repeat(5_000), { headers: { "content-type": "text/plain" } }),
  ));

Deno.test("what is no request is answered and the connection ends", () =>
  serving(async (connect) => {
    for (
      const [text, status] of [
        ["NONSENSE\r\n\r\n", 400],
        [`GET / HTTP/1.1\r\nHost: x\r\nA: ${"x".repeat(40_000)}`, 431],
        ["CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n", 501],
      ] as const
    ) {
      const client = await connect();
      await client.write(text);
      assert.match(await client.rest(), new RegExp(`^HTTP/1\\.1 ${status} `));
    }
  }));

Deno.test("the handler is asked about any method, by its name", () =>
  serving(async (connect) => {
    for (const method of ["TRACE", "track", "PROPFIND", "get-it"]) {
      const client = await connect();
      await client.write(`${method} /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(await client.rest(), new RegExp(`${method} /p `), method);
    }
    const next = await connect();
    await next.write(`TRACE /p HTTP/1.1\r\nHost: x\r\n\r\n${LAST_GET}`);
    assert.match(await next.rest(), /TRACE \/p [^]+GET \/last /);
  }));

Deno.test("a header that does not arrive in time ends the connection, at the first request and later", () =>
  servingInTime(async (connect, end) => {
    const silent = await connect();
    assert.equal(await end(silent), "");
    const half = await connect();
    await half.write("GET / HTTP/1.1\r\nHost: x\r\n");
    assert.equal(await end(half), "");
    const second = await connect();
    await second.write(GET);
    await second.next();
    await second.write("GET / HTT");
    assert.equal(await end(second), "");
  }, { headerMs: 100, idleMs: FOR_EVER }));

Deno.test("a connection without a request ends after a while", () =>
  servingInTime(async (connect, end) => {
    const client = await connect();
    await client.write(GET);
    await client.next();
    assert.equal(await end(client), "");
  }, { headerMs: 100, idleMs: 100 }));

Deno.test("a body below the minimum rate ends the connection", () =>
  servingInTime(async (connect, end) => {
    const client = await connect();
    await client.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nslow");
    assert.doesNotMatch(await end(client), /200 OK/);
  }, { headerMs: 100, bodyMs: 100 }));

Deno.test("an answer that takes long is waited for, whatever the limits of the client are", () => {
  const clock = testClock();
  const idle = Promise.withResolvers<RawClient>();
  return serving(
    async (connect) => {
      const other = await connect();
      await other.write(GET);
      await other.next();
      idle.resolve(other);
      const client = await connect();
      await client.write(LAST_GET);
      assert.match(await client.rest(), /done$/);
    },
    { headerMs: 40, idleMs: 40, bodyMs: 40 },
    async ({ url }) => {
      if (!url.endsWith("/last")) return new Response("at once");
      clock.advance(200);
      // That the server has looked at its limits since is seen by a connection that waits for nothing.
      await (await idle.promise).rest();
      return new Response("done");
    },
    clock,
  );
});

Deno.test("at the cap the connection that has waited longest gives way to a new one", () =>
  serving(async (connect) => {
    const first = await connect();
    const others = [await connect(), await connect()];
    const late = await connect();
    await late.write(LAST_GET);
    assert.match(await late.rest(), /GET \/last/);
    assert.equal(await first.rest(), "");
    for (const other of others) {
      await other.write(LAST_GET);
      assert.match(await other.rest(), /GET \/last/);
    }
  }, { maxConnections: 3 }));

Deno.test("a handler that fails is a 500 and not the end of the server", () =>
  serving(
    async (connect) => {
      for (let turn = 0; turn < 2; turn++) {
        const client = await connect();
        await client.write(LAST_GET);
        assert.match(await client.rest(), /^HTTP\/1\.1 500 /);
      }
    },
    {},
    () => Promise.reject(new Error("fails")),
  ));

Deno.test("an empty line before a request is skipped", () =>
  serving(async (connect) => {
    const client = await connect();
    await client.write(`\r\n\r\n${GET}\r\n${LAST_GET}`);
    assert.match(await client.rest(), /GET \/a [^]*GET \/last/);
  }));

Deno.test("a head above the limit is refused even when it arrives at once", () =>
  serving(async (connect) => {
    const client = await connect();
    await client.write(
      `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nA: ${"x".repeat(33_000)}\r\n\r\n`,
    );
    assert.match(await client.rest(), /^HTTP\/1\.1 431 /);
  }));

Deno.test("a chunk with a bare carriage return in its line is refused", () =>
  serving(
    async (connect) => {
      const client = await connect();
      await client.write(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;a\rb\r\nhi\r\n0\r\n\r\n",
      );
      assert.match(await client.rest(), /InvalidData$/);
    },
    {},
    async (request) => new Response(await request.text().catch(({ name }: Error) => name)),
  ));

Deno.test("at the cap a body that does not arrive gives way to a new connection", () =>
  serving(async (connect) => {
    const slow = [await connect(), await connect()];
    for (const client of slow) {
      await client.write(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
      );
      assert.match(await client.next(), /100 Continue/);
    }
    const late = await connect();
    await late.write(LAST_GET);
    assert.match(await late.rest(), /GET \/last/);
  }, { maxConnections: 2, bodyMs: 600_000 }));

Deno.test("at the cap a client that has its answer and still owes a body gives way to a new connection", () =>
  serving(
    async (connect) => {
      const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
      for (let turn = 0; turn < 2; turn++) {
        const client = await connect();
        await client.write(post);
        assert.match(await client.next(), /here$/);
      }
      const late = await connect();
      await late.write(LAST_GET);
      assert.match(await late.next(), /here$/);
    },
    { maxConnections: 2, lingerMs: 600_000 },
    () => new Response("here"),
  ));

Deno.test("at the cap a client that does not take its answer gives way to a new connection", () =>
  serving(
    async (connect) => {
      const silent = [await connect(), await connect()];
      for (const client of silent) {
        await client.write(LAST_GET);
        await client.next();
      }
      const late = await connect();
      await late.write("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assert.match(await late.rest(), /200 OK/);
    },
    { maxConnections: 2, writeMs: 600_000, stalledMs: 50 },
    () => new Response(new Uint8Array(32 * 1024 * 1024)),
  ));
