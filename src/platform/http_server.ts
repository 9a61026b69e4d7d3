import { descriptorLimit } from "./descriptors.ts";
import type { Clock } from "./clock.ts";
import {
  type ConnectionContext,
  type ConnectionLimits,
  HttpConnection,
} from "./http_connection.ts";
import { watchLoop } from "./loop_delay.ts";
import type { Listener, ListenOptions, RequestHandler } from "./platform.ts";

/** What a server that strangers reach may be made to hold. */
export interface ServerLimits extends ConnectionLimits {
  /** Connections at once; fewer where the system allows fewer. */
  readonly maxConnections: number;
  /** Milliseconds after which a client that does not take its answer may lose it to a new one. */
  readonly stalledMs: number;
  /** Bytes of answers that wait for their clients; beyond them the client that waits longest loses its answer. */
  readonly heldBytes: number;
}

/** The limits of a server that strangers reach. */
export const SERVER_LIMITS: ServerLimits = {
  headerMs: 10_000,
  idleMs: 75_000,
  bodyMs: 10_000,
  bodyBytesPerSecond: 1_000,
  writeMs: 30_000,
  lingerMs: 2_000,
  stalledMs: 2_000,
  maxConnections: 4_000,
  heldBytes: 256 * 1024 * 1024,
};

/** A server, and what it does with each request. */
export interface GuardedServerOptions extends ListenOptions {
  readonly handler: RequestHandler;
  readonly limits: ServerLimits;
  /** Answers what is no request. */
  readonly refuse: (status: number, message: string) => Response;
}

/** Descriptors left for files and databases. */
const RESERVED_DESCRIPTORS = 48;
/** Milliseconds to wait when no connection can be accepted. */
const ACCEPT_AGAIN_MS = 50;

/**
 * Serves HTTP/1.1 to strangers. Each phase of a request has a time limit; at the cap of connections the
 * one that has waited longest without a whole request gives way; running out of descriptors is waited out.
 */
export function serveGuarded(clock: Clock, options: GuardedServerOptions): Listener {
  const { hostname, port, handler, limits, refuse } = options;
  const listener = Deno.listen({ hostname, port });
  const connections = new Set<HttpConnection>();
  const done = Promise.withResolvers<void>();
  let stopping = false;
  const most = Math.min(limits.maxConnections, descriptorLimit() - RESERVED_DESCRIPTORS);
  let cap = most;
  const counts = { accepted: 0, gaveWay: 0, late: 0, shortages: 0 };
  let held = 0;
  const onHeld = (bytes: number) => {
    held += bytes;
    if (bytes > 0 && held > limits.heldBytes && giveUpSlowest(connections)) counts.gaveWay += 1;
  };
  const context: ConnectionContext = {
    clock,
    limits,
    handler,
    refuse,
    isStopping: () => stopping,
    onHeld,
  };
  const makePlace = () => {
    const found = giveWay(connections, clock.monotonic() - limits.stalledMs);
    if (found) counts.gaveWay += 1;
    return found;
  };
  const endIfDone = () => {
    if (!stopping || connections.size > 0) return;
    clearInterval(sweep);
    loop.stop();
    done.resolve();
  };
  const loop = watchLoop(clock);
  const sweep = setInterval(() => {
    const now = clock.monotonic();
    for (const connection of connections) {
      if (connection.closeIfLate(now)) counts.late += 1;
    }
  }, Math.min(1_000, limits.headerMs / 4));

  const serveOne = async (socket: Deno.TcpConn) => {
    const connection = new HttpConnection(socket, context);
    connections.add(connection);
    await connection.serve();
    connections.delete(connection);
    endIfDone();
  };
  const accept = async () => {
    while (!stopping) {
      try {
        const socket = await listener.accept();
        counts.accepted += 1;
        socket.setNoDelay(true);
        while (!stopping && connections.size >= cap && !makePlace()) await pause(ACCEPT_AGAIN_MS);
        if (stopping) return socket.close();
        // A shortage passes.
        if (cap < most) cap++;
        serveOne(socket).catch(() => {});
      } catch (error) {
        if (stopping) return;
        counts.shortages += 1;
        if (isShortage(error)) {
          cap = Math.max(MIN_CONNECTIONS, Math.min(cap, connections.size - RESERVED_DESCRIPTORS));
          makePlace();
        }
        await pause(ACCEPT_AGAIN_MS);
      }
    }
  };
  accept().catch(done.reject);
  return {
    hostname: listener.addr.hostname,
    port: listener.addr.port,
    finished: done.promise,
    figures: () => ({
      open: connections.size,
      limit: cap,
      ...counts,
      longestDelayMs: loop.longestMs(),
    }),
    async shutdown() {
      if (!stopping) {
        stopping = true;
        listener.close();
        for (const connection of connections) {
          if (connection.isIdle) connection.close();
        }
        endIfDone();
      }
      await done.promise;
    },
    abort() {
      for (const connection of connections) connection.close();
    },
  };
}

const MIN_CONNECTIONS = 8;

/**
 * Closes the connection that has waited longest for a whole request, else the one whose client has not taken its
 * answer for the longest time; false when every other one is being served.
 */
function giveWay(connections: Set<HttpConnection>, stalledBefore: number): boolean {
  const longest = earliest(connections, ({ waitingSince }) => waitingSince) ??
    earliest(
      connections,
      ({ sendingSince }) =>
        sendingSince !== null && sendingSince < stalledBefore ? sendingSince : null,
    );
  if (longest === null) return false;
  connections.delete(longest);
  longest.close();
  return true;
}

/** Closes the connection whose client has not taken its answer for the longest time; false when there is none. */
function giveUpSlowest(connections: Set<HttpConnection>): boolean {
  const slowest = earliest(connections, ({ sendingSince }) => sendingSince);
  if (slowest === null) return false;
  connections.delete(slowest);
  slowest.close();
  return true;
}

function earliest(
  connections: Set<HttpConnection>,
  sinceOf: (connection: HttpConnection) => number | null,
): HttpConnection | null {
  let longest: HttpConnection | null = null;
  let earliestYet = Number.POSITIVE_INFINITY;
  for (const connection of connections) {
    const since = sinceOf(connection);
    if (since === null || since >= earliestYet) continue;
    longest = connection;
    earliestYet = since;
  }
  return longest;
}

/** Returns whether the process, or the machine, is out of descriptors. */
function isShortage(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
