import { AUTH_PATHS } from "../contract/paths.ts";
import type { TokenResponse } from "../contract/auth.ts";
import { isForPerson } from "../contract/host_error.ts";
import { isSendableTeam, MeReader, TokenReader } from "../contract/reading/auth.ts";
import { LAST_TIME_MS } from "../platform/clock.ts";
import { errorText, TrackerError } from "../platform/tracker_error.ts";
import type { Platform } from "../platform/platform.ts";
import { forgetTokenOfCommand, tokenOfCommand } from "../user/token_command.ts";
import {
  type ActiveSession,
  type CredentialStore,
  isGivenToken,
  type LockedCredentials,
  type Session,
} from "../user/credentials.ts";
import { missingAuth } from "../user/readiness_wording.ts";
import { answerError, contentOf, hostErrorOf, readAnswer } from "./answers.ts";
import { type AccessToken, isRateLimited, sendPatiently, type TokenSource } from "./authorized.ts";
import { sessionExpired, tokenRefused } from "./errors.ts";
import { type HeldSignals, holdingSignals } from "./held_signals.ts";
import type { OpenHost } from "./open_host.ts";
import { originOf, type TransportAnswer } from "./transport.ts";

/** What {@link SessionTokens} needs. */
export interface SessionTokensOptions extends OpenHost {
  readonly credentials: CredentialStore;
}

/** Milliseconds before its expiry from which on an access token is refreshed instead of used. */
export const REFRESH_AHEAD_MS = 30_000;

/**
 * The tokens of the session at one host. Refreshing rotates the refresh token, so it is done once however many
 * callers and processes want it: under the credentials lock, after a second look at the file (wire.md, Authentication).
 */
export class SessionTokens implements TokenSource {
  readonly #options: SessionTokensOptions;
  readonly #host: string;
  /** The one team of the token from the environment, once a host that needs its name has told it. */
  #team: string | null = null;
  #refreshing: { readonly stale: string; readonly done: Promise<AccessToken> } | null = null;

  /** Tokens for `baseUrl` from the credentials given. */
  constructor(options: SessionTokensOptions) {
    this.#options = options;
    this.#host = options.baseUrl;
  }

  /**
   * Returns the token to use now: `TRACKER_TOKEN`, else that of `auth.token_command`, else the stored one, refreshed when
   * it is about to expire.
   *
   * @throws {TrackerError} `missing_auth` without a session at this host; `session_expired`; `token_command_failed`.
   */
  async accessToken(): Promise<AccessToken> {
    const active = await this.#options.credentials.activeSession(this.#host);
    if (active === null) throw missingAuth();
    const token = await tokenIn(this.#options.platform, active);
    if (active.injected && token.teamSlug === null) return { ...token, teamSlug: this.#team };
    const { accessExpiresAt, refresh } = active.session;
    if (active.injected || accessExpiresAt === null || refresh === null) return token;
    const now = this.#options.platform.clock.now();
    if (now < accessExpiresAt - REFRESH_AHEAD_MS) return token;
    try {
      return await this.refresh(token.token);
    } catch (error) {
      const isFinal = error instanceof TrackerError && FINAL.includes(error.code);
      // A token with seconds to live is better than a refresh that does not get through.
      if (isFinal || now >= accessExpiresAt) throw error;
      return token;
    }
  }

  /**
   * Another token than `stale`, which the host has refused or which is about to expire.
   *
   * @throws {TrackerError} `session_expired` when the host refuses to refresh, and the tokens are forgotten;
   * `token_refused` for a token from the environment or one given at the login; `credentials_unwritable` before anything is sent;
   * `network_error` and the like, the tokens kept; `session_not_saved`, the tokens lost.
   */
  async refresh(stale: string, reason: string | null = null): Promise<AccessToken> {
    const active = await this.#options.credentials.activeSession(this.#host);
    if (active !== null && active.command !== null) {
      forgetTokenOfCommand(this.#options.platform);
      throw tokenRefused("command", reason);
    }
    if (active?.injected === true) throw tokenRefused("environment", reason);
    if (this.#refreshing?.stale === stale) return await this.#refreshing.done;
    const done = this.#options.credentials.withLock((locked) =>
      this.#rotate(locked, stale, reason)
    );
    const refreshing = { stale, done };
    this.#refreshing = refreshing;
    try {
      return await done;
    } finally {
      if (this.#refreshing === refreshing) this.#refreshing = null;
    }
  }

  /**
   * Asks the host for the team of a token from the environment that came without one; `null` unless it has one alone.
   * A machine token has (wire.md, Authentication).
   */
  async findTeam({ token }: AccessToken): Promise<AccessToken | null> {
    const answer = await sendPatiently(this.#options, {
      call: "me",
      method: "GET",
      path: AUTH_PATHS.me,
      headers: { "Authorization": `Bearer ${token}` },
    });
    if (answer.status !== 200) return null;
    const origin = originOf(this.#host);
    const [team, ...others] = readAnswer(MeReader, answer, { call: "me", origin }).teams;
    if (team === undefined || others.length > 0 || !isSendableTeam(team.id)) return null;
    this.#team = team.id;
    return { token, teamSlug: team.id, injected: true };
  }

  async #rotate(
    locked: LockedCredentials,
    stale: string,
    reason: string | null,
  ): Promise<AccessToken> {
    const session = await locked.session(this.#host);
    if (session === null) throw sessionExpired();
    // Another process was faster; its token is as good as one of our own.
    if (session.access !== stale) return tokenOf(session, false);
    const { refresh } = session;
    if (refresh === null) {
      throw isGivenToken(session) ? tokenRefused("session", reason) : sessionExpired();
    }
    // The host takes a refresh token once: what it gives for it has to have a place.
    await locked.rehearse(session);
    return await holdingSignals(
      this.#options.platform.signals,
      (held) => this.#renew(locked, session, refresh, held),
    );
  }

  async #renew(
    locked: LockedCredentials,
    session: Session,
    refresh: string,
    held: HeldSignals,
  ): Promise<AccessToken> {
    const rotated = await this.#askForTokens(locked, refresh, held);
    // A host that does not rotate says nothing of the refresh token: it stays good.
    const kept = rotated.refresh === null
      ? { refresh, refreshExpiresAt: session.refreshExpiresAt }
      : {};
    const renewed = {
      ...sessionFrom(rotated, {
        host: this.#host,
        now: this.#options.platform.clock.now(),
        username: session.username,
        teamSlug: teamAfter(session, rotated),
      }),
      ...kept,
    };
    try {
      await locked.saveTokens(renewed);
    } catch (error) {
      throw notSaved(error);
    }
    return tokenOf(renewed, false);
  }

  async #askForTokens(
    locked: LockedCredentials,
    refresh: string,
    held: HeldSignals,
  ): Promise<TokenResponse> {
    // A rotated token that is not read ends the session, so the request is not interrupted lightly.
    const answer = await sendPatiently(this.#options, {
      call: "refresh",
      method: "POST",
      path: AUTH_PATHS.refresh,
      body: { kind: "json", value: { refresh } },
      signal: held.insisted,
    }, held.asked);
    if (isRefusal(answer)) {
      await locked.clearTokens(this.#host);
      throw sessionExpired();
    }
    const origin = originOf(this.#host);
    if (answer.status !== 200) throw answerError(answer, "refresh", origin);
    return readAnswer(TokenReader, answer, { call: "refresh", origin });
  }
}

/** Returns the team the host names, else the one before: a name that no request can carry is none. */
function teamAfter(session: Session, { team_slug: named }: TokenResponse): string | null {
  return named != null && isSendableTeam(named) ? named : session.teamSlug;
}

/** Failures that no token helps over, or that a person has to hear of to know why the session has ended. */
const FINAL: readonly string[] = ["session_expired", "session_not_saved", "interrupted"];

/** Returns whether the host refuses. A page from something between this machine and the host is not its answer. */
function isRefusal(answer: TransportAnswer): boolean {
  if (isRateLimited(answer) || isForPerson(hostErrorOf(answer))) return false;
  if (answer.status === 401) return true;
  return (answer.status === 400 || answer.status === 403) && contentOf(answer).kind === "json";
}

/** Returns the session that a token answer begins (wire.md, Authentication). */
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

/** A lifetime can be any number; a time that cannot be written down never comes. */
function expiry(now: number, seconds: number): number {
  return Math.min(now + seconds * 1000, LAST_TIME_MS);
}

function notSaved(cause: unknown): TrackerError {
  return new TrackerError({
    code: "session_not_saved",
    message: `The host has renewed the session, but it could not be saved: ${errorText(cause)}`,
    nextAction: "Fix that, then run `tracker auth login`: the saved tokens are no longer valid.",
    cause,
  });
}

/** Returns the token of a session; one that a command writes is asked of it. */
async function tokenIn(platform: Platform, active: ActiveSession): Promise<AccessToken> {
  const { session, injected, command } = active;
  if (command === null) return tokenOf(session, injected);
  return { ...tokenOf(session, injected), token: await tokenOfCommand(platform, command) };
}

function tokenOf(session: Session, injected: boolean): AccessToken {
  return { token: session.access, teamSlug: session.teamSlug, injected };
}
