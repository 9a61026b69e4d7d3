import type { Next } from "hono";
import { callName } from "./call_name.ts";
import type { Call, Host } from "./context.ts";

/** Calls by which people and programs sign in. */
const SIGN_INS: readonly string[] = ["token", "refresh", "device_page", "authorize_page"];

/** Calls of programs that watch the host. */
const PROBES: readonly string[] = ["healthz", "readyz", "metrics"];

/** Counts a call, logs it, and gives back what it held. */
export async function observed(host: Host, call: Call, next: Next): Promise<void> {
  const { metrics, log, platform: { clock } } = host;
  const started = clock.monotonic();
  metrics.inFlight += 1;
  try {
    await next();
  } finally {
    metrics.inFlight -= 1;
    for (const leave of call.get("leaveRooms") ?? []) leave();
    call.set("leaveRooms", null);
  }
  const ms = clock.monotonic() - started;
  const { status } = call.res;
  const name = callName(call);
  metrics.requests.add([name, String(status)]);
  metrics.duration.observe(name, ms / 1000);
  if (status === 401 && SIGN_INS.includes(name)) metrics.signInFailures.add([name]);
  if (status === 429) metrics.limits.add(["rate"]);
  if (call.get("hadNoRoom") === true) metrics.limits.add(["bodies"]);
  // They come every few seconds, and say something when they fail.
  if (!log.hasRequests || (status === 200 && PROBES.includes(name))) return;
  log.request({
    requestId: call.get("requestId"),
    call: name,
    method: call.req.method,
    path: call.req.path,
    status,
    ms,
    bytes: await bytesOf(call),
    userId: call.get("userId") ?? null,
    team: call.get("team") ?? null,
    address: call.env.remoteAddress,
  });
}

/** Returns how long the answer is, which for HEAD is sent without its body. All answers of this host are in memory. */
async function bytesOf(call: Call): Promise<number> {
  const { res } = call;
  const bytes = await res.arrayBuffer();
  const isEmpty = res.body === null;
  call.res = undefined;
  call.res = new Response(isEmpty ? null : bytes, res);
  return call.req.method === "HEAD" ? 0 : bytes.byteLength;
}
