/** The body of an answer, read up to a limit, from whatever it comes. */
import assert from "node:assert/strict";
import { readResponseBody } from "../../src/platform/response_body.ts";

const LIMIT = 200_000;

/** Lengths around what is made room for at first, and around the limit. */
const LENGTHS = [0, 1, 65_535, 65_536, 65_537, 131_072, LIMIT - 1, LIMIT];

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

function* piecesOf(bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>, void> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.slice(at, at + 10_007);
}

/** A stream that a program has made: it hands out its own pieces. */
function piecewise(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(piecesOf(bytes));
}

/** A stream as the runtime's own are: it can be read straight into a buffer. */
function bytewise(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = piecesOf(bytes);
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { done, value } = pieces.next();
      if (done !== true) return controller.enqueue(value);
      controller.close();
      // A read that waits for its buffer to be filled is told of the end.
      controller.byobRequest?.respond(0);
    },
  });
}

const SOURCES: Readonly<Record<string, (bytes: Uint8Array<ArrayBuffer>) => Response>> = {
  "a whole text": (bytes) => new Response(bytes),
  pieces: (bytes) => new Response(piecewise(bytes)),
  "pieces that are read into a buffer": (bytes) => new Response(bytewise(bytes)),
  "pieces that announce too little": (bytes) =>
    new Response(piecewise(bytes), { headers: { "content-length": "1" } }),
};

/** Answers with as many bytes as the path says, announced or not, and reads them. */
async function fetched(length: number, isAnnounced: boolean): Promise<Uint8Array | null> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    const bytes = bytesOf(length);
    return new Response(isAnnounced ? bytes : piecewise(bytes));
  });
  try {
    const response = await fetch(`http://127.0.0.1:${server.addr.port}`);
    return await readResponseBody(response, LIMIT, new AbortController().signal);
  } finally {
    await server.shutdown();
  }
}

for (const [name, responseOf] of Object.entries(SOURCES)) {
  Deno.test(`a body of ${name} is read up to its limit, and not beyond`, async () => {
    const { signal } = new AbortController();
    for (const length of LENGTHS) {
      const read = await readResponseBody(responseOf(bytesOf(length)), LIMIT, signal);
      assert.deepEqual(read, bytesOf(length), String(length));
    }
    assert.equal(await readResponseBody(responseOf(bytesOf(LIMIT + 1)), LIMIT, signal), null);
  });
}

for (const isAnnounced of [true, false]) {
  const name = isAnnounced ? "with its length" : "without its length";
  Deno.test(`a body from the network ${name} is read up to its limit, and not beyond`, async () => {
    for (const length of LENGTHS) {
      assert.deepEqual(await fetched(length, isAnnounced), bytesOf(length), String(length));
    }
    assert.equal(await fetched(LIMIT + 1, isAnnounced), null);
  });
}

const STREAMS: Readonly<
  Record<string, (pull: () => Promise<void>, cancel: () => void) => Response>
> = {
  "of pieces": (pull, cancel) => new Response(new ReadableStream({ pull, cancel })),
  "that is read into a buffer": (pull, cancel) =>
    new Response(new ReadableStream({ type: "bytes", pull, cancel })),
};

for (const [name, responseOf] of Object.entries(STREAMS)) {
  Deno.test(`a body ${name} that breaks fails`, async () => {
    const broken = responseOf(() => Promise.reject(new TypeError("broken")), () => {});
    const { signal } = new AbortController();
    await assert.rejects(readResponseBody(broken, LIMIT, signal), /broken/);
  });

  Deno.test(`a body ${name} that is waited for no more is cancelled`, async () => {
    const cancelled = Promise.withResolvers<void>();
    const endless = responseOf(() => new Promise(() => {}), () => cancelled.resolve());
    const controller = new AbortController();
    const reading = readResponseBody(endless, LIMIT, controller.signal);
    controller.abort(new DOMException("Enough", "AbortError"));
    await assert.rejects(reading, { name: "AbortError" });
    await cancelled.promise;
  });
}
