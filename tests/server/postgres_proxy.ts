import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";

/** A way to a PostgreSQL server on which a test can break connections. */
export interface PostgresProxy {
  /** The URL of the same database, through the proxy. */
  readonly url: string;
  /** Ends the next connection with the very bytes that say it is ready. */
  endNextWhenReady(): void;
  close(): void;
}

/** What a server says last when it is told to end a connection. */
const TERMINATED = [
  ["S", "FATAL"],
  ["V", "FATAL"],
  ["C", "57P01"],
  ["M", "terminating connection due to administrator command"],
].map((field) => `${field.join("")}\0`).join("") + "\0";

/** How the first message that says "ready" ends. */
const READY = [0x5a, 0, 0, 0, 5, 0x49];

/** Starts a proxy before a database. */
export function startProxy(url: string): PostgresProxy {
  const { host, port } = parsePostgresUrl(url);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let isNextEnded = false;
  const serve = async () => {
    for await (const client of listener) {
      const isEnded = isNextEnded;
      isNextEnded = false;
      const server = await Deno.connect({ hostname: host, port });
      const down = isEnded ? server.readable.pipeThrough(endingWhenReady()) : server.readable;
      // Either side may be gone first: that ends both.
      void client.readable.pipeTo(server.writable).catch(() => {});
      void down.pipeTo(client.writable).catch(() => {});
    }
  };
  void serve();
  return {
    url: url.replace(`:${port}/`, `:${listener.addr.port}/`),
    endNextWhenReady() {
      isNextEnded = true;
    },
    close: () => listener.close(),
  };
}

/** Adds the end of the connection to the bytes that say "ready". */
function endingWhenReady(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(chunk, controller) {
      const isReady = READY.every((byte, index) => chunk.at(index - READY.length) === byte);
      if (!isReady) return controller.enqueue(chunk);
      const text = new TextEncoder().encode(TERMINATED);
      const ended = new Uint8Array(chunk.length + 5 + text.length);
      ended.set(chunk);
      ended[chunk.length] = 0x45;
      new DataView(ended.buffer).setUint32(chunk.length + 1, 4 + text.length);
      ended.set(text, chunk.length + 5);
      controller.enqueue(ended);
      controller.terminate();
    },
  });
}
