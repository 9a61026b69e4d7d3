import type { Hono } from "hono";
import { ERROR_CODES, type ErrorCode, errorEnvelope } from "../../contract/errors.ts";
import { isoTime } from "../../platform/clock.ts";
import { type Call, type Host, type HostEnv, sendJson } from "../http/context.ts";
import type { Levers, PlannedFailure, RequestRecord } from "../http/levers.ts";

/** Delays, made-up failures and the request log; the levers' own paths are left alone. */
export function pullLevers(app: Hono<HostEnv>, host: Host, levers: Levers): void {
  app.use(async (call, next) => {
    if (call.req.path.startsWith("/dev/")) return await next();
    if (levers.delayMs > 0) await host.platform.clock.sleep(levers.delayMs);
    const path = new URL(call.req.url).pathname;
    const failure = takeFailure(levers, path);
    if (failure === null || failure.after) await next();
    if (failure !== null) {
      // The body of the lost answer must not be left open.
      if (failure.after) await call.res.body?.cancel();
      call.res = undefined;
      call.res = failureResponse(failure);
    }
    recordRequest(levers, {
      at: isoTime(host.platform.clock.now()),
      method: call.req.method,
      path,
      query: call.req.query(),
      headers: openHeaders(call),
      body: openBody(call),
      status: call.res.status,
    });
  });
}

function openHeaders(call: Call): Record<string, string> {
  const { authorization, cookie: _cookie, ...rest } = call.req.header();
  return authorization === undefined ? rest : { ...rest, authorization: "Bearer [hidden]" };
}

/** Bodies of tracker calls hold no secrets but candidate tokens, which are spent by then. */
function openBody(call: Call): unknown {
  const body = call.get("body");
  if (body === undefined || body.length > 256 * 1024) return null;
  if (!/\/api\/v1\/(tracker|connectors)\//.test(call.req.path)) return null;
  try {
    const value: unknown = JSON.parse(body.toString());
    return value;
  } catch {
    return null;
  }
}

/** Most requests that are remembered. */
const MAX_REQUESTS = 5000;

/** Remembers a request. */
function recordRequest(levers: Levers, record: RequestRecord): void {
  levers.requests.push(record);
  if (levers.requests.length > MAX_REQUESTS) levers.requests.shift();
}

/** Returns the failure planned for a call, counted down; `null` when there is none. */
function takeFailure(levers: Levers, path: string): PlannedFailure | null {
  const planned = levers.failures.find((one) => one.times > 0 && path.includes(one.path));
  if (planned === undefined) return null;
  planned.times -= 1;
  if (planned.times === 0) levers.failures.splice(levers.failures.indexOf(planned), 1);
  return planned;
}

/** Returns the answer of a made-up failure. */
function failureResponse(failure: PlannedFailure): Response {
  const retry: Record<string, string> = failure.retryAfterHeader === null
    ? {}
    : { "retry-after": String(failure.retryAfterHeader) };
  const { status } = failure;
  const typed = { "content-type": "application/json", ...retry };
  switch (failure.body) {
    case "html":
      return new Response(
        `<!doctype html><title>${status}</title><h1>Something is broken</h1>`,
        { status, headers: { "content-type": "text/html", ...retry } },
      );
    case "truncated":
      return new Response('{"error_code": "internal_err', { status, headers: typed });
    case "empty":
      return new Response(null, { status, headers: retry });
    case "broken":
      return new Response(brokenStream(), { status, headers: typed });
    case "redirect":
      return new Response(null, { status, headers: { location: "http://127.0.0.1:9/elsewhere" } });
    case "huge":
      return new Response(hugeStream(), { status, headers: typed });
    case "not_utf8":
      return new Response(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), {
        status,
        headers: typed,
      });
    case "envelope":
      return sendJson(madeUpEnvelope(failure), status, retry);
  }
}

function madeUpEnvelope(failure: PlannedFailure): Record<string, unknown> {
  const { error_code, ...rest } = errorEnvelope({
    code: failure.errorCode ?? codeOf(failure.status),
    status: failure.status,
    message: `Made-up failure with status ${failure.status}`,
    ...(failure.retryAfter === null ? {} : { retryAfterSeconds: failure.retryAfter }),
  });
  return failure.oldWord ? { code: error_code, ...rest } : { error_code, ...rest };
}

function codeOf(status: number): ErrorCode {
  const codes: readonly ErrorCode[] = [
    "unauthorized",
    "no_installation",
    "binding_not_found",
    "already_bound",
    "validation_error",
    "rate_limited",
  ];
  return codes.find((code) => ERROR_CODES[code].status === status) ?? "internal_error";
}

/** Ends in the middle, as a connection that is lost does. */
function brokenStream(): ReadableStream<Uint8Array> {
  let started = false;
  return new ReadableStream({
    pull(controller) {
      if (started) return controller.error(new Error("The connection is lost"));
      started = true;
      controller.enqueue(new TextEncoder().encode('{"status": "ok", "items": ['));
    },
  });
}

/** 33 MiB of JSON: one more than a client accepts. */
function hugeStream(): ReadableStream<Uint8Array> {
  let left = 33;
  const megabyte = new TextEncoder().encode(" ".repeat(1024 * 1024));
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(megabyte);
      else controller.close();
    },
  });
}
