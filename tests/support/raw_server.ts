/** A request as it was on the wire. */
export interface WireRequest {
  /** Which connection it came on, from 1. */
  readonly connection: number;
  /** The first line, such as `GET / HTTP/1.1`. */
  readonly line: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server that speaks no protocol by itself. */
export interface RawServer {
  readonly port: number;
  /** Every request so far, oldest first. */
  readonly seen: readonly WireRequest[];
  /** The first lines of the requests so far. */
  lines(): readonly string[];
}

/** What to write as it is; `null` to drop the connection without a word. The connection stays open for `keep` only. */
export type RawReply = { readonly write: string; readonly keep?: boolean } | null;

/** Where and how to listen. */
export interface RawServerOptions {
  readonly hostname?: string;
  /** Certificate and key for TLS, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** An answer with a text for its body, after which the connection can be used again. */
export function kept(body: string, status = "200 OK"): RawReply {
  return {
    write: `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    keep: true,
  };
}

/** Runs a test against a server of bare sockets that answers each request with what `reply` says. */
export async function withRawServer(
  reply: (request: WireRequest) => RawReply,
  test: (server: RawServer) => Promise<void>,
  { hostname = "127.0.0.1", tls }: RawServerOptions = {},
): Promise<void> {
  const address = { hostname, port: 0 };
  const listener = tls === undefined
    ? Deno.listen(address)
    : Deno.listenTls({ ...address, ...tls });
  const seen: WireRequest[] = [];
  const open = new Set<Deno.Conn>();
  const accepting = (async () => {
    for (let number = 1;; number++) {
      const connection = await listener.accept();
      open.add(connection);
      serve(connection, number, reply, seen).catch(() => {}).finally(() => {
        open.delete(connection);
        closeQuietly(connection);
      });
    }
  })().catch(() => {});
  try {
    await test({ port: listener.addr.port, seen, lines: () => seen.map(({ line }) => line) });
  } finally {
    listener.close();
    await accepting;
    for (const connection of open) closeQuietly(connection);
  }
}

async function serve(
  connection: Deno.Conn,
  number: number,
  reply: (request: WireRequest) => RawReply,
  seen: WireRequest[],
): Promise<void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  const more = async () => {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("closed");
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  };
  for (;;) {
    while (!text.includes("\r\n\r\n")) await more();
    const [line = "", ...fields] = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n");
    text = text.slice(text.indexOf("\r\n\r\n") + 4);
    const headers = Object.fromEntries(fields.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }));
    const length = Number(headers["content-length"] ?? 0);
    while (text.length < length) await more();
    const request = { connection: number, line, headers, body: text.slice(0, length) };
    text = text.slice(length);
    seen.push(request);
    const answer = reply(request);
    if (answer === null) return;
    const bytes = new TextEncoder().encode(answer.write);
    for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    if (answer.keep !== true) return;
  }
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

/** The certificate and key of a host that only {@link AUTHORITY_FILE} makes trustworthy. */
export const HOST_TLS: { readonly cert: string; readonly key: string } = {
  cert: tlsFixture("host.pem"),
  key: tlsFixture("host-key.pem"),
};

/** The authority that signed {@link HOST_TLS}. */
export const AUTHORITY_FILE: string = new URL("../fixtures/tls/authority.pem", import.meta.url)
  .pathname;

/** A file of the certificates for tests. */
export function tlsFixture(name: string): string {
  return Deno.readTextFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));
}
