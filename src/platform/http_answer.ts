import { unpackStream } from "./unpack.ts";

/** What comes before the body of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Headers;
}

/** Where an answer comes from. */
export interface ByteSource {
  /** Reads into `buffer`; `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** Bytes that are read one line or one piece at a time. */
export interface AnswerReader {
  /** Returns the next line without its end. */
  line(): Promise<string>;
  /** Up to `most` bytes; `null` at the end. */
  piece(most: number): Promise<Uint8Array<ArrayBuffer> | null>;
}

/**
 * Reads the head of an answer of HTTP/1; what may come before it, such as `100 Continue`, is skipped.
 *
 * @throws {Error} when there is none.
 */
export async function readAnswerHead(
  source: ByteSource,
): Promise<{ readonly head: AnswerHead; readonly rest: AnswerReader }> {
  const rest = answerReader(source);
  for (;;) {
    const first = await rest.line();
    const status = Number(/^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1] ?? 0);
    if (status === 0 || status === 101) throw new Error("The answer is not HTTP/1");
    const headers = await readFields(rest);
    if (status >= 200) return { head: { status, headers }, rest };
  }
}

/** The body of an answer; `null` when it has none. `line` is closed when it has been read, cancelled or broken. */
export function answerBody(
  method: string,
  head: AnswerHead,
  rest: AnswerReader,
  line: { readonly aborted: Promise<never>; close(): void },
): ReadableStream<Uint8Array<ArrayBuffer>> | null {
  if (method === "HEAD" || [204, 205, 304].includes(head.status)) return null;
  const pieces = bodyPieces(head.headers, rest);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      line.aborted.catch((reason) => controller.error(reason));
    },
    async pull(controller) {
      try {
        const { done, value } = await pieces.next();
        if (!done) return controller.enqueue(value);
        line.close();
        controller.close();
      } catch (error) {
        line.close();
        controller.error(error);
      }
    },
    cancel: () => line.close(),
  }, { highWaterMark: 0 });
  return decoded(body, head.headers);
}

/** Most bytes that a head, or the lines of a chunked body's end, may have. */
const MAX_HEAD_BYTES = 64 * 1024;

const READ_BYTES = 64 * 1024;

function answerReader(source: ByteSource): AnswerReader {
  const buffer = new Uint8Array(READ_BYTES);
  let unread = buffer.subarray(0, 0);
  const fill = async () => {
    const count = await source.read(buffer);
    unread = buffer.subarray(0, count ?? 0);
    return count !== null;
  };
  return {
    async line() {
      let text = "";
      for (;;) {
        const end = unread.indexOf(0x0a);
        // Of a header, every byte is a character.
        text += String.fromCharCode(...unread.subarray(0, end < 0 ? unread.length : end));
        if (text.length > MAX_HEAD_BYTES) throw new Error("The head of the answer is too long");
        unread = unread.subarray(end < 0 ? unread.length : end + 1);
        if (end >= 0) return text.replace(/\r$/, "");
        if (!await fill()) throw new Error("The connection closed before the answer came");
      }
    },
    async piece(most) {
      if (unread.length === 0 && !await fill()) return null;
      const piece = unread.slice(0, most);
      unread = unread.subarray(piece.length);
      return piece;
    },
  };
}

async function readFields(rest: AnswerReader): Promise<Headers> {
  const headers = new Headers();
  let length = 0;
  for (let text = await rest.line(); text !== ""; text = await rest.line()) {
    length += text.length;
    if (length > MAX_HEAD_BYTES) throw new Error("The head of the answer is too long");
    const colon = text.indexOf(":");
    if (colon <= 0) throw new Error("The head of the answer holds a line that is no header");
    headers.append(text.slice(0, colon), text.slice(colon + 1).trim());
  }
  return headers;
}

async function* bodyPieces(
  headers: Headers,
  rest: AnswerReader,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const encoding = headers.get("transfer-encoding");
  if (encoding !== null) {
    if (encoding.trim().toLowerCase() !== "chunked") {
      throw new Error(`The body comes in an unknown form: ${encoding}`);
    }
    return yield* chunks(rest);
  }
  const length = headers.get("content-length");
  if (length !== null) return yield* counted(rest, lengthOf(length));
  for (let piece = await rest.piece(READ_BYTES); piece !== null;) {
    yield piece;
    piece = await rest.piece(READ_BYTES);
  }
}

async function* chunks(rest: AnswerReader): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (;;) {
    const size = /^([0-9a-f]{1,12})\s*(?:;.*)?$/i.exec(await rest.line())?.[1];
    if (size === undefined) throw new Error("The body holds a chunk without a size");
    if (Number.parseInt(size, 16) === 0) break;
    yield* counted(rest, Number.parseInt(size, 16));
    if (await rest.line() !== "") throw new Error("The body holds a chunk without an end");
  }
  await readFields(rest);
}

async function* counted(
  rest: AnswerReader,
  length: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (let left = length; left > 0;) {
    const piece = await rest.piece(left);
    if (piece === null) throw new Error("The connection closed before the body was complete");
    left -= piece.length;
    yield piece;
  }
}

/** Two equal lengths say the same; two others are no length. */
function lengthOf(header: string): number {
  const [length, ...others] = new Set(header.split(",").map((part) => part.trim()));
  if (length === undefined || others.length > 0 || !/^\d{1,15}$/.test(length)) {
    throw new Error("The length of the body is not a number");
  }
  return Number(length);
}

/** Undoes a compression that was not asked for. */
function decoded(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  headers: Headers,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity" || encoding === "") return body;
  const format = FORMATS.get(encoding);
  if (format === undefined) {
    throw new Error(`The body is compressed in an unknown form: ${encoding}`);
  }
  // They are those of the compressed body.
  headers.delete("content-encoding");
  headers.delete("content-length");
  return unpackStream(body, format);
}

const FORMATS = new Map<string, CompressionFormat>([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
]);
