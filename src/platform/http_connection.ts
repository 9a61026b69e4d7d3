import type { Clock } from "./clock.ts";
import { type ByteSource, requestBody } from "./http_body.ts";
import { parseHead, type RequestHead } from "./http_head.ts";
import { responseParts } from "./http_response.ts";
import type { RequestHandler } from "./platform.ts";
import { traced } from "./tracing.ts";

/** What one client may take. Times are milliseconds. */
export interface ConnectionLimits {
  /** For a header to arrive whole, from the opening of the connection or its first byte. */
  readonly headerMs: number;
  /** Between two requests. */
  readonly idleMs: number;
  /** Before the minimum rate of a body counts. */
  readonly bodyMs: number;
  /** Bytes of a body that have to arrive each second, on average. */
  readonly bodyBytesPerSecond: number;
  /** For a client to take a part of an answer. */
  readonly writeMs: number;
  /** For a client that sends more than is read to take its answer. */
  readonly lingerMs: number;
}

/** What a connection needs from its server. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly handler: RequestHandler;
  /** Answers what is no request. */
  readonly refuse: (status: number, message: string) => Response;
  /** Whether the server stops, so that no further request is taken. */
  readonly isStopping: () => boolean;
  /** Told how many bytes of answers wait for their clients: more of them, or fewer. */
  readonly onHeld: (bytes: number) => void;
}

const MAX_HEAD = 32 * 1024;
const READ_SIZE = 16 * 1024;

/** One client's connection: requests one after the other, each phase with a time of its own. */
export class HttpConnection implements ByteSource {
  readonly #socket: Deno.TcpConn;
  readonly #context: ConnectionContext;
  readonly #buffer = new Uint8Array(READ_SIZE);
  #available = new Uint8Array();
  #deadline: number;
  #waitingSince: number | null;
  #sendingSince: number | null = null;
  #isIdle = true;
  #isClosed = false;
  #isLingering = false;
  #bodyFrom: number | null = null;
  #bodyBytes = 0;

  /** Takes over an accepted connection. */
  constructor(socket: Deno.TcpConn, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#waitingSince = context.clock.monotonic();
    this.#deadline = this.#waitingSince + context.limits.headerMs;
  }

  /**
   * Since when no request has arrived whole, or its answer has left, so that closing loses nothing; `null` while
   * one is served.
   */
  get waitingSince(): number | null {
    return this.#waitingSince;
  }

  /** Since when the client has not taken the next part of its answer; `null` when there is none. */
  get sendingSince(): number | null {
    return this.#sendingSince;
  }

  /** Whether not even the head of a request has arrived. */
  get isIdle(): boolean {
    return this.#isIdle;
  }

  /** What has arrived and is not taken yet. */
  get available(): Uint8Array<ArrayBuffer> {
    return this.#available;
  }

  /** Closes the connection if its time is over; whether that cut off more than an idle one. */
  closeIfLate(now: number): boolean {
    if (this.#isClosed || now <= this.#deadline) return false;
    this.close();
    return !this.#isLingering && (!this.#isIdle || this.#available.length > 0);
  }

  /** Closes the connection whatever it does. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#socket.close();
    } catch {
      // It is closed already.
    }
  }

  /** Serves requests until the client, a limit or the server ends the connection. */
  async serve(): Promise<void> {
    try {
      while (!this.#isClosed && await this.#serveOne()) {
        this.#waitingSince = this.#context.clock.monotonic();
        this.#isIdle = true;
        this.#within(this.#context.limits.idleMs);
        if (this.#context.isStopping()) break;
      }
    } catch {
      // The client has gone, or was too slow: there is no reader to tell.
    } finally {
      this.close();
    }
  }

  /** Takes the first bytes of what is available away. */
  take(count: number): void {
    this.#available = this.#available.subarray(count);
  }

  /** Waits for more bytes. */
  async more(): Promise<boolean> {
    if (this.#bodyFrom !== null) {
      const { bodyMs, bodyBytesPerSecond } = this.#context.limits;
      this.#deadline = this.#bodyFrom + bodyMs + this.#bodyBytes / bodyBytesPerSecond * 1000;
    }
    const read = await this.#socket.read(this.#buffer);
    // What the handler does with it takes the time it takes.
    if (this.#bodyFrom !== null) this.#deadline = Number.POSITIVE_INFINITY;
    if (read === null) return false;
    this.#bodyBytes += read;
    const rest = this.#available;
    const joined = new Uint8Array(rest.length + read);
    joined.set(rest);
    joined.set(this.#buffer.subarray(0, read), rest.length);
    this.#available = joined;
    return true;
  }

  /** Answers one request; whether another one may follow. */
  async #serveOne(): Promise<boolean> {
    const text = await this.#readHead();
    if (text === null) return false;
    this.#isIdle = false;
    if (text === TOO_LONG) {
      return await this.#refuse(431, "The headers of the request are too long");
    }
    const parsed = parseHead(text);
    if (!parsed.ok) return await this.#refuse(parsed.status, parsed.message);
    const { head } = parsed;
    this.#bodyFrom = this.#context.clock.monotonic();
    this.#bodyBytes = 0;
    this.#waitingSince = head.body.kind === "none" ? null : this.#bodyFrom;
    const body = head.body.kind === "none" ? null : requestBody(this, head.body, {
      onFirstRead: async () => {
        if (head.expectsContinue) await this.#write(CONTINUE);
      },
      onComplete: () => this.#waitingSince = null,
    });
    // What would follow is no request but what a tunnel carries.
    if (head.method.toUpperCase() === "CONNECT") {
      return await this.#refuse(501, "The host opens no tunnels");
    }
    const request = requestOf(head, body?.stream ?? null);
    this.#deadline = Number.POSITIVE_INFINITY;
    const { hostname } = this.#socket.remoteAddr;
    const response = await this.#answer(request, hostname);
    this.#bodyFrom = null;
    this.#waitingSince = null;
    const isRead = body === null || body.isComplete();
    const keepAlive = head.keepAlive && isRead && !this.#context.isStopping() &&
      response.headers.get("connection") !== "close";
    await this.#send(await responseParts(response, head, keepAlive));
    if (!isRead) await this.#linger();
    return keepAlive;
  }

  async #answer(request: Request, remoteAddress: string): Promise<Response> {
    try {
      const answer = traced(async (one) => await this.#context.handler(one, { remoteAddress }));
      return await answer(request);
    } catch {
      return this.#context.refuse(500, "The host has failed to answer this call");
    }
  }

  /** Returns the head as text; `null` when the connection has ended before a request. */
  async #readHead(): Promise<string | typeof TOO_LONG | null> {
    let searched = 0;
    let begun = false;
    for (;;) {
      if (this.#available.length > 0 && !begun) {
        begun = true;
        this.#within(this.#context.limits.headerMs);
      }
      // Some clients end a body with an empty line that its length does not count.
      while (startsWithEmptyLine(this.#available)) this.take(2);
      const end = endOfHead(this.#available, Math.max(0, searched - 3));
      if (end > MAX_HEAD) return TOO_LONG;
      if (end >= 0) {
        const head = latin1(this.#available.subarray(0, end));
        this.take(end + 4);
        return head;
      }
      searched = this.#available.length;
      if (searched > MAX_HEAD) return TOO_LONG;
      if (!(await this.more())) return null;
    }
  }

  async #refuse(status: number, message: string): Promise<false> {
    const response = this.#context.refuse(status, message);
    await this.#send(await responseParts(response, null, false));
    await this.#linger();
    return false;
  }

  async #send(parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) await this.#write(part);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    this.#context.onHeld(rest.length);
    try {
      while (rest.length > 0) {
        this.#within(this.#context.limits.writeMs);
        this.#sendingSince = this.#context.clock.monotonic();
        const written = await this.#socket.write(rest.subarray(0, WRITE_SIZE));
        rest = rest.subarray(written);
        this.#context.onHeld(-written);
      }
    } finally {
      this.#context.onHeld(-rest.length);
    }
    this.#sendingSince = null;
    if (this.#bodyFrom !== null) this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** Lets the client read its answer: a connection closed with unread bytes would take it away. */
  async #linger(): Promise<void> {
    this.#within(this.#context.limits.lingerMs);
    this.#waitingSince = this.#context.clock.monotonic();
    this.#isLingering = true;
    await this.#socket.closeWrite();
    while (await this.#socket.read(this.#buffer) !== null);
  }

  #within(ms: number): void {
    this.#deadline = this.#context.clock.monotonic() + ms;
  }
}

const TOO_LONG = Symbol("too long");
/** Bytes that one call hands to the system, which takes as many of them as it has room for. Each call costs as much as 64 KiB. */
const WRITE_SIZE = 256 * 1024;
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** Methods that the web's `Request` is not made with. */
const NO_METHODS_OF_THE_WEB: readonly string[] = ["TRACE", "TRACK"];

/** A request by a method that the web's `Request` is not made with: the handler refuses it as any other it does not take. */
class OtherRequest extends Request {
  readonly #method: string;

  constructor({ method, url }: RequestHead) {
    super(url);
    this.#method = method;
  }

  override get method(): string {
    return this.#method;
  }
}

/**
 * Returns the request for the handler. Its headers are added one by one: a list that `Request` is made with is checked
 * at length, which takes as long as all else of a small request.
 */
function requestOf(head: RequestHead, body: ReadableStream<Uint8Array> | null): Request {
  const request = withoutHeaders(head, body);
  for (const [name, value] of head.headers) request.headers.append(name, value);
  return request;
}

function withoutHeaders(head: RequestHead, body: ReadableStream<Uint8Array> | null): Request {
  const { method, url } = head;
  if (NO_METHODS_OF_THE_WEB.includes(method.toUpperCase())) return new OtherRequest(head);
  const carries = body !== null && method !== "GET" && method !== "HEAD";
  return new Request(url, carries ? { method, body } : { method });
}

function startsWithEmptyLine(bytes: Uint8Array): boolean {
  return bytes[0] === 13 && bytes[1] === 10;
}

/** Where the empty line that ends a head begins, or -1. */
function endOfHead(bytes: Uint8Array, from: number): number {
  let at = bytes.indexOf(13, from);
  while (at >= 0) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
    at = bytes.indexOf(13, at + 1);
  }
  return -1;
}

const ASCII = new TextDecoder();

function latin1(bytes: Uint8Array): string {
  const text = ASCII.decode(bytes);
  // Every other text is shorter than its bytes, or shows that they are no UTF-8.
  return text.length === bytes.length && !text.includes("\ufffd")
    ? text
    : Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
