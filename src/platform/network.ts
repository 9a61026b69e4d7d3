import { fetchDirectly } from "./direct_http.ts";
import { isLoopback } from "./loopback.ts";
import type { Fetch } from "./platform.ts";

/**
 * Returns the real network. A request to this machine is never handed to a proxy that the environment names: it may
 * carry a token, and means a server here. A write is put on the wire once.
 */
export function systemFetch(): Fetch {
  let once: Deno.HttpClient | null = null;
  return async (request, options) => {
    if (isLoopback(new URL(request.url).hostname)) return await fetchDirectly(request);
    const { mayRepeat = request.method === "GET" || request.method === "HEAD" } = options ?? {};
    if (mayRepeat) return await fetch(request);
    once ??= clientThatSendsOnce();
    return await fetch(request, { client: once });
  };
}

/**
 * The runtime sends a request again, whatever its method, when a connection that was used before drops; or, over
 * HTTP/2, when the server says good-bye. So each request has a new connection of HTTP/1.
 */
function clientThatSendsOnce(): Deno.HttpClient {
  return Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false });
}
