import { readResponseBody } from "../platform/response_body.ts";
import { errorText, interrupted, TrackerError } from "../platform/tracker_error.ts";
import type { OpenHost } from "./open_host.ts";
import { requireHostedSync } from "./rollout.ts";
import { untrustedCertificate } from "./untrusted_certificate.ts";
import type { ClockMeasure } from "../sync/times.ts";
import { measureClock } from "./host_clock.ts";

/** A request body. */
export type RequestBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "form"; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: "gzip"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** JSON as it is sent. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> };

/** A method of HTTP. */
export type RequestMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request. */
export interface TransportRequest {
  /** The call as the contract names it; for messages. */
  readonly call: string;
  readonly method: RequestMethod;
  /** Path below the base URL. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestBody | undefined;
  /**
   * Whether it changes nothing at the host, whatever its method, and so may use an old connection, and be sent again.
   */
  readonly mayRepeat?: boolean | undefined;
  /** Time limit in milliseconds; 30,000 unless given. */
  readonly timeoutMs?: number | undefined;
  /** Gives the request up. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer of any status but a redirect, its body read whole. */
export interface TransportAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
  /** How far the clock of the host is from ours, where the answer tells. */
  readonly hostClock?: ClockMeasure | null;
}

/** Time limit of a request in milliseconds (wire.md, Transport). */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Time limit of an event upload in milliseconds (wire.md, Transport). */
export const EVENTS_TIMEOUT_MS = 60_000;

/** Bytes an answer's body may have (wire.md, Transport). */
export const MAX_BODY_BYTES: number = 32 * 1024 * 1024;

/**
 * Sends one request and reads the whole answer, whatever its status. Repeats nothing; puts a write on the wire once
 * (wire.md, Transport; Errors).
 *
 * @throws {TrackerError} `rollout_disabled` and `unsendable_header` before anything is sent; `network_error` when no whole answer came;
 * `untrusted_certificate`; `network_timeout`; `redirect_refused`; `response_too_large`; `interrupted` when `signal`
 * gave it up.
 */
export async function send(
  host: OpenHost,
  request: TransportRequest,
): Promise<TransportAnswer> {
  const { clock, env } = host.platform;
  // A host can stay open for long; the gate counts as it is now.
  requireHostedSync(env);
  const url = requestUrl(host.baseUrl, request);
  const limitMs = request.timeoutMs ?? REQUEST_TIMEOUT_MS;
  const started = clock.monotonic();
  const startedAt = clock.now();
  const deadline = clock.deadline(limitMs);
  const signal = request.signal === undefined
    ? deadline.signal
    : AbortSignal.any([deadline.signal, request.signal]);
  let status: number | null = null;
  try {
    const { mayRepeat } = request;
    const response = await host.platform.fetch(
      webRequest(host, request, url, signal),
      { mayRepeat },
    );
    status = response.status;
    const { headers } = response;
    const hostClock = measureClock(headers, startedAt, clock.monotonic() - started);
    refuseRedirect(request, response);
    return { status, headers, hostClock, body: await readBody(request, response, signal) };
  } catch (error) {
    throw explain(error, request, url.origin, deadline.signal, limitMs);
  } finally {
    deadline.clear();
    const ms = Math.round(clock.monotonic() - started);
    host.onRequestLog?.({ method: request.method, path: url.pathname, status, ms });
  }
}

/** Returns the origin of a host URL, for messages. */
export function originOf(baseUrl: string): string {
  return new URL(baseUrl).origin;
}

/** Who asks, as every request says it. */
export function userAgent(version?: string): string {
  return version === undefined ? "tracker" : `tracker/${version}`;
}

function requestUrl(baseUrl: string, request: TransportRequest): URL {
  const url = new URL(baseUrl + request.path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.append(name, value);
  }
  return url;
}

function webRequest(
  host: OpenHost,
  request: TransportRequest,
  url: URL,
  signal: AbortSignal,
): Request {
  const headers = new Headers({
    "Accept": "application/json",
    "User-Agent": userAgent(host.version),
  });
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    requireSendable(request, name, value);
    headers.set(name, value);
  }
  let body: BodyInit | null = null;
  if (request.body?.kind === "json") {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(request.body.value);
  } else if (request.body?.kind === "form") {
    headers.set("Content-Type", "application/x-www-form-urlencoded");
    body = new URLSearchParams({ ...request.body.fields }).toString();
  } else if (request.body?.kind === "gzip") {
    headers.set("Content-Type", "application/json");
    headers.set("Content-Encoding", "gzip");
    body = request.body.bytes;
  } else if (request.body?.kind === "bytes") {
    headers.set("Content-Type", "application/json");
    body = request.body.bytes;
  }
  return new Request(url, { method: request.method, headers, body, signal, redirect: "manual" });
}

/** The runtime would refuse such a header too, but repeat it, token and all, in what it says. */
function requireSendable(request: TransportRequest, name: string, value: string): void {
  if (/^[\x20-\x7e]*$/.test(value)) return;
  throw new TrackerError({
    code: "unsendable_header",
    message:
      `"${request.call}" cannot be sent: its \`${name}\` holds characters that no request can carry`,
    nextAction: "Check the token and the team that are used.",
    details: { call: request.call, header: name },
  });
}

function refuseRedirect(request: TransportRequest, response: Response): void {
  if (response.type !== "opaqueredirect" && (response.status < 300 || response.status > 399)) {
    return;
  }
  response.body?.cancel().catch(() => {});
  throw new TrackerError({
    code: "redirect_refused",
    message:
      `The tracker host answered "${request.call}" with a redirect, which would carry the token elsewhere`,
    nextAction: "Check the host URL: it must be the address that answers itself.",
    details: { call: request.call, status: response.status },
  });
}

async function readBody(
  request: TransportRequest,
  response: Response,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = await readResponseBody(response, MAX_BODY_BYTES, signal);
  if (body === null) throw tooLarge(request);
  return body;
}

function tooLarge(request: TransportRequest): TrackerError {
  return new TrackerError({
    code: "response_too_large",
    message: `The tracker host answered "${request.call}" with more than 32 MiB`,
    nextAction: "Ask for less at once, with `--limit` or a filter where the command has one.",
    details: { call: request.call, limit_bytes: MAX_BODY_BYTES },
  });
}

function explain(
  error: unknown,
  request: TransportRequest,
  origin: string,
  deadline: AbortSignal,
  limitMs: number,
): unknown {
  if (error instanceof TrackerError) return error;
  if (request.signal?.aborted === true) return interrupted(request.signal.reason);
  if (deadline.aborted) {
    return new TrackerError({
      code: "network_timeout",
      message: `The tracker host at ${origin} did not answer within ${limitMs / 1000} seconds`,
      nextAction: "Check your network connection and the host, then try again.",
      details: { call: request.call, origin },
      cause: error,
    });
  }
  // A permission that is missing is no fault of the network; the edge explains it.
  if (error instanceof Error && /NotCapable|PermissionDenied/.test(error.name)) return error;
  const untrusted = untrustedCertificate(error, origin);
  if (untrusted !== null) return untrusted;
  return new TrackerError({
    code: "network_error",
    message: `Cannot connect to the tracker host at ${origin}. Check your network connection.`,
    details: { call: request.call, origin, reason: errorText(error) },
    cause: error,
  });
}
