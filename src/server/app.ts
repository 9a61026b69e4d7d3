import { Hono } from "hono";
import { errorEnvelope } from "../contract/errors.ts";
import { AUTH_PATHS, ENDPOINTS } from "../contract/paths.ts";
import type { ConnectionInfo } from "../platform/platform.ts";
import { addAuthRoutes, LOGOUT_PATH } from "./api/auth.ts";
import { addAuthorizePage } from "./web/authorize_page.ts";
import { addBindingRoutes } from "./api/bindings.ts";
import { clientAddress, isSecure } from "./http/client_address.ts";
import { addDevicePage } from "./web/device_page.ts";
import { addCommentRoutes } from "./api/comments.ts";
import { addConsole } from "./web/console/console.tsx";
import { CONSOLE_CALLS, failurePage, wantsPage } from "./web/console/entry.ts";
import { START } from "./web/console/return_path.ts";
import { addEventRoutes } from "./api/events.ts";
import { type Call, type Host, type HostEnv, sendJson } from "./http/context.ts";
import type { Levers } from "./http/levers.ts";
import { addOriginRoutes } from "./api/origins.ts";
import { addOtherClients } from "./api/other_clients.ts";
import { databaseAway, HttpError } from "./http/http_error.ts";
import { observed } from "./http/observed.ts";
import { addProbes, PROBE_PATHS } from "./api/probes.ts";
import { HostError } from "./model/host_error.ts";
import { addSnapshotRoutes } from "./api/snapshots.ts";
import { addStatusRoutes } from "./api/status.ts";
import { isOutage, isStoreFault } from "./store/store_faults.ts";
import { addSyncRoutes } from "./api/sync.ts";
import { addWebhookRoute } from "./webhooks/receive.ts";

/** Answers one request. */
export type HostHandler = (request: Request, info: ConnectionInfo) => Promise<Response>;

/** What a development host adds to the calls: `dev/`, which no other host loads. */
export interface Development {
  /** Lets the levers act on every call. */
  pullLevers(app: Hono<HostEnv>, host: Host, levers: Levers): void;
  /** Adds the paths by which the levers are set. */
  addDevRoutes(app: Hono<HostEnv>, host: Host, levers: Levers): void;
}

/**
 * Returns the host's calls as one function from request to response, without a socket. Every path answers with
 * and without its trailing slash; every failure is an envelope (wire.md, The wire).
 */
export function createHandler(host: Host, development: Development | null): HostHandler {
  const app = new Hono<HostEnv>({ strict: false });
  app.use((call, next) => observed(host, call, next));
  app.use(async (call, next) => {
    call.set("requestId", requestId(host, call));
    // What a stranger writes into `Host` becomes part of the address, unchecked.
    if (URL.canParse(call.req.url)) await next();
    else call.res = answerError(host, badAddress());
    addCommonHeaders(call);
  });
  const { levers } = host;
  if (levers !== null) development?.pullLevers(app, host, levers);
  app.get(
    "/",
    (call) =>
      wantsPage(call)
        ? new Response(null, { status: 303, headers: { location: START, vary: "accept" } })
        : sendJson({ service: "tracker control plane" }, 200, { vary: "accept" }),
  );
  addAuthRoutes(app, host);
  addDevicePage(app, host);
  addAuthorizePage(app, host);
  addConsole(app, host);
  addProbes(app, host, levers === null ? "admins" : "everybody");
  addStatusRoutes(app, host);
  addBindingRoutes(app, host);
  addSyncRoutes(app, host);
  addOriginRoutes(app, host);
  addCommentRoutes(app, host);
  addEventRoutes(app, host);
  addSnapshotRoutes(app, host);
  addWebhookRoute(app, host);
  addOtherClients(app, host);
  if (levers !== null) development?.addDevRoutes(app, host, levers);
  app.notFound((call) => answerFailure(host, call, noSuchCall(call)));
  app.onError((error, call) => {
    if (isForTheCaller(error)) return answerFailure(host, call, error);
    // That the database cannot be used is told once, not by every call.
    if (!isOutage(error)) logFault(host, call, error);
    return answerFailure(host, call, isStoreFault(error) ? databaseAway() : error);
  });
  const { platform: { clock }, rooms } = host;
  return async (request, { remoteAddress: peer }) => {
    const forwarded = request.headers.get("x-forwarded-for") ?? undefined;
    if (forwarded !== undefined) warnOfProxy(host, peer);
    const remoteAddress = clientAddress(peer, forwarded, host.trustedProxies);
    const secure = isSecure(request, peer, host);
    return await app.fetch(request, { remoteAddress, clock, rooms, isSecure: secure });
  };
}

/** Returns what tells whether the host is alive and ready, and its figures, for a listener of its own. */
export function createProbeHandler(host: Host): HostHandler {
  const app = new Hono<HostEnv>({ strict: false });
  addProbes(app, host, "everybody");
  app.notFound((call) => answerError(host, noSuchCall(call, PROBE_CALLS)));
  const { platform: { clock }, rooms } = host;
  return async (request, { remoteAddress }) =>
    await app.fetch(request, { remoteAddress, clock, rooms, isSecure: false });
}

/** Tells the operator once that all clients of a proxy are taken for one. */
function warnOfProxy(host: Host, peer: string): void {
  if (host.trustedProxies.length > 0 || host.warnings.has("proxy")) return;
  host.warnings.add("proxy");
  host.platform.terminal.stderr.write(
    `Requests come through a proxy at ${peer} that is not trusted: all its clients share one limit for ` +
      `sign-ins. If the proxy is yours, serve with \`--trusted-proxy ${peer}\`.\n`,
  );
}

function requestId(host: Host, call: Call): string {
  const given = call.req.header("x-request-id") ?? "";
  return /^[\w-]{1,100}$/.test(given) ? given : host.platform.random.uuid();
}

function addCommonHeaders(call: Call): void {
  const { headers } = call.res;
  headers.set("x-request-id", call.get("requestId"));
  headers.set("cache-control", "no-store");
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("referrer-policy")) headers.set("referrer-policy", "no-referrer");
}

/** Says to the operator what finds the fault, and nothing of the request but its path. */
function logFault({ log }: Host, call: Call, { message }: Error): void {
  const { method, path } = call.req;
  log.error({ requestId: call.get("requestId"), method, path, message });
}

function isForTheCaller(error: Error): error is HttpError | HostError {
  return error instanceof HttpError || error instanceof HostError;
}

/** A person at a browser is answered by a page. */
async function answerFailure(host: Host, call: Call, error: Error): Promise<Response> {
  return wantsPage(call)
    ? await failurePage(host, call, isForTheCaller(error) ? error : null)
    : answerError(host, error);
}

/** Any other error stays inside: no text and no stack of it gets out. */
function answerError({ metrics }: Host, error: Error): Response {
  if (isForTheCaller(error)) {
    const { envelope } = error;
    metrics.errors.add([envelope.error_code]);
    return sendJson(envelope, envelope.http_status, headersOf(error));
  }
  const envelope = errorEnvelope({
    code: "internal_error",
    message: "The host has failed to answer this call",
  });
  metrics.errors.add([envelope.error_code]);
  return sendJson(envelope, 500);
}

function headersOf(error: HttpError | HostError): Readonly<Record<string, string>> {
  if (error instanceof HttpError) return error.headers;
  const { retryAfterSeconds } = error;
  return retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
}

function badAddress(): HttpError {
  return new HttpError({
    code: "validation_error",
    status: 400,
    message: "The Host header of the request names no host",
  });
}

interface KnownCall {
  readonly method: string;
  readonly path: RegExp;
}

const PROBE_CALLS: readonly KnownCall[] = Object.values(PROBE_PATHS)
  .map((path) => ({ method: "GET", path: pattern(path) }));

const CALLS: readonly KnownCall[] = [
  ...ENDPOINTS.map(({ method, path }) => ({ method, path: pattern(path) })),
  ...CONSOLE_CALLS,
  { method: "GET", path: pattern("/") },
  ...PROBE_CALLS,
  { method: "GET", path: pattern("/device.css") },
  { method: "GET", path: pattern("/device") },
  { method: "POST", path: pattern("/device") },
  { method: "POST", path: pattern(LOGOUT_PATH) },
  { method: "GET", path: pattern(AUTH_PATHS.authorize) },
  { method: "POST", path: pattern(AUTH_PATHS.authorize) },
];

function pattern(path: string): RegExp {
  const known = path.replace(/\/$/, "").replaceAll(".", "\\.").replace("{id}", "[^/]+");
  return new RegExp(`^${known}/?$`);
}

function noSuchCall(call: Call, calls = CALLS): HttpError {
  const { method } = call.req;
  const path = new URL(call.req.url).pathname;
  const methods = calls.filter((known) => known.path.test(path)).map((known) => known.method);
  return methods.length === 0
    ? new HttpError({ code: "validation_error", status: 404, message: `No call at "${path}"` })
    : new HttpError(
      { code: "validation_error", status: 405, message: `"${path}" does not take ${method}` },
      { allow: methods.join(", ") },
    );
}
