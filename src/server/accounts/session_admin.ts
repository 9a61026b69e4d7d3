import { isoTime } from "../../platform/clock.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { adminOnly, mayAdminister } from "../context/admin.ts";
import { auditOfTeams } from "../context/audit.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import { liveSessions, type OpenedBy } from "../store/sessions.ts";
import { revokeFamily } from "../store/tokens.ts";
import { endSessionsOf, lockCheckedUser, lockUser, userById } from "../store/users.ts";
import { requireSeen, requireSelfOrManaged } from "./find_user.ts";
import { checkedPassword, type SignInContext } from "./sign_in.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";
import { replacePassword } from "./user_admin.ts";
import { namesOf } from "./users.ts";

/** A session that can still be used. */
export interface ListedSession {
  readonly id: string;
  readonly username: string;
  /** `unknown` for one of an older version of the host. */
  readonly openedBy: OpenedBy | "unknown";
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601, to the minute; `null` when it was not used since an older version of the host. */
  readonly lastUsedAt: string | null;
}

/** Whose sessions to list. */
export interface SessionQuery {
  /** The team whose members count; `null` for all teams. */
  readonly teamId: string | null;
  /** One user alone. */
  readonly username?: string | undefined;
}

/**
 * Returns the sessions that can still be used, by user, newest first. A member sees only their own.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`.
 */
export async function listSessions(
  context: HostContext,
  actor: Actor,
  { teamId, username }: SessionQuery,
): Promise<ListedSession[]> {
  const { store, now } = context;
  const only = username === undefined
    ? null
    : (await requireSeen(context, actor, username)).user.id;
  const seesAll = await mayAdminister(context, actor, teamId);
  const self = actor.kind === "user" ? actor.id : null;
  if (!seesAll && only !== null && only !== self) throw adminOnly();
  const filter = { teamId, userId: seesAll ? only : self };
  return (await liveSessions(store, filter, now())).map((session) => ({
    id: session.id,
    username: session.username,
    openedBy: session.openedBy ?? "unknown",
    createdAt: isoTime(session.createdAt),
    lastUsedAt: session.lastUsedAt === null ? null : isoTime(session.lastUsedAt),
  }));
}

/**
 * Ends every session of a user and every sign-in under way, or one session; returns how many sessions there were. A
 * running host refuses their tokens from the next request on. Users may end their own.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`, `session_not_found`.
 */
export async function endSessions(
  context: HostContext,
  actor: Actor,
  username: string,
  sessionId?: string,
): Promise<number> {
  return await inTransaction(context, async (context) => {
    const { store, now } = context;
    const { user, teams } = await requireSelfOrManaged(context, actor, username);
    await lockUser(store, user.id);
    const deed = { actor, action: "user.revoke", target: user.username } as const;
    if (sessionId === undefined) {
      const ended = await endSessionsOf(store, user.id, now());
      await auditOfTeams(context, teams, { ...deed, details: { sessions_ended: ended } });
      return ended;
    }
    const open = await liveSessions(store, { teamId: null, userId: user.id }, now());
    if (!open.some(({ id }) => id === sessionId)) throw sessionNotFound(user.username, sessionId);
    await revokeFamily(store, sessionId, now());
    await auditOfTeams(context, teams, { ...deed, details: { session: sessionId } });
    return 1;
  });
}

function sessionNotFound(username: string, sessionId: string): TrackerError {
  return new TrackerError({
    code: "session_not_found",
    message: `The user "${username}" has no session "${sessionId}"`,
    nextAction: "Run `tracker host session list` to see the sessions.",
  });
}

/** A user's own password and the one to take its place. */
export interface PasswordChange {
  /** Secret. */
  readonly current: string;
  /** Secret. */
  readonly next: string;
  /** The address it comes from, as limits know it. */
  readonly address: string;
}

/**
 * Replaces the password of a signed-in user, who has to know the current one, and ends all of the user's sessions;
 * false when the current one is wrong.
 *
 * @throws {TrackerError} `weak_password`, `user_not_found`, `admin_only` for the command line.
 * {HostError} `rate_limited`.
 */
export async function changeOwnPassword(
  signIn: SignInContext,
  actor: Actor,
  { current, next, address }: PasswordChange,
): Promise<boolean> {
  const { context } = signIn;
  const user = actor.kind === "user" ? await userById(context.store, actor.id) : null;
  if (user === null) throw adminOnly();
  requireGoodPassword(next, namesOf(user));
  const attempt = { username: user.username, password: current, address };
  const checked = await checkedPassword(signIn, attempt);
  if (checked === null) return false;
  const stored = await hashPassword(context, next);
  return await inTransaction(context, async (context) => {
    if (!await lockCheckedUser(context.store, checked)) return false;
    const self = await requireSelfOrManaged(context, actor, user.username);
    await replacePassword(context, actor, self, stored);
    return true;
  });
}
