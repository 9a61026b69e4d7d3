import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { answerBody, readAnswerHead } from "../../src/platform/http_answer.ts";

interface Read {
  readonly status: number;
  readonly headers: Headers;
  /** `null` when the answer has none. */
  readonly body: string | null;
  readonly closed: number;
}

/** Reads an answer that arrives in pieces of the given sizes, the last size again and again. */
async function read(answer: string | Uint8Array, sizes = [1024], method = "GET"): Promise<Read> {
  let left = typeof answer === "string" ? new TextEncoder().encode(answer) : answer;
  let turn = 0;
  const source = {
    read(buffer: Uint8Array) {
      const size = Math.min(sizes[turn++] ?? sizes.at(-1) ?? 1, left.length, buffer.length);
      buffer.set(left.subarray(0, size));
      left = left.subarray(size);
      return Promise.resolve(size === 0 ? null : size);
    },
  };
  let closed = 0;
  const { head, rest } = await readAnswerHead(source);
  const line = { aborted: new Promise<never>(() => {}), close: () => closed++ };
  const body = answerBody(method, head, rest, line);
  return { ...head, body: body === null ? null : await new Response(body).text(), closed };
}

const WHOLE: readonly (readonly [string, string])[] = [
  ["with its length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloand more"],
  [
    "with its length twice",
    "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nContent-Length: 5\r\n\r\nhello",
  ],
  ["up to its end", "HTTP/1.0 200 OK\r\nServer: x\r\n\r\nhello"],
  [
    "in chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
  ],
  [
    "in chunks with extensions and trailers",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5 ;a=b\r\nhello\r\n0;x\r\nA: b\r\n\r\n",
  ],
  [
    "after an interim answer",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  ],
  ["of bare line ends", "HTTP/1.1 200\nContent-Length:5\n\nhello"],
];

for (const [form, answer] of WHOLE) {
  Deno.test(`an answer ${form} is read, however it arrives`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (sizes) => {
          const { status, body, closed } = await read(answer, sizes);
          assert.deepEqual([status, body, closed], [200, "hello", 1]);
        },
      ),
      { numRuns: 20 },
    );
  });
}

Deno.test("an answer that can have no body has none, whatever its headers say", async () => {
  const length = "Content-Length: 5\r\n\r\nhello";
  assert.equal((await read(`HTTP/1.1 200 OK\r\n${length}`, [9], "HEAD")).body, null);
  assert.equal((await read(`HTTP/1.1 204 No Content\r\n${length}`)).body, null);
  assert.equal((await read(`HTTP/1.1 304 Not Modified\r\n${length}`)).body, null);
});

Deno.test("headers are read byte by byte, and repeated ones are joined", async () => {
  const bytes = Uint8Array.from(
    "HTTP/1.1 200 OK\r\nX-Name:  caf\u00e9 \r\nX-Two: a\r\nx-two: b\r\nContent-Length: 0\r\n\r\n",
    (character) => character.charCodeAt(0),
  );
  const { headers } = await read(bytes);
  assert.equal(headers.get("x-name"), "caf\u00e9");
  assert.equal(headers.get("x-two"), "a, b");
});

Deno.test("a body that comes compressed though it was not asked for is unpacked", async () => {
  for (
    const [encoding, format] of [["gzip", "gzip"], ["x-gzip", "gzip"], [
      "deflate",
      "deflate",
    ]] as const
  ) {
    const packed = await new Response(
      new Blob(["hello"]).stream().pipeThrough(new CompressionStream(format)),
    ).bytes();
    const head = new TextEncoder().encode(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${packed.length}\r\n\r\n`,
    );
    const { body, headers } = await read(new Uint8Array([...head, ...packed]));
    assert.equal(body, "hello");
    assert.equal(headers.get("content-length"), null);
  }
});

const BROKEN: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /closed before the answer came/],
  ["half a head", "HTTP/1.1 200 OK\r\nContent-", /closed before the answer came/],
  ["another protocol", "SSH-2.0-OpenSSH_9\r\n\r\n", /not HTTP\/1/],
  ["a change of protocol", "HTTP/1.1 101 Switching\r\n\r\n", /not HTTP\/1/],
  ["a status of two digits", "HTTP/1.1 20\r\n\r\n", /not HTTP\/1/],
  ["a line that is no header", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", /no header/],
  ["a head without end", `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(20_000)}`, /too long/],
  ["a line without end", `HTTP/1.1 200 ${"x".repeat(100_000)}`, /too long/],
  [
    "a body that breaks off",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
    /before the body was complete/,
  ],
  [
    "a chunk that breaks off",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello",
    /before the body/,
  ],
  [
    "chunks without an end",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    /closed before/,
  ],
  [
    "a chunk without a size",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\nhello\r\n",
    /without a size/,
  ],
  [
    "a chunk that is longer than it says",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
    /without an end/,
  ],
  [
    "two lengths",
    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhello",
    /not a number/,
  ],
  ["a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello", /not a number/],
  ["an unknown form", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello", /unknown form/],
  [
    "an unknown compression",
    "HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\n\r\nhello",
    /unknown form/,
  ],
];

for (const [what, answer, message] of BROKEN) {
  Deno.test(`${what} is no answer`, async () => {
    await assert.rejects(read(answer), message);
  });
}
