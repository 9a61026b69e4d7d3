import { isoTime } from "../../platform/clock.ts";
import { adminOnly, mayAdminister, requireAdmin } from "../context/admin.ts";
import { audit, auditOfTeams } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import { isAdmin, type Membership, type Role, type User } from "../model/user.ts";
import { adminIds, setStoredRole } from "../store/teams.ts";
import {
  endSessionsOf,
  eraseUser,
  lockUser,
  removeMember,
  setStoredPassword,
  teamsByUser,
  teamsOf,
  usersWithSessions,
} from "../store/users.ts";
import { holdSeen, requireManaged, requireTeamOf, userNotFound } from "./find_user.ts";
import { lastAdmin } from "./last_admin.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";
import { namesOf } from "./users.ts";

/** A user as the administrator sees it. */
export interface ListedUser {
  readonly username: string;
  readonly name: string;
  /** Slugs of the user's teams. */
  readonly teams: readonly string[];
  /** The user's role in each of these teams, by slug. */
  readonly roles: Readonly<Record<string, string>>;
  /** Sessions that can still be used. */
  readonly sessions: number;
  /** When one of the user's sessions was used last, in ISO 8601, to the minute; `null` when none was lately. */
  readonly lastUsedAt: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
}

/**
 * Returns the users of a team, or of all teams (`null`), by name. A member sees only themself.
 *
 * @throws {TrackerError} `admin_only` when the actor has nothing to do with the team.
 */
export async function listUsers(
  context: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<ListedUser[]> {
  const { store, now } = context;
  const seesAll = await mayAdminister(context, actor, teamId);
  const filter = { teamId, userId: seesAll || actor.kind !== "user" ? null : actor.id };
  const users = await usersWithSessions(store, filter, now());
  // The admins of a team learn nothing of the users' other teams.
  const teams = await teamsByUser(store, filter);
  const listed = users.map(({ user, sessions, lastUsedAt, createdAt }) => {
    const shown = teams.get(user.id) ?? [];
    return {
      username: user.username,
      name: user.name,
      teams: shown.map(({ slug }) => slug),
      roles: Object.fromEntries(shown.map(({ slug, role }) => [slug, role])),
      sessions,
      lastUsedAt: lastUsedAt === null ? null : isoTime(lastUsedAt),
      createdAt: isoTime(createdAt),
    };
  });
  if (!seesAll && listed.length === 0) throw adminOnly();
  return listed;
}

/**
 * Replaces a user's password and ends the user's sessions; returns how many there were.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`, `weak_password`.
 */
export async function setPassword(
  context: HostContext,
  actor: Actor,
  username: string,
  password: string,
): Promise<number> {
  // A password is judged by the user's names, which concern only those who may set it.
  const { user } = await requireManaged(context, actor, username);
  requireGoodPassword(password, namesOf(user));
  const stored = await hashPassword(context, password);
  return await inTransaction(context, async (context) => {
    const managed = await requireManaged(context, actor, username);
    return await replacePassword(context, actor, managed, stored);
  });
}

/** Stores the hash of a new password, and ends the sessions of the old one; returns how many there were. */
export async function replacePassword(
  context: TransactionContext,
  actor: Actor,
  { user, teams }: { readonly user: User; readonly teams: readonly Membership[] },
  stored: string,
): Promise<number> {
  const { store, now } = context;
  await lockUser(store, user.id);
  await setStoredPassword(store, user.id, stored);
  const ended = await endSessionsOf(store, user.id, now());
  await auditOfTeams(context, teams, {
    actor,
    action: "user.password",
    target: user.username,
    details: { sessions_ended: ended },
  });
  return ended;
}

/**
 * Removes a user: no password and no token of the user is accepted any more, and the name is free again.
 * What the user has done stays, without a name. With a team, the user leaves that team only, unless it is the only one.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`, `not_in_team`, `last_admin`.
 */
export async function removeUser(
  context: HostContext,
  actor: Actor,
  username: string,
  teamSlug?: string,
): Promise<void> {
  await inTransaction(context, async (context) => {
    const { store, now } = context;
    const seen = await holdSeen(context, actor, username);
    const { user } = seen;
    const teams = await teamsOf(store, user.id);
    if (!await lockUser(store, user.id)) throw userNotFound(username);
    if (teamSlug !== undefined && teams.length > 1) {
      const team = requireTeamOf(seen, teamSlug);
      await requireAdmin(context, actor, team.id);
      await requireOtherAdmin(context, team, user);
      await removeMember(store, team.id, user.id);
      await audit(context, {
        actor,
        teamId: team.id,
        action: "user.remove",
        target: user.username,
        details: { team: team.slug },
      });
      return;
    }
    await requireManaged(context, actor, username);
    if (teamSlug !== undefined) requireTeamOf(seen, teamSlug);
    for (const team of teams) await requireOtherAdmin(context, team, user);
    await endSessionsOf(store, user.id, now());
    await eraseUser(store, user.id, now());
    await auditOfTeams(context, teams, { actor, action: "user.remove", target: user.username });
  });
}

/**
 * Gives a user another role in a team: the one with this slug, or the only one. Returns that team's slug.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`, `not_in_team`, `several_teams`, `last_admin`.
 */
export async function setRole(
  context: HostContext,
  actor: Actor,
  username: string,
  role: Role,
  teamSlug?: string,
): Promise<string> {
  return await inTransaction(context, async (context) => {
    const { store } = context;
    const seen = await holdSeen(context, actor, username);
    const { user } = seen;
    const team = requireTeamOf(seen, teamSlug);
    await requireAdmin(context, actor, team.id);
    if (role !== "admin") await requireOtherAdmin(context, team, user);
    await setStoredRole(store, team.id, user.id, role);
    await audit(context, {
      actor,
      teamId: team.id,
      action: "user.role",
      target: user.username,
      details: { team: team.slug, role, before: team.role },
    });
    return team.slug;
  });
}

/** Refuses what would leave a team without an admin. The team is held already, so that two admins cannot both go. */
async function requireOtherAdmin(
  { store }: TransactionContext,
  team: Membership,
  user: User,
): Promise<void> {
  if (!isAdmin(team)) return;
  const admins = await adminIds(store, team.id);
  if (admins.some((id) => id !== user.id)) return;
  throw lastAdmin(`"${user.username}" is the only admin of the team "${team.slug}"`);
}
