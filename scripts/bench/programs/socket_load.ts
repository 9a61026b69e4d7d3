/**
 * Sends the requests of a file in turn over connections that stay open, and prints a `LoadResult`. Takes the origin, the
 * file, the number of connections and the seconds. Of an answer it reads the status and the length alone, so that it
 * costs less than `fetch`.
 */
import { type LoadResult, SERIAL } from "./load.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** A request as it is sent. */
interface Template {
  readonly bytes: Uint8Array;
  /** Where a number takes the place of {@link SERIAL}. */
  readonly serialsAt: readonly number[];
}

/** What is sent where, and for how long. */
interface Options {
  readonly origin: URL;
  /** Returns the bytes of the next request. */
  readonly next: () => Uint8Array;
  readonly clients: number;
  readonly seconds: number;
}

async function load({ origin, next, clients, seconds }: Options): Promise<LoadResult> {
  const waits: number[] = [];
  let bytes = 0;
  let failed = 0;
  const started = performance.now();
  const until = started + seconds * 1_000;
  await Promise.all(Array.from({ length: clients }, async () => {
    using connection = await Deno.connect({ hostname: origin.hostname, port: Number(origin.port) });
    connection.setNoDelay();
    const answers = new Answers(connection);
    while (performance.now() < until) {
      const sent = performance.now();
      await writeAll(connection, next());
      const { status, length } = await answers.next();
      waits.push(performance.now() - sent);
      bytes += length;
      if (status < 200 || status > 299) failed++;
    }
  }));
  const taken = (performance.now() - started) / 1_000;
  waits.sort((a, b) => a - b);
  return {
    requests: waits.length,
    seconds: taken,
    p99: waits[Math.ceil(waits.length * 0.99) - 1] ?? 0,
    slowest: waits.at(-1) ?? 0,
    bytes,
    failed,
  };
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

/** The answers of one connection, one after the other. */
class Answers {
  readonly #connection: Deno.Conn;
  readonly #buffer = new Uint8Array(65_536);
  readonly #text = new TextDecoder();

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Reads to the end of an answer. `length` is that of head and body, in bytes. */
  async next(): Promise<{ readonly status: number; readonly length: number }> {
    let read = 0;
    let end = -1;
    while (end < 0) {
      if (read === this.#buffer.length) throw new Error("The head of an answer is too long");
      read += await this.#read(read);
      end = endOfHead(this.#buffer.subarray(0, read));
    }
    const head = this.#text.decode(this.#buffer.subarray(0, end));
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    const body = /^content-length: *(\d+)/im.exec(head)?.[1];
    // No answer of a host to a call of its API comes in chunks.
    if (body === undefined) throw new Error(`An answer does not tell its length: ${head}`);
    const length = end + Number(body);
    while (read < length) read += await this.#read(0);
    if (read > length) throw new Error("An answer is longer than it tells");
    return { status, length };
  }

  async #read(from: number): Promise<number> {
    const count = await this.#connection.read(this.#buffer.subarray(from));
    if (count === null) throw new Error("The connection has ended before an answer");
    return count;
  }
}

/** Where the head of an answer ends; -1 when it does not yet. */
function endOfHead(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
    if (bytes[at + 1] === CARRIAGE_RETURN && bytes[at + 2] === LINE_FEED) return at + 3;
  }
  return -1;
}

/** The requests of a file, and where each has the places of a number. */
async function requestsIn(file: string): Promise<Template[]> {
  const bytes = await Deno.readFile(file);
  const text = new TextDecoder();
  const requests: Template[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = bytes.indexOf(LINE_FEED, at) + 1;
    const end = start + Number(text.decode(bytes.subarray(at, start - 1)));
    const request = bytes.subarray(start, end);
    requests.push({ bytes: request, serialsAt: placesOf(SERIAL, request) });
    at = end;
  }
  return requests;
}

/** Returns where a text of ASCII stands in bytes. */
function placesOf(text: string, bytes: Uint8Array): number[] {
  // Each byte is a character of this coding.
  const all = new TextDecoder("latin1").decode(bytes);
  const places: number[] = [];
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) places.push(at);
  return places;
}

function inTurn(requests: readonly Template[]): () => Uint8Array {
  let sent = 0;
  return () => {
    const request = requests[sent++ % requests.length];
    if (request === undefined) throw new Error("There is no request to send");
    if (request.serialsAt.length === 0) return request.bytes;
    const bytes = request.bytes.slice();
    const serial = new TextEncoder().encode(String(sent).padStart(SERIAL.length, "0"));
    for (const at of request.serialsAt) bytes.set(serial, at);
    return bytes;
  };
}

if (import.meta.main) {
  const [origin = "", file = "", clients = "", seconds = ""] = Deno.args;
  const result = await load({
    origin: new URL(origin),
    next: inTurn(await requestsIn(file)),
    clients: Number(clients),
    seconds: Number(seconds),
  });
  console.log(JSON.stringify(result));
}
