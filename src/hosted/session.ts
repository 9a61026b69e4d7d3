import { AUTH_PATHS } from "../contract/paths.ts";
import { type TokenResponse, TokenResponseSchema } from "../contract/auth.ts";
import { LAST_TIME_MS } from "../platform/clock.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { CredentialStore, LockedCredentials, Session } from "../user/credentials.ts";
import { normalizeHostUrl } from "../user/host_url.ts";
import { answerError, readAnswer } from "./answers.ts";
import { type AccessToken, sendPatiently, type TokenSource } from "./authorized.ts";
import { sessionExpired } from "./errors.ts";
import { originOf, type TransportOptions } from "./transport.ts";

/** What {@link SessionTokens} needs. */
export interface SessionTokensOptions extends TransportOptions {
  readonly credentials: CredentialStore;
}

/** Milliseconds before its expiry from which on an access token is refreshed instead of used. */
export const REFRESH_AHEAD_MS = 30_000;

/**
 * The tokens of the session at one host. Refreshing rotates the refresh token, so it is done once however many
 * callers and processes want it: under the credentials lock, after a second look at the file. Hosted API,
 * Authentication.
 */
export class SessionTokens implements TokenSource {
  readonly #options: SessionTokensOptions;
  readonly #host: string;
  #refreshing: { readonly stale: string; readonly done: Promise<AccessToken> } | null = null;

  /** Tokens for `baseUrl` from the credentials given. */
  constructor(options: SessionTokensOptions) {
    this.#options = options;
    this.#host = normalizeHostUrl(options.baseUrl);
  }

  /**
   * The token to use now: `TRACKER_TOKEN`, else the stored one, refreshed when it is about to expire.
   *
   * @throws {TrackerError} `missing_auth` without a session at this host; `session_expired`.
   */
  async accessToken(): Promise<AccessToken> {
    const active = await this.#options.credentials.activeSession(this.#host);
    if (active === null) throw missingAuth();
    const token = tokenOf(active.session, active.injected);
    const { accessExpiresAt, refresh } = active.session;
    if (active.injected || accessExpiresAt === null || refresh === null) return token;
    const now = this.#options.platform.clock.now();
    if (now < accessExpiresAt - REFRESH_AHEAD_MS) return token;
    try {
      return await this.refresh(token.token);
    } catch (error) {
      const refused = error instanceof TrackerError && error.code === "session_expired";
      // A token with seconds to live is better than a refresh that does not get through.
      if (refused || now >= accessExpiresAt) throw error;
      return token;
    }
  }

  /**
   * Another token than `stale`, which the host has refused or which is about to expire.
   *
   * @throws {TrackerError} `session_expired` when the host refuses to refresh, and the tokens are forgotten;
   * `token_refused` for a token from the environment; `network_error` and the like, the tokens kept.
   */
  async refresh(stale: string): Promise<AccessToken> {
    const active = await this.#options.credentials.activeSession(this.#host);
    if (active?.injected === true) throw tokenRefused();
    if (this.#refreshing?.stale === stale) return await this.#refreshing.done;
    const done = this.#options.credentials.withLock((locked) => this.#rotate(locked, stale));
    const refreshing = { stale, done };
    this.#refreshing = refreshing;
    try {
      return await done;
    } finally {
      if (this.#refreshing === refreshing) this.#refreshing = null;
    }
  }

  async #rotate(locked: LockedCredentials, stale: string): Promise<AccessToken> {
    const session = await locked.session(this.#host);
    if (session === null) throw sessionExpired();
    // Another process was faster; its token is as good as one of our own.
    if (session.access !== stale) return tokenOf(session, false);
    if (session.refresh === null) throw sessionExpired();
    const rotated = await this.#askForTokens(locked, session.refresh);
    const renewed = sessionFrom(rotated, {
      host: this.#host,
      now: this.#options.platform.clock.now(),
      username: session.username,
      teamSlug: rotated.team_slug ?? session.teamSlug,
    });
    await locked.saveTokens(renewed);
    return tokenOf(renewed, false);
  }

  async #askForTokens(locked: LockedCredentials, refresh: string): Promise<TokenResponse> {
    // Not to be interrupted: a rotated token that nobody reads ends the session.
    const answer = await sendPatiently(this.#options, {
      call: "refresh",
      method: "POST",
      path: AUTH_PATHS.refresh,
      body: { kind: "json", value: { refresh } },
    });
    if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
      await locked.clearTokens(this.#host);
      throw sessionExpired();
    }
    const origin = originOf(this.#host);
    if (answer.status !== 200) throw answerError(answer, origin);
    return readAnswer(TokenResponseSchema, "refresh", answer, origin);
  }
}

/** The session that a token answer begins. Hosted API, Authentication. */
export function sessionFrom(
  tokens: TokenResponse,
  facts: {
    readonly host: string;
    /** Wall time in milliseconds since 1970. */
    readonly now: number;
    readonly username: string | null;
    readonly teamSlug: string | null;
  },
): Session {
  return {
    host: facts.host,
    access: tokens.access,
    refresh: tokens.refresh,
    accessExpiresAt: expiry(facts.now, tokens.access_lifetime),
    refreshExpiresAt: expiry(facts.now, tokens.refresh_lifetime),
    username: facts.username,
    teamSlug: facts.teamSlug === "" ? null : facts.teamSlug,
  };
}

/** A lifetime can be any number; a time that cannot be written down is one nobody will see. */
function expiry(now: number, seconds: number): number {
  return Math.min(now + seconds * 1000, LAST_TIME_MS);
}

/** Nobody is signed in at the host. */
export function missingAuth(): TrackerError {
  return new TrackerError({
    code: "missing_auth",
    message: "No SaaS authentication token is present.",
    nextAction: "Run `tracker auth login`.",
  });
}

function tokenRefused(): TrackerError {
  return new TrackerError({
    code: "token_refused",
    message: "The tracker host refused the token in `TRACKER_TOKEN`",
    nextAction: "Set `TRACKER_TOKEN` to a valid token, or unset it and run `tracker auth login`.",
  });
}

function tokenOf(session: Session, injected: boolean): AccessToken {
  return { token: session.access, teamSlug: session.teamSlug, injected };
}
