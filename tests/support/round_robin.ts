/** Passes each request to the next of several servers; repeats none. */

/** A request that was passed on. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  /** The server that it went to. */
  readonly server: string;
  /** What was answered; `null` when the server gave no answer. */
  readonly status: number | null;
}

/** A server in front of others. */
export interface RoundRobin {
  readonly url: string;
  /** What it has passed on, in the order of the answers. */
  readonly passed: readonly Passed[];
  stop(): Promise<void>;
}

/** Starts one on this machine, on a free port unless given; `servers` says which take requests just now, by URL. */
export function startRoundRobin(servers: () => readonly string[], port = 0): RoundRobin {
  const passed: Passed[] = [];
  // A connection for each request: none is found dead that a server had kept open before it ended.
  // The name that the client has asked for is passed on.
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0, allowHost: true });
  let turn = 0;
  const listener = Deno.serve(
    { hostname: "127.0.0.1", port, onListen() {} },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      const all = servers();
      const server = all[turn++ % Math.max(all.length, 1)];
      if (server === undefined) return badGateway("No server takes requests");
      const headers = new Headers(request.headers);
      headers.set("accept-encoding", "identity");
      const note = (status: number | null) =>
        void passed.push({ method: request.method, path: pathname, server, status });
      try {
        const body = request.body === null ? {} : { body: await request.arrayBuffer() };
        const { method } = request;
        const init = { method, headers, client, ...body, redirect: "manual" } as const;
        const answer = await fetch(`${server}${pathname}${search}`, init);
        note(answer.status);
        return new Response(answer.body, { status: answer.status, headers: answer.headers });
      } catch (error) {
        note(null);
        return badGateway(String(error));
      }
    },
  );
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    passed,
    async stop() {
      await listener.shutdown();
      client.close();
    },
  };
}

/** What a proxy answers in the place of a server: no envelope of a host. */
function badGateway(why: string): Response {
  return new Response(`Bad gateway: ${why}`, { status: 502 });
}
