import assert from "node:assert/strict";
import { systemClock } from "../../src/platform/clock.ts";
import { serveGuarded, SERVER_LIMITS, type ServerLimits } from "../../src/platform/http_server.ts";
import type { Listener } from "../../src/platform/platform.ts";

const LARGE = 32 * 1024 * 1024;

/** Serves what it is sent back, and remembers the paths that it was asked for. */
async function serving(
  test: (server: { listener: Listener; paths: string[] }) => Promise<void>,
  limits: Partial<ServerLimits> = {},
): Promise<void> {
  const paths: string[] = [];
  const listener = serveGuarded(systemClock(), {
    hostname: "127.0.0.1",
    port: 0,
    async handler(request) {
      const { pathname } = new URL(request.url);
      paths.push(pathname);
      // A path that says so is answered before its body has been read.
      if (pathname === "/at-once") return new Response("at once");
      if (pathname === "/large") return new Response(new Uint8Array(LARGE));
      const body = await request.text().catch(({ name }: Error) => `failed: ${name}`);
      return new Response(body);
    },
    limits: { ...SERVER_LIMITS, lingerMs: 50, ...limits },
    refuse: (status, message) => new Response(message, { status }),
  });
  try {
    await test({ listener, paths });
  } finally {
    listener.abort();
    await listener.shutdown();
  }
}

/** Sends bytes as they are, and returns all that comes back until the connection ends. */
async function sent({ port }: Listener, text: string): Promise<string> {
  using socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await socket.write(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  const buffer = new Uint8Array(65_536);
  let answer = "";
  for (;;) {
    const count = await socket.read(buffer).catch(() => null);
    if (count === null) return answer;
    answer += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

const HOST = "Host: x\r\n";
const CLOSE = "Connection: close\r\n";
const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}${CLOSE}\r\n`;

/** Heads that two readers could understand differently, or that are none, and the status that refuses them. */
const REFUSED: Readonly<Record<string, readonly [head: string, status: number]>> = {
  "two kinds of length": [
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`,
    400,
  ],
  "the same in the other order": [
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n`,
    400,
  ],
  "two equal lengths": [
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 5\r\n`,
    400,
  ],
  "two different lengths": [
    `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nContent-Length: 6\r\n`,
    400,
  ],
  "a list of lengths": [`POST / HTTP/1.1\r\n${HOST}Content-Length: 5, 5\r\n`, 400],
  "a length with a sign": [`POST / HTTP/1.1\r\n${HOST}Content-Length: +5\r\n`, 400],
  "a negative length": [`POST / HTTP/1.1\r\n${HOST}Content-Length: -1\r\n`, 400],
  "a length in hexadecimal": [`POST / HTTP/1.1\r\n${HOST}Content-Length: 0x5\r\n`, 400],
  "an empty length": [`POST / HTTP/1.1\r\n${HOST}Content-Length:\r\n`, 400],
  "two encodings": [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n`, 501],
  "chunked twice": [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, chunked\r\n`, 501],
  "an unknown encoding": [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n`, 501],
  "an encoding behind a strange space": [
    `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding:\x0bchunked\r\n`,
    501,
  ],
  "chunks before HTTP/1.1": [`POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n`, 501],
  "a space before a colon": [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding : chunked\r\n`, 400],
  "a folded header": [`POST / HTTP/1.1\r\n${HOST}X: y\r\n Transfer-Encoding: chunked\r\n`, 400],
  "a line that ends without a carriage return": [`GET / HTTP/1.1\r\n${HOST}X: y\nZ: 1\r\n`, 400],
  "a bare carriage return": [`GET / HTTP/1.1\r\n${HOST}X: y\rZ: 1\r\n`, 400],
  "a NUL": [`GET / HTTP/1.1\r\n${HOST}X: \0\r\n`, 400],
  "a header without a name": [`GET / HTTP/1.1\r\n${HOST}: y\r\n`, 400],
  "no host": ["GET / HTTP/1.1\r\n", 400],
  "two hosts": [`GET / HTTP/1.1\r\n${HOST}Host: y\r\n`, 400],
  "a host with a path": ["GET / HTTP/1.1\r\nHost: x/../y\r\n", 400],
  "another version": [`GET / HTTP/2.0\r\n${HOST}`, 400],
  "a tab in the request line": [`GET\t/ HTTP/1.1\r\n${HOST}`, 400],
  "two spaces in the request line": [`GET  / HTTP/1.1\r\n${HOST}`, 400],
  "a target without a slash": [`GET x HTTP/1.1\r\n${HOST}`, 400],
  "another scheme": [`GET file:///etc/passwd HTTP/1.1\r\n${HOST}`, 400],
  "a tunnel": [`CONNECT / HTTP/1.1\r\n${HOST}`, 501],
  "a tunnel in small letters": [`connect / HTTP/1.1\r\n${HOST}`, 501],
  "an expectation": [`POST / HTTP/1.1\r\n${HOST}Expect: 200-ok\r\nContent-Length: 5\r\n`, 417],
  "101 headers": [`GET / HTTP/1.1\r\n${HOST}${"a: b\r\n".repeat(100)}`, 431],
  "8,000 headers": [`GET / HTTP/1.1\r\n${HOST}${"a:\r\n".repeat(8_000)}`, 431],
};

Deno.test("a head that two readers could understand differently is refused, and nothing after it is answered", () =>
  serving(async ({ listener, paths }) => {
    for (const [name, [head, status]] of Object.entries(REFUSED)) {
      const answer = await sent(listener, `${head}\r\n${SMUGGLED}`);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), name);
      assert.equal(answer.split("HTTP/1.1 ").length, 2, `${name}: ${answer}`);
      assert.match(answer, /connection: close/, name);
    }
    assert.deepEqual(paths, []);
  }));

/** Bodies in chunks that are none. */
const CHUNKS: readonly string[] = [
  "0x5\r\nhello\r\n0\r\n\r\n",
  "-1\r\nhello\r\n0\r\n\r\n",
  "+5\r\nhello\r\n0\r\n\r\n",
  "5\nhello\r\n0\r\n\r\n",
  "5\r\nhelloXX0\r\n\r\n",
  "5\r\nhello\n0\r\n\r\n",
  "123456789\r\nhello\r\n0\r\n\r\n",
  " 5\r\nhello\r\n0\r\n\r\n",
  ";x=y\r\nhello\r\n0\r\n\r\n",
  `5;${"x".repeat(400)}\r\nhello\r\n0\r\n\r\n`,
  `0\r\n${"X: y\r\n".repeat(2_000)}\r\n`,
];

Deno.test("a body whose chunks are malformed ends the connection, and nothing after it is answered", () =>
  serving(async ({ listener, paths }) => {
    for (const chunks of CHUNKS) {
      const head = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
      const answer = await sent(listener, `${head}${chunks}${SMUGGLED}`);
      assert.match(answer, /failed: InvalidData$/, chunks.slice(0, 40));
      assert.equal(answer.split("HTTP/1.1 ").length, 2, answer);
    }
    assert.deepEqual(new Set(paths), new Set(["/"]));
  }));

Deno.test("a body that is not read is never taken for the next request", () =>
  serving(async ({ listener, paths }) => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"]) {
      const head =
        `${method} /at-once HTTP/1.1\r\n${HOST}Content-Length: ${SMUGGLED.length}\r\n\r\n`;
      await sent(listener, `${head}${SMUGGLED}`);
    }
    assert.deepEqual(paths, Array(5).fill("/at-once"));
  }));

Deno.test("an upgrade that is asked for is no reason to speak anything else", () =>
  serving(async ({ listener }) => {
    const upgrade = "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n";
    const answer = await sent(listener, `GET /a HTTP/1.1\r\n${HOST}${upgrade}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  }));

Deno.test("what arrives one byte at a time is understood as what arrives at once", () =>
  serving(async ({ listener }) => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
    socket.setNoDelay(true);
    const text = `POST / HTTP/1.1\r\n${HOST}${CLOSE}Transfer-Encoding: chunked\r\n\r\n` +
      "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
    for (const character of text) await socket.write(new TextEncoder().encode(character));
    const buffer = new Uint8Array(4_096);
    let answer = "";
    for (let count; (count = await socket.read(buffer)) !== null;) {
      answer += new TextDecoder().decode(buffer.subarray(0, count));
    }
    assert.match(answer, /\r\n\r\nhello$/);
  }));

Deno.test("the server counts its connections, and those that it closed for their slowness", () =>
  serving(async ({ listener }) => {
    assert.equal(listener.figures()?.accepted, 0);
    await sent(listener, `GET /a HTTP/1.1\r\n${HOST}`);
    const figures = listener.figures();
    assert.deepEqual([figures?.accepted, figures?.late, figures?.open], [1, 1, 0]);
  }, { headerMs: 60 }));

Deno.test("answers that nobody takes are held up to a limit, then the longest waiting is given up", () =>
  serving(async ({ listener }) => {
    const ask = async () => {
      const socket = await Deno.connect({ hostname: "127.0.0.1", port: listener.port });
      await socket.write(new TextEncoder().encode(`GET /large HTTP/1.1\r\n${HOST}\r\n`));
      await socket.read(new Uint8Array(100));
      return socket;
    };
    const silent = [await ask(), await ask(), await ask(), await ask()];
    try {
      assert.equal(listener.figures()?.gaveWay, 2);
      assert.equal(listener.figures()?.open, 2);
    } finally {
      for (const socket of silent) socket.close();
    }
  }, { heldBytes: 2.5 * LARGE }));
