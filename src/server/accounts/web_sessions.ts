import { equalInConstantTime, randomHex, sha256Hex } from "../../platform/random.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { type Actor, userActor } from "../model/actor.ts";
import { hostError } from "../model/host_error.ts";
import type { Membership, User } from "../model/user.ts";
import { touch } from "../store/last_use.ts";
import { insertSession } from "../store/sessions.ts";
import { revokeFamily } from "../store/tokens.ts";
import { lockCheckedUser, teamsOf, userById } from "../store/users.ts";
import {
  findStoredWebSession,
  insertWebSession,
  setWebSessionTeam,
} from "../store/web_sessions.ts";
import { noteUse } from "./last_use.ts";
import { checkedPassword, type SignInAttempt, type SignInContext } from "./sign_in.ts";

/** Milliseconds a browser stays signed in at the console: a working day. */
export const WEB_SESSION_MS: number = 12 * 60 * 60 * 1000;

/** A browser that has just signed in. */
export interface StartedWebSession {
  /** The value of the cookie. Secret; stored as a hash only. */
  readonly cookie: string;
  /** What every form has to send along. */
  readonly csrf: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly user: User;
  readonly team: Membership;
}

/** A browser that is signed in. */
export interface WebSession {
  readonly sessionId: string;
  /** The user as the one who does something. */
  readonly actor: Actor;
  readonly user: User;
  /** The team the browser works in, with the user's role there. */
  readonly team: Membership;
  /** What every form has to send along. */
  readonly csrf: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A browser that asks to be signed in. */
export interface BrowserSignIn extends SignInAttempt {
  /** The cookie of the session that the browser has already; its session ends with the sign-in. Empty for none. */
  readonly replacedCookie: string;
}

/**
 * Signs a browser in by name and password; `null` when they are wrong. A browser has one session at a time: the browser
 * forgets the cookie of its earlier session, so that session could not be signed out any more.
 *
 * @throws {HostError} `rate_limited`; `no_installation` for a user without a team.
 */
export async function signInToConsole(
  signIn: SignInContext,
  attempt: BrowserSignIn,
): Promise<StartedWebSession | null> {
  const checked = await checkedPassword(signIn, attempt);
  if (checked === null) return null;
  const { user } = checked;
  const { context } = signIn;
  const cookie = `trw_${randomHex(context.platform.random, 32)}`;
  const hash = await sha256Hex(cookie);
  const replaced = await sha256Hex(attempt.replacedCookie);
  const csrf = await csrfOf(cookie);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    if (!await lockCheckedUser(store, checked)) return null;
    const [team] = await teamsOf(store, user.id);
    if (team === undefined) throw hostError("no_installation", "You are in no team of this host");
    const now = context.now();
    await endByHash(context, replaced);
    const sessionId = context.newId("fam");
    await insertSession(store, { id: sessionId, userId: user.id, openedBy: "console", now });
    const expiresAt = now + WEB_SESSION_MS;
    await insertWebSession(store, { hash, sessionId, teamId: team.id, createdAt: now, expiresAt });
    return { cookie, csrf, expiresAt, user, team };
  });
}

/**
 * Returns the session of a browser by its cookie; `null` when there is none any more: it has expired or was ended, or
 * its user was removed or left the team.
 */
export async function findWebSession(
  context: HostContext,
  cookie: string,
): Promise<WebSession | null> {
  const { store, now } = context;
  const found = await findStoredWebSession(store, await sha256Hex(cookie), now());
  if (found === null) return null;
  const user = await userById(store, found.userId);
  const teams = await teamsOf(store, found.userId);
  const team = teams.find(({ id }) => id === found.teamId);
  if (user === null || team === undefined) return null;
  const { sessionId, expiresAt } = found;
  await noteUse(
    context,
    found.lastUsedAt,
    (now, before) => touch(store, "token_families", { id: sessionId, now, before }),
  );
  const csrf = await csrfOf(cookie);
  return { sessionId, actor: userActor(user), user, team, csrf, expiresAt };
}

/** Returns whether a form was sent by a page of this session. */
export function isCsrf({ csrf }: Pick<WebSession, "csrf">, given: string): boolean {
  return equalInConstantTime(given, csrf);
}

/** Lets a browser work in another team of its user; false when the user is not in it. */
export async function chooseTeam(
  context: HostContext,
  cookie: string,
  teamSlug: string,
): Promise<boolean> {
  const hash = await sha256Hex(cookie);
  return await inTransaction(context, async ({ store, now }) => {
    const found = await findStoredWebSession(store, hash, now());
    const teams = found === null ? [] : await teamsOf(store, found.userId);
    const team = teams.find(({ slug }) => slug === teamSlug);
    if (team === undefined) return false;
    await setWebSessionTeam(store, hash, team.id);
    return true;
  });
}

/** Signs a browser out; a session that has ended before is no error. */
export async function endWebSession(context: HostContext, cookie: string): Promise<void> {
  const hash = await sha256Hex(cookie);
  await inTransaction(context, (context) => endByHash(context, hash));
}

async function endByHash({ store, now }: TransactionContext, hash: string): Promise<void> {
  const found = await findStoredWebSession(store, hash, now());
  if (found !== null) await revokeFamily(store, found.sessionId, now());
}

/** Follows from the cookie, which no page of another origin can read, so that it need not be stored. */
async function csrfOf(cookie: string): Promise<string> {
  return await sha256Hex(`csrf\n${cookie}`);
}
