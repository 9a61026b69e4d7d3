import type { Clock } from "../platform/clock.ts";
import type { Fetch } from "../platform/platform.ts";
import { readResponseBody } from "../platform/response_body.ts";
import { type Budget, limited, LONGEST_LIMIT_MS } from "./budget.ts";
import { harmless } from "./harmless.ts";
import { ProviderError } from "./remote.ts";

/** One call to a provider. */
export interface ProviderCall {
  /** What is done, for messages and the log: `list issues`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below the base URL; or a whole URL of the same origin, as a page names the next one. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as the fields of a form, instead of a body. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  /** Whether it changes nothing, whatever its method: it may be sent again. */
  readonly isRead?: boolean | undefined;
  /** The entity tag of what is known already. */
  readonly etag?: string | null | undefined;
  /** What it is sent with and is never to be said, beside the {@link Wire.secrets}. */
  readonly secrets?: readonly string[] | undefined;
}

/** What a provider answered. */
export interface ProviderAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed JSON; `null` for an empty body. */
  readonly body: unknown;
  /** Whether what is known already is still so; the body is `null` then. */
  readonly isUnchanged: boolean;
}

/** One line of the log: no query, no header, no body. */
export interface LoggedCall {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** `null` when no answer came. */
  readonly status: number | null;
  readonly ms: number;
}

/** How calls reach one provider under one credential. */
export interface Wire {
  /** The provider's name, for messages. */
  readonly provider: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Never to be said. */
  readonly secrets: readonly string[];
  /**
   * Judges an answer beyond 299 in the provider's own terms; `null` leaves it to the status. The `secrets` are those of
   * the wire and of the call.
   */
  judge(answer: ProviderAnswer, secrets: readonly string[]): ProviderError | null;
  readonly onCall?: ((call: LoggedCall) => void) | undefined;
}

/** Milliseconds that one call may take. */
const ANSWER_WITHIN_MS = 30_000;

/** Bytes of one answer at most. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** How often what changes nothing is tried. */
const ATTEMPTS = 3;

const MAX_REDIRECTS = 5;

/** Milliseconds that a limit lasts for which the provider names no end. */
const LIMIT_WITHOUT_END_MS = 60_000;

/**
 * Makes one call. What changes nothing is tried up to three times; a write goes on the wire once.
 *
 * @throws {ProviderError} `limited`; `refused`; `unreachable` when no whole answer came; `failing` for a failure of the
 * provider's own and for what is not JSON; `rejected` with the status for any other answer beyond 299.
 */
export async function callProvider(wire: Wire, call: ProviderCall): Promise<ProviderAnswer> {
  const isRead = call.isRead ?? call.method === "GET";
  for (let attempt = 1;; attempt++) {
    await wire.budget.takeTurn(!isRead, wire.signal);
    try {
      return await callOnce(wire, call, isRead);
    } catch (error) {
      wire.signal.throwIfAborted();
      if (!isRead || attempt === ATTEMPTS || !mayPass(error)) throw error;
      await wire.clock.sleep(500 * 4 ** (attempt - 1), { signal: wire.signal });
    }
  }
}

function mayPass(error: unknown): boolean {
  return error instanceof ProviderError &&
    (error.fault.kind === "unreachable" ||
      error.fault.kind === "failing" && error.fault.isTooLarge !== true);
}

async function callOnce(
  wire: Wire,
  call: ProviderCall,
  isRead: boolean,
): Promise<ProviderAnswer> {
  const answer = await exchange(wire, call, isRead);
  const { status } = answer;
  if (status < 300 || answer.isUnchanged) return answer;
  const secrets = [...wire.secrets, ...call.secrets ?? []];
  const own = wire.judge(answer, secrets);
  if (own !== null) {
    if (own.fault.kind !== "limited") throw own;
    const until = Math.min(own.fault.until, wire.clock.now() + LONGEST_LIMIT_MS);
    wire.budget.close(until);
    throw new ProviderError({ kind: "limited", until }, own.message);
  }
  const until = limitIn(answer, wire.clock.now());
  if (until !== null) {
    wire.budget.close(until);
    throw limited(until);
  }
  const said = saidBy(answer, secrets);
  if (status === 401) {
    const words = `${wire.provider} does not take the credential (401)${said}`;
    throw new ProviderError({ kind: "refused" }, words);
  }
  const words = `${wire.provider} answered "${call.name}" with ${status}${said}`;
  if (status >= 500 || status === 408) throw new ProviderError({ kind: "failing" }, words);
  throw new ProviderError({ kind: "rejected", code: `http_${status}` }, words);
}

/** Returns when a limit ends of which an answer tells; `null` when it tells of none. */
function limitIn({ status, headers }: ProviderAnswer, now: number): number | null {
  const after = retryAfter(headers, now);
  if (after !== null && (status === 403 || status === 429 || status === 503)) return after;
  return status === 429 ? now + LIMIT_WITHOUT_END_MS : null;
}

/** Reads `Retry-After`, in seconds or as a date, as milliseconds since 1970; `null` when there is none. */
export function retryAfter(headers: Headers, now: number): number | null {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (value === "") return null;
  const until = /^\d+$/.test(value) ? now + Number(value) * 1_000 : Date.parse(value);
  return Number.isNaN(until) ? null : Math.min(Math.max(until, now), now + LONGEST_LIMIT_MS);
}

/** Sends a request and reads the answer, following redirects on the same origin. */
async function exchange(
  wire: Wire,
  call: ProviderCall,
  isRead: boolean,
): Promise<ProviderAnswer> {
  const { clock } = wire;
  let url = urlOf(wire, call);
  const started = clock.monotonic();
  const deadline = clock.deadline(ANSWER_WITHIN_MS);
  const signal = AbortSignal.any([deadline.signal, wire.signal]);
  let status: number | null = null;
  try {
    for (let redirects = 0;; redirects++) {
      const response = await wire.fetch(requestOf(wire, call, url, signal), { mayRepeat: isRead });
      status = response.status;
      wire.budget.note(response.headers);
      const next = redirectOf(response, url, isRead);
      if (next === null) return await answerOf(wire, call, response, signal);
      await response.body?.cancel();
      if (redirects === MAX_REDIRECTS || next.origin !== url.origin) {
        const elsewhere = harmless(next.origin, [...wire.secrets, ...call.secrets ?? []]);
        const where = redirects === MAX_REDIRECTS ? "too often" : `to ${elsewhere}`;
        const words = `${wire.provider} redirected "${call.name}" ${where}`;
        throw new ProviderError({ kind: "failing" }, words);
      }
      url = next;
    }
  } catch (error) {
    wire.signal.throwIfAborted();
    throw explain(error, wire, call, deadline.signal.aborted);
  } finally {
    deadline.clear();
    if (wire.onCall !== undefined) {
      const ms = Math.round(clock.monotonic() - started);
      // A redirect may lead to a path that repeats what was sent.
      const path = harmless(url.pathname, [...wire.secrets, ...call.secrets ?? []]);
      wire.onCall({ name: call.name, method: call.method, path, status, ms });
    }
  }
}

function urlOf(wire: Wire, call: ProviderCall): URL {
  const base = new URL(wire.baseUrl);
  const url = URL.parse(call.path.startsWith("/") ? wire.baseUrl + call.path : call.path);
  // A page names the next one: it must not send the credential to somebody else.
  if (url === null || url.origin !== base.origin) {
    const words = `${wire.provider} named an address outside ${base.origin} for "${call.name}"`;
    throw new ProviderError({ kind: "failing" }, words);
  }
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

function requestOf(wire: Wire, call: ProviderCall, url: URL, signal: AbortSignal): Request {
  const headers = new Headers({ "Accept": "application/json", "User-Agent": "tracker" });
  for (const [name, value] of Object.entries({ ...wire.headers, ...call.headers })) {
    headers.set(name, value);
  }
  if (call.etag != null) headers.set("If-None-Match", call.etag);
  const { body, form } = call;
  if (body !== undefined) headers.set("Content-Type", "application/json");
  return new Request(url, {
    method: call.method,
    headers,
    body: form !== undefined
      ? new URLSearchParams(form)
      : body !== undefined
      ? JSON.stringify(body)
      : null,
    signal,
    redirect: "manual",
  });
}

/** Returns where a redirect leads, where it may be followed; `null` for any other answer. */
function redirectOf(response: Response, url: URL, isRead: boolean): URL | null {
  const { status } = response;
  // Others would have a write sent again as something else.
  const follows = status === 307 || status === 308 ||
    (isRead && (status === 301 || status === 302));
  const location = follows ? response.headers.get("location") : null;
  return location === null ? null : URL.parse(location, url.href);
}

async function answerOf(
  wire: Wire,
  call: ProviderCall,
  response: Response,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  const { status, headers } = response;
  const bytes = await readResponseBody(response, MAX_ANSWER_BYTES, signal);
  if (bytes === null) {
    const words = `${wire.provider} answered "${call.name}" with more than 32 MiB`;
    throw new ProviderError({ kind: "failing", isTooLarge: true }, words);
  }
  const isUnchanged = status === 304;
  if (isUnchanged || bytes.length === 0) return { status, headers, body: null, isUnchanged };
  try {
    const body: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return { status, headers, body, isUnchanged };
  } catch {
    // The page of a proxy in between is judged by its status.
    if (status >= 300) return { status, headers, body: null, isUnchanged };
    const words = `${wire.provider} answered "${call.name}" with what is not JSON`;
    throw new ProviderError({ kind: "failing" }, words);
  }
}

function explain(error: unknown, wire: Wire, call: ProviderCall, isLate: boolean): unknown {
  if (error instanceof ProviderError) return error;
  if (error instanceof Error && /NotCapable|PermissionDenied/.test(error.name)) return error;
  const { origin } = new URL(wire.baseUrl);
  const reason = isLate ? ` within ${ANSWER_WITHIN_MS / 1_000} seconds` : "";
  const words = `${wire.provider} at ${origin} did not answer "${call.name}"${reason}`;
  const failure = new ProviderError({ kind: "unreachable" }, words);
  failure.cause = error;
  return failure;
}

/** The provider's own words for what is wrong, made harmless; empty when it gives none. */
function saidBy({ body }: ProviderAnswer, secrets: readonly string[]): string {
  const words = messageIn(body);
  return words === null ? "" : `: ${harmless(words, secrets)}`;
}

function messageIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return null;
  if ("message" in body && typeof body.message === "string") return body.message;
  if ("error" in body && typeof body.error === "string") return body.error;
  return null;
}
