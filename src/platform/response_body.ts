import { collectBytes } from "./byte_collector.ts";

/**
 * Reads the body of an answer, of at most `maxBytes`; `null` when it is longer. Ends when `signal` fires: not every body
 * hears the signal of its request.
 *
 * @throws the reason of `signal`, and what breaks the connection.
 */
export async function readResponseBody(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const { body } = response;
  const announced = Number(response.headers.get("content-length") ?? 0);
  if (announced > maxBytes) {
    await body?.cancel();
    return null;
  }
  if (body === null) return new Uint8Array();
  const given = abortion(signal);
  const reading = readInto(body, maxBytes, announced) ?? readPieces(body, maxBytes, announced);
  try {
    // One race for the whole body: a promise that lives on remembers every race that it was in.
    const bytes = await Promise.race([reading.bytes, given.promise]);
    if (bytes === null) reading.cancel();
    return bytes;
  } catch (error) {
    reading.cancel();
    throw error;
  } finally {
    given.stop();
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A body that is being read. */
interface Reading {
  /** All of it; `null` when it is longer than it may be. */
  readonly bytes: Promise<Bytes | null>;
  /** Reads no more. */
  cancel(): void;
}

/** Bytes of a body that are made room for at first, when it does not say how many it has, and at most when it does. */
const FIRST_BYTES = 64 * 1024;
const MAX_FIRST_BYTES = 1024 * 1024;

/**
 * Reads a body straight into the place where it is wanted: no piece of it is a buffer of its own. `null` for a body that
 * hands out its own pieces.
 */
function readInto(
  body: ReadableStream<Bytes>,
  maxBytes: number,
  announced: number,
): Reading | null {
  const reader = readerInto(body);
  if (reader === null) return null;
  // One byte more than it may have tells that it is longer, and one more than it has that it has ended.
  const most = maxBytes + 1;
  const first = announced > 0 ? Math.min(announced + 1, MAX_FIRST_BYTES) : FIRST_BYTES;
  const readAll = async () => {
    let buffer = new ArrayBuffer(Math.min(first, most));
    for (let length = 0;;) {
      if (length > maxBytes) return null;
      if (length === buffer.byteLength) buffer = buffer.transfer(Math.min(2 * length, most));
      const { done, value } = await reader.read(new Uint8Array(buffer, length));
      // Only of a reader that was told to stop.
      if (value === undefined) return null;
      buffer = value.buffer;
      if (done) return new Uint8Array(buffer, 0, length);
      length += value.length;
    }
  };
  return { bytes: readAll(), cancel: () => void reader.cancel().catch(() => {}) };
}

/** A body of the runtime's own takes such a reader; one that a program has made may not. */
function readerInto(body: ReadableStream<Bytes>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError && !body.locked) return null;
    throw error;
  }
}

function readPieces(body: ReadableStream<Bytes>, maxBytes: number, announced: number): Reading {
  const reader = body.getReader();
  const collector = collectBytes(maxBytes, announced);
  const readAll = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return collector.bytes();
      if (!collector.add(value)) return null;
    }
  };
  return { bytes: readAll(), cancel: () => void reader.cancel().catch(() => {}) };
}

/** A promise that fails when the signal fires. */
function abortion(signal: AbortSignal): { readonly promise: Promise<never>; stop(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  const fire = () => reject(signal.reason);
  promise.catch(() => {});
  if (signal.aborted) fire();
  signal.addEventListener("abort", fire, { once: true });
  return { promise, stop: () => signal.removeEventListener("abort", fire) };
}
