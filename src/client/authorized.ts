import { isForPerson } from "../contract/host_error.ts";
import { isSendableTeam, isSendableToken } from "../contract/reading/auth.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { hostErrorOf } from "./answers.ts";
import { sessionExpired, unusableSession } from "./errors.ts";
import type { OpenHost } from "./open_host.ts";
import { waitBeforeRepeating } from "./rate_limit_wait.ts";
import { send, type TransportAnswer, type TransportRequest } from "./transport.ts";

/** An access token fit for a request. */
export interface AccessToken {
  /** Secret. */
  readonly token: string;
  readonly teamSlug: string | null;
  /** The environment gave it; it cannot be refreshed. */
  readonly injected: boolean;
}

/** Where a client gets its token from at call time. */
export interface TokenSource {
  /** Returns the token to use now. */
  accessToken(): Promise<AccessToken>;
  /** Another token than `stale`, which the host has refused; `reason` is what it said. */
  refresh(stale: string, reason?: string | null): Promise<AccessToken>;
  /** Returns a token from the environment with its only team, for a host that needs a team; `null` without one. */
  findTeam?(token: AccessToken): Promise<AccessToken | null>;
}

/** How patient a call is. */
export interface Patience {
  /** The longest wait a rate limit may ask for, in milliseconds; 300,000 unless given. */
  readonly maxWaitMs?: number | undefined;
}

const DEFAULT_RATE_LIMIT_WAIT_MS = 5_000;
const MAX_RATE_LIMIT_WAIT_MS = 300_000;

/**
 * Sends a request in the session's name. A 401 about the session refreshes the token and repeats the request, once; a
 * rate limit, and a request under the same key that the host still works on, wait and repeat, once. Every other answer is
 * the caller's to read (wire.md, Errors).
 *
 * @throws {TrackerError} `session_expired`; `missing_auth`; `missing_team`; and what {@link send} throws.
 */
export async function sendAuthorized(
  options: OpenHost & { readonly tokens: TokenSource },
  request: TransportRequest,
  patience: Patience = {},
): Promise<TransportAnswer> {
  let token = await options.tokens.accessToken();
  let refreshed = false;
  let waited = false;
  for (;;) {
    const answer = await send(options, withToken(request, token));
    if (isAboutSession(answer)) {
      if (refreshed) throw sessionExpired();
      refreshed = true;
      token = await options.tokens.refresh(token.token, hostErrorOf(answer).message);
    } else if ((isRateLimited(answer) || isInProgress(answer)) && !waited) {
      waited = true;
      await waitOut(options, request, answer, patience, request.signal);
    } else {
      const lack = missingTeam(token, answer);
      if (lack === null) return answer;
      const named = await options.tokens.findTeam?.(token) ?? null;
      if (named === null) throw lack;
      token = named;
    }
  }
}

/**
 * Returns whether the host refuses the token; a 401 that asks a person to act is none of the session's (wire.md,
 * Errors).
 */
export function isAboutSession(answer: TransportAnswer): boolean {
  return answer.status === 401 && !isForPerson(hostErrorOf(answer));
}

/**
 * Returns whether the host asks to come back later: a 429, or a 403 that says when, as GitHub's secondary limit does.
 */
export function isRateLimited(answer: TransportAnswer): boolean {
  if (answer.status === 429) return true;
  if (answer.status !== 403) return false;
  const { code, retryAfterSeconds } = hostErrorOf(answer);
  return answer.headers.has("retry-after") || retryAfterSeconds !== null || code === "rate_limited";
}

/** Returns whether the host still works on a request with the same idempotency key. */
function isInProgress(answer: TransportAnswer): boolean {
  return answer.status === 409 && hostErrorOf(answer).code === "in_progress";
}

/** A host that finds no team for a token from the environment means that none was set. */
function missingTeam(
  { injected, teamSlug }: AccessToken,
  answer: TransportAnswer,
): TrackerError | null {
  if (!injected || teamSlug !== null) return null;
  if (answer.status !== 401 && answer.status !== 403) return null;
  const { code, message } = hostErrorOf(answer);
  if (code !== "no_installation") return null;
  return new TrackerError({
    code: "missing_team",
    message: message ?? "The host finds no team for the token",
    nextAction: "Set `TRACKER_TEAM` to the slug of your team, beside `TRACKER_TOKEN`.",
  });
}

/**
 * Sends a request without a token; a rate limit waits and repeats, once. `stopWaiting` ends that wait, and is the
 * request's own signal unless given (wire.md, Errors).
 */
export async function sendPatiently(
  options: OpenHost,
  request: TransportRequest,
  stopWaiting: AbortSignal | undefined = request.signal,
): Promise<TransportAnswer> {
  const answer = await send(options, request);
  if (!isRateLimited(answer)) return answer;
  await waitOut(options, request, answer, {}, stopWaiting);
  return await send(options, request);
}

/**
 * Returns the milliseconds that a rate limit asks to wait: `retry_after_seconds` of its body, else its `Retry-After`
 * header in seconds or as a date, else 5 s. A date is taken by the host's clock where the answer tells it, for ours may
 * be wrong (wire.md, Errors).
 *
 * @param now Wall time in milliseconds since 1970.
 */
export function rateLimitWaitMs(answer: TransportAnswer, now: number): number {
  const ms = milliseconds(hostErrorOf(answer).retryAfterSeconds) ??
    headerWaitMs(answer.headers, now) ?? DEFAULT_RATE_LIMIT_WAIT_MS;
  return Math.min(ms, MAX_RATE_LIMIT_WAIT_MS);
}

async function waitOut(
  options: OpenHost,
  request: TransportRequest,
  answer: TransportAnswer,
  patience: Patience,
  stop: AbortSignal | undefined,
): Promise<void> {
  const asked = rateLimitWaitMs(answer, options.platform.clock.now());
  const ms = Math.min(asked, patience.maxWaitMs ?? MAX_RATE_LIMIT_WAIT_MS);
  await waitBeforeRepeating(options, request, { ms, status: answer.status, stop });
}

function headerWaitMs(headers: Headers, now: number): number | null {
  const text = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return milliseconds(Number(text));
  const until = httpDate(text);
  return until === null ? null : Math.max(0, until - (httpDate(headers.get("date")) ?? now));
}

/** A date of HTTP begins with its day; `Date.parse` finds one in a negative number, too. */
function httpDate(text: string | null): number | null {
  const ms = text !== null && /^[A-Z][a-z]+,? /.test(text.trim()) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null || !Number.isFinite(seconds) || seconds < 0 ? null : seconds * 1000;
}

function withToken(request: TransportRequest, token: AccessToken): TransportRequest {
  // The runtime would refuse such a header too, but repeat the token in what it says.
  if (!isSendableToken(token.token)) {
    throw unusableSession("access token", token.injected ? "environment" : "session");
  }
  if (token.teamSlug !== null && token.teamSlug !== "" && !isSendableTeam(token.teamSlug)) {
    throw unusableSession("team", token.injected ? "environment" : "session");
  }
  return {
    ...request,
    headers: {
      ...request.headers,
      "Authorization": `Bearer ${token.token}`,
      ...(token.teamSlug === null ? {} : { "X-Team-Slug": token.teamSlug }),
    },
  };
}
