/** A stand-in that can be reached by its address. */
export interface OnFreePort {
  readonly url: string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Answers on a free port of this machine. */
export function onFreePort(
  answer: (request: Request) => Response | Promise<Response>,
): OnFreePort {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}
