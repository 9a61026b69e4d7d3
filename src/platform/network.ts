import type { Fetch } from "./platform.ts";

/**
 * The real network. A request to this machine by plain HTTP is never handed to a proxy that the environment
 * names: it may carry a token, and means a server here.
 */
export function systemFetch(): Fetch {
  // One for each server here, so that its connections are used again.
  const clients = new Map<string, Deno.HttpClient>();
  return async (request) => {
    const url = new URL(request.url);
    if (url.protocol !== "http:" || !isThisMachine(url.hostname)) return await fetch(request);
    const client = clients.get(url.host) ?? directClient(url);
    clients.set(url.host, client);
    return await fetch(request, { client });
  };
}

/** To "proxy" by a bare connection to the address itself is the way to say: no proxy. */
function directClient(url: URL): Deno.HttpClient {
  return Deno.createHttpClient({
    proxy: {
      transport: "tcp",
      hostname: url.hostname.replace(/^\[(.*)\]$/, "$1"),
      port: url.port === "" ? 80 : Number(url.port),
    },
  });
}

function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
