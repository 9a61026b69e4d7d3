import { answerBody, readAnswerHead } from "./http_answer.ts";

/**
 * Sends one request over a connection of its own: in origin form, through no proxy whatever the environment
 * names, and never a second time. The runtime's own `fetch` cannot do all three. Follows no redirect.
 *
 * @throws {Error} when no whole answer of HTTP/1 comes; the reason of the request's signal when it fires.
 */
export async function fetchDirectly(request: Request): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const url = new URL(request.url);
  const content = new Uint8Array(await request.arrayBuffer());
  const line = openLine(signal);
  try {
    const connection = await Promise.race([connect(url, line), line.aborted]);
    // A server may answer before it has read everything. When the writing fails, so does the reading.
    writeAll(connection, requestBytes(request, url, content)).catch(() => {});
    const { head, rest } = await readAnswerHead(connection);
    const body = answerBody(request.method, head, rest, line);
    if (body === null) line.close();
    return new Response(body, { status: head.status, headers: head.headers });
  } catch (error) {
    line.close();
    throw signal.aborted ? signal.reason : error;
  }
}

/** A connection that ends with the signal of its request. */
export interface Line {
  /** Rejects with the signal's reason when it fires. */
  readonly aborted: Promise<never>;
  /** Closes the connection, at most once. */
  close(): void;
  /** Takes over a connection, to close it with the line. */
  hold<T extends Deno.Conn>(connection: T): T;
}

function openLine(signal: AbortSignal): Line {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let held: Deno.Conn | null = null;
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    signal.removeEventListener("abort", abort);
    if (held !== null) closeQuietly(held);
  };
  const abort = () => {
    reject(signal.reason);
    close();
  };
  signal.addEventListener("abort", abort, { once: true });
  return {
    aborted: promise,
    close,
    hold(connection) {
      held = connection;
      if (closed) closeQuietly(connection);
      return connection;
    },
  };
}

/** The runtime closes a connection itself when its encryption fails. */
function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

async function connect(url: URL, line: Line): Promise<Deno.Conn> {
  const hostname = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const secure = url.protocol === "https:";
  const port = url.port !== "" ? Number(url.port) : secure ? 443 : 80;
  const connection = line.hold(await connectTcp(hostname, port));
  if (!secure) return connection;
  const encrypted = line.hold(
    await Deno.startTls(connection, { hostname, alpnProtocols: ["http/1.1"] }),
  );
  await encrypted.handshake();
  return encrypted;
}

/** Connects to a host. The runtime tries one address of a name only, and `localhost` may have two. */
async function connectTcp(hostname: string, port: number): Promise<Deno.TcpConn> {
  try {
    return await Deno.connect({ hostname, port });
  } catch (error) {
    if (hostname !== "localhost" || !(error instanceof Deno.errors.ConnectionRefused)) throw error;
    for (const address of ["127.0.0.1", "::1"]) {
      try {
        return await Deno.connect({ hostname: address, port });
      } catch {
        // What the name itself led to says more.
      }
    }
    throw error;
  }
}

function requestBytes(
  request: Request,
  url: URL,
  content: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const headers = new Headers(request.headers);
  headers.set("Host", url.host);
  headers.set("Connection", "close");
  headers.set("Accept-Encoding", "identity");
  const mayHaveContent = request.method !== "GET" && request.method !== "HEAD";
  if (mayHaveContent) headers.set("Content-Length", String(content.length));
  const lines = [`${request.method} ${url.pathname}${url.search} HTTP/1.1`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  const head = `${lines.join("\r\n")}\r\n\r\n`;
  const bytes = new Uint8Array(head.length + content.length);
  // A header holds one byte a character, whatever the byte.
  for (let at = 0; at < head.length; at++) bytes[at] = head.charCodeAt(at);
  bytes.set(content, head.length);
  return bytes;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
