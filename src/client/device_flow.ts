import {
  DEFAULT_REFRESH_LIFETIME,
  DEVICE_CLIENT_ID,
  DEVICE_GRANT_TYPE,
  type DeviceAuthorization,
  type DeviceToken,
} from "../contract/auth.ts";
import { DeviceTokenReader } from "../contract/reading/auth.ts";
import { AUTH_PATHS } from "../contract/paths.ts";
import { interrupted, TrackerError } from "../platform/tracker_error.ts";
import type { Session } from "../user/credentials.ts";
import { answerError, hostErrorOf, readAnswer } from "./answers.ts";
import { isRateLimited, rateLimitWaitMs } from "./authorized.ts";
import { sessionFrom } from "./session.ts";
import type { OpenHost } from "./open_host.ts";
import { originOf, send, type TransportAnswer } from "./transport.ts";

/** A device flow that waits for its approval. */
export interface DevicePollingOptions extends OpenHost {
  readonly authorization: DeviceAuthorization;
  /** Monotonic time at which the host issued the codes, in milliseconds. */
  readonly started: number;
  /** Gives the waiting up. */
  readonly signal?: AbortSignal | undefined;
}

/** What one look at the token endpoint came to. */
type Look =
  | { readonly kind: "granted"; readonly token: DeviceToken }
  | { readonly kind: "pending" }
  | { readonly kind: "slow_down" }
  | { readonly kind: "trouble"; readonly waitMs: number | null };

/** Seconds that `slow_down` adds to every wait from then on (RFC 8628, 3.5). */
const SLOW_DOWN_SECONDS = 5;

const MAX_BACKOFF_MS = 60_000;

/**
 * Polls until the person has approved the device. Trouble with the connection makes the polling slower, it does not
 * end it (RFC 8628, 3.5) (wire.md, Authentication).
 *
 * @throws {TrackerError} `access_denied`; `device_code_expired`; `interrupted`.
 */
export async function pollForDeviceToken(options: DevicePollingOptions): Promise<Session> {
  const { clock } = options.platform;
  const ends = options.started + options.authorization.expires_in * 1000;
  let intervalMs = options.authorization.interval * 1000;
  let troubles = 0;
  let waitMs = intervalMs;
  for (;;) {
    if (clock.monotonic() + waitMs >= ends) {
      await pause(options, Math.max(0, ends - clock.monotonic()));
      throw expired();
    }
    await pause(options, waitMs);
    const look = await lookOnce(options);
    if (look.kind === "granted") return sessionOf(options, look.token);
    if (look.kind === "slow_down") intervalMs += SLOW_DOWN_SECONDS * 1000;
    troubles = look.kind === "trouble" ? troubles + 1 : 0;
    const backoff = Math.min(intervalMs * 2 ** troubles, Math.max(intervalMs, MAX_BACKOFF_MS));
    waitMs = look.kind === "trouble" ? Math.max(backoff, look.waitMs ?? 0) : intervalMs;
  }
}

async function lookOnce(options: DevicePollingOptions): Promise<Look> {
  let answer: TransportAnswer;
  try {
    answer = await send(options, {
      call: "deviceToken",
      method: "POST",
      path: AUTH_PATHS.deviceToken,
      body: {
        kind: "form",
        fields: {
          grant_type: DEVICE_GRANT_TYPE,
          device_code: options.authorization.device_code,
          client_id: DEVICE_CLIENT_ID,
        },
      },
      signal: options.signal,
    });
  } catch (error) {
    if (isConnectionTrouble(error)) return { kind: "trouble", waitMs: null };
    throw error;
  }
  const origin = originOf(options.baseUrl);
  if (answer.status === 200) {
    const facts = { call: "deviceToken", origin };
    return { kind: "granted", token: readAnswer(DeviceTokenReader, answer, facts) };
  }
  if (isRateLimited(answer)) {
    const waitMs = rateLimitWaitMs(answer, options.platform.clock.now());
    return { kind: "trouble", waitMs };
  }
  if (answer.status >= 500) return { kind: "trouble", waitMs: null };
  return verdictOf(answer, origin);
}

function verdictOf(answer: TransportAnswer, origin: string): Look {
  switch (hostErrorOf(answer).code) {
    case "authorization_pending":
      return { kind: "pending" };
    case "slow_down":
      return { kind: "slow_down" };
    case "expired_token":
      throw expired();
    case "access_denied":
      throw new TrackerError({
        code: "access_denied",
        message: "The sign-in was refused in the browser",
        nextAction: "Run `tracker auth login` to try again.",
      });
    default:
      throw answerError(answer, "deviceToken", origin);
  }
}

function sessionOf(options: DevicePollingOptions, token: DeviceToken): Session {
  return sessionFrom({
    access: token.access_token,
    refresh: token.refresh_token,
    access_lifetime: token.expires_in,
    refresh_lifetime: token.refresh_token_expires_in ?? DEFAULT_REFRESH_LIFETIME,
  }, {
    host: options.baseUrl,
    now: options.platform.clock.now(),
    username: null,
    teamSlug: token.team_slug ?? null,
  });
}

async function pause(options: DevicePollingOptions, ms: number): Promise<void> {
  const { signal } = options;
  try {
    await options.platform.clock.sleep(ms, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted === true ? interrupted(error) : error;
  }
}

function isConnectionTrouble(error: unknown): boolean {
  return error instanceof TrackerError &&
    (error.code === "network_error" || error.code === "network_timeout");
}

function expired(): TrackerError {
  return new TrackerError({
    code: "device_code_expired",
    message: "The sign-in code expired before it was approved",
    nextAction: "Run `tracker auth login` to get a new one.",
  });
}
