import type { BodyFraming } from "./http_head.ts";

/** Bytes that arrive on a connection. */
export interface ByteSource {
  /** What has arrived and is not taken yet. */
  readonly available: Uint8Array<ArrayBuffer>;
  /** Takes the first `count` bytes of what is available away. */
  take(count: number): void;
  /** Waits until more is available; false when the connection has ended. */
  more(): Promise<boolean>;
}

/** The body of a request as it arrives. */
export interface RequestBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Whether all of it has been read, so that the next request follows. */
  readonly isComplete: () => boolean;
}

const MAX_CHUNK_LINE = 256;
const MAX_TRAILERS = 8 * 1024;

/** Who is told how far the reading of a body is. */
export interface BodyWatch {
  /** Runs before the first byte is waited for. */
  readonly onFirstRead: () => Promise<void>;
  /** Runs when all of the body has been read. */
  readonly onComplete: () => void;
}

/**
 * Reads a body by its framing. The stream fails with an `InvalidData` when the body is not chunked as it
 * should be.
 */
export function requestBody(
  source: ByteSource,
  framing: BodyFraming,
  { onFirstRead, onComplete }: BodyWatch,
): RequestBody {
  const parts = framing.kind === "chunked"
    ? chunks(source)
    : counted(source, framing.kind === "length" ? framing.length : 0);
  let complete = false;
  let begun = false;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      if (!begun) await onFirstRead();
      begun = true;
      const { value, done } = await parts.next();
      if (done === true) {
        complete = true;
        onComplete();
        controller.close();
      } else controller.enqueue(value);
    },
  }, { highWaterMark: 0 });
  return { stream, isComplete: () => complete };
}

async function* counted(
  source: ByteSource,
  length: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let left = length;
  while (left > 0) {
    if (source.available.length === 0 && !(await source.more())) throw brokenOff();
    const part = source.available.slice(0, left);
    source.take(part.length);
    left -= part.length;
    yield part;
  }
}

async function* chunks(source: ByteSource): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (;;) {
    const [size = ""] = (await line(source, MAX_CHUNK_LINE)).split(";");
    if (!/^[0-9a-fA-F]{1,8}[ \t]*$/.test(size)) throw malformed();
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    yield* counted(source, length);
    if (await line(source, 0) !== "") throw malformed();
  }
  let trailers = 0;
  for (;;) {
    const trailer = await line(source, MAX_TRAILERS);
    if (trailer === "") return;
    trailers += trailer.length + 2;
    if (trailers > MAX_TRAILERS) throw malformed();
  }
}

/** Returns the next line, without its end. */
async function line(source: ByteSource, limit: number): Promise<string> {
  for (;;) {
    const { available } = source;
    const end = available.indexOf(LINE_FEED);
    if (end > limit + 1 || (end < 0 && available.length > limit + 1)) throw malformed();
    if (end === 0 || (end > 0 && available[end - 1] !== CARRIAGE_RETURN)) throw malformed();
    if (end > 0) {
      const text = new TextDecoder().decode(available.subarray(0, end - 1));
      // A bare one is the end of a line to some readers.
      if (text.includes("\r")) throw malformed();
      source.take(end + 1);
      return text;
    }
    if (!(await source.more())) throw brokenOff();
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

function brokenOff(): Error {
  return new Error("The connection has ended before the request body");
}

function malformed(): Error {
  return new Deno.errors.InvalidData("The request body is not chunked as it should be");
}
