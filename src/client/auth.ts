import {
  DEVICE_CLIENT_ID,
  DEVICE_SCOPE,
  type DeviceAuthorization,
  type Me,
  type Team,
} from "../contract/auth.ts";
import { isJsonObject } from "../contract/field.ts";
import {
  deviceAuthorizationReader,
  isSendableTeam,
  isSendableToken,
  MeReader,
  TokenReader,
} from "../contract/reading/auth.ts";
import { AUTH_PATHS } from "../contract/paths.ts";
import { TrackerError, usageError } from "../platform/tracker_error.ts";
import { type CredentialStore, isGivenToken, type Session } from "../user/credentials.ts";
import { isOpenable } from "../user/host_url.ts";
import { setSetting } from "../user/settings.ts";
import { type AnswerFacts, hostErrorOf, readAnswer } from "./answers.ts";
import { isAboutSession, sendAuthorized, sendPatiently, type TokenSource } from "./authorized.ts";
import { pollForDeviceToken } from "./device_flow.ts";
import { HostedApiError, tokenRefused, unusableSession } from "./errors.ts";
import type { OpenHost } from "./open_host.ts";
import { sessionFrom } from "./session.ts";
import { originOf } from "./transport.ts";

/** What every way to sign in needs. */
export interface LoginOptions extends OpenHost {
  readonly credentials: CredentialStore;
  /** The team to work in, by its id; needed when the user is in several and nothing chooses. */
  readonly team?: string | undefined;
  /** Asks which team to work in. */
  readonly chooseTeam?: ((teams: readonly Team[]) => Promise<string>) | undefined;
  /** Gives the login up. */
  readonly signal?: AbortSignal | undefined;
}

/** Signing in by device flow. */
export interface DeviceLoginOptions extends LoginOptions {
  /** Shows the code and the address to the person who signs in. */
  readonly onCode: (authorization: DeviceAuthorization) => void | Promise<void>;
}

/** Signing in by password. */
export interface PasswordLoginOptions extends LoginOptions {
  readonly username: string;
  /** Secret. */
  readonly password: string;
}

/** Signing in with a token at hand. */
export interface TokenLoginOptions extends LoginOptions {
  /** An access token, or JSON `{access, refresh?}`. Secret. */
  readonly token: string;
}

/**
 * Signs in by device flow (RFC 8628) and saves the session as the current one (wire.md, Authentication).
 *
 * @throws {TrackerError} `access_denied`; `device_code_expired`; `team_required`;
 * `interrupted`; `credentials_unwritable` before anything is sent; codes of the transport.
 */
export async function loginWithDevice(options: DeviceLoginOptions): Promise<Session> {
  // Before a person is asked: what comes of it has to have a place.
  await options.credentials.rehearse(options.baseUrl);
  const authorization = await authorizeDevice(options);
  const started = options.platform.clock.monotonic();
  await options.onCode(authorization);
  const session = await pollForDeviceToken({ ...options, authorization, started });
  return await openSession(options, session);
}

/**
 * Signs in by user name and password and saves the session as the current one (wire.md, Authentication).
 *
 * @throws {TrackerError} `wrong_credentials`; `team_required`; codes of the transport.
 */
export async function loginWithPassword(options: PasswordLoginOptions): Promise<Session> {
  const { username, password } = options;
  const answer = await sendPatiently(options, {
    call: "token",
    method: "POST",
    path: AUTH_PATHS.token,
    body: { kind: "json", value: { username, password } },
    signal: options.signal,
  });
  if (isAboutSession(answer)) throw wrongCredentials();
  const tokens = readAnswer(TokenReader, answer, factsOf(options, "token"));
  const session = sessionFrom(tokens, {
    host: options.baseUrl,
    now: options.platform.clock.now(),
    username,
    teamSlug: tokens.team_slug ?? null,
  });
  return await openSession(options, session);
}

/**
 * Signs in with a token at hand, after the host has accepted it, and saves the session as the current one.
 *
 * @throws {TrackerError} `usage` for no token; `token_refused`; `team_required`; codes of
 * the transport.
 */
export async function loginWithToken(options: TokenLoginOptions): Promise<Session> {
  return await openSession(options, {
    host: options.baseUrl,
    ...parseToken(options),
    username: null,
    teamSlug: null,
  });
}

/** Who is signed in (wire.md, Authentication). */
export async function me(
  options: OpenHost & {
    readonly tokens: TokenSource;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Me> {
  const { signal } = options;
  const request = { call: "me", method: "GET", path: AUTH_PATHS.me, signal } as const;
  const answer = await sendAuthorized(options, request);
  return readAnswer(MeReader, answer, factsOf(options, "me"));
}

/**
 * Makes a host the configured one (`sync.server_url`), as `--host` at login does. Returns its canonical URL.
 *
 * @throws {TrackerError} `invalid_toml`; `locked`.
 */
export async function rememberHost({ platform, baseUrl }: OpenHost): Promise<string> {
  return String(await setSetting(platform, "sync.server_url", baseUrl));
}

async function authorizeDevice(options: DeviceLoginOptions): Promise<DeviceAuthorization> {
  const answer = await sendPatiently(options, {
    call: "device",
    method: "POST",
    path: AUTH_PATHS.device,
    body: { kind: "form", fields: { client_id: DEVICE_CLIENT_ID, scope: DEVICE_SCOPE } },
    signal: options.signal,
  });
  return readAnswer(deviceAuthorizationReader(isOpenable), answer, factsOf(options, "device"));
}

/** Completes a session by what the host says of its user, then saves it. Until then nothing is written. */
async function openSession(options: LoginOptions, session: Session): Promise<Session> {
  const known = session.username !== null && session.teamSlug !== null;
  const asked = options.team !== undefined && options.team !== session.teamSlug;
  const opened = known && !asked ? session : await completed(options, session);
  requireSendableTeam(opened);
  await options.credentials.saveSession(opened);
  return opened;
}

/** No later request could name such a team: to save it would only look like a session. */
function requireSendableTeam({ teamSlug }: Session): void {
  if (teamSlug === null || isSendableTeam(teamSlug)) return;
  throw unusableSession("team", "login");
}

async function completed(options: LoginOptions, session: Session): Promise<Session> {
  const user = await whoIs(options, session);
  return {
    ...session,
    username: session.username ?? (user.email.trim() === "" ? user.name : user.email),
    teamSlug: await teamOf(options, user.teams, session.teamSlug),
    ...(isGivenToken(session) && user.token_expires_at != null
      ? { accessExpiresAt: Date.parse(user.token_expires_at) }
      : {}),
  };
}

async function whoIs(options: LoginOptions, session: Session): Promise<Me> {
  const answer = await sendPatiently(options, {
    call: "me",
    method: "GET",
    path: AUTH_PATHS.me,
    headers: { "Authorization": `Bearer ${session.access}` },
    signal: options.signal,
  });
  if (isAboutSession(answer)) throw tokenRefused("login", hostErrorOf(answer).message);
  return readAnswer(MeReader, answer, factsOf(options, "me"));
}

async function teamOf(
  options: LoginOptions,
  teams: readonly Team[],
  given: string | null,
): Promise<string | null> {
  const ids = teams.map((team) => team.id);
  const only = ids.length === 1 ? ids[0] : undefined;
  let chosen = options.team ?? given ?? only;
  if (chosen === undefined && ids.length > 1) chosen = await options.chooseTeam?.(teams);
  if (chosen === undefined && ids.length === 0) return null;
  // A team that the host itself named with the tokens needs no proof.
  if (chosen !== undefined && (ids.includes(chosen) || chosen === given)) return chosen;
  throw new TrackerError({
    code: "team_required",
    message: chosen === undefined
      ? "You belong to several teams, and none was chosen"
      : `You do not belong to the team "${chosen}"`,
    nextAction: ids.length === 0
      ? "Ask for access to the team, then sign in again."
      : `Choose one of ${ids.map((id) => `"${id}"`).join(", ")} with \`--team\`.`,
    details: { teams: ids },
  });
}

function parseToken(
  options: TokenLoginOptions,
): Pick<Session, "access" | "refresh" | "accessExpiresAt" | "refreshExpiresAt"> {
  const text = options.token.trim();
  if (!text.startsWith("{")) return { ...NO_LIFETIMES, access: bareToken(text), refresh: null };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw usageError("The token is neither an access token nor JSON `{access, refresh?}`");
  }
  if (!isJsonObject(value) || typeof value["access"] !== "string") {
    throw usageError("The token JSON holds no `access`");
  }
  const refresh = value["refresh"];
  return {
    ...NO_LIFETIMES,
    access: bareToken(value["access"]),
    refresh: typeof refresh === "string" && refresh.trim() !== "" ? bareToken(refresh) : null,
  };
}

const NO_LIFETIMES = { accessExpiresAt: null, refreshExpiresAt: null } as const;

function bareToken(text: string): string {
  const token = text.trim();
  if (token === "") throw usageError("No token was given", "Pipe the token into the command.");
  // What a header cannot carry would fail later, with an error that shows it.
  if (!isSendableToken(token)) {
    throw usageError("The token holds blanks or characters that a token cannot have");
  }
  return token;
}

function factsOf({ baseUrl }: Pick<LoginOptions, "baseUrl">, call: string): AnswerFacts {
  return { call, origin: originOf(baseUrl) };
}

function wrongCredentials(): HostedApiError {
  return new HostedApiError({
    errorCode: "wrong_credentials",
    message: "The tracker host does not accept this user name and password",
    statusCode: 401,
    nextAction: "Check them, then run `tracker auth login` again.",
  });
}
