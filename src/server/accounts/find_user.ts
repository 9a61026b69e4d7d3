import { TrackerError } from "../../platform/tracker_error.ts";
import { adminOnly, mayAdminister } from "../context/admin.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { Membership, User } from "../model/user.ts";
import type { HostStore } from "../store/store.ts";
import { teamsOf, userByName } from "../store/users.ts";

/**
 * Returns the user with this name.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export async function requireUserByName(store: HostStore, username: string): Promise<User> {
  const found = await userByName(store, username);
  if (found !== null) return found.user;
  throw userNotFound(username);
}

/** Returns the failure of a name that no user has. */
export function userNotFound(username: string): TrackerError {
  return new TrackerError({
    code: "user_not_found",
    message: `No user has the name "${username.trim()}"`,
    nextAction: "Run `tracker host user list` to see the users.",
  });
}

/** A user with the user's teams. */
export interface ManagedUser {
  readonly user: User;
  readonly teams: readonly Membership[];
}

/**
 * Returns a user whom the actor may manage as a whole: the actor is the command line, or an admin of every team of the
 * user. To other users' admins a user of another team is not there.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`.
 */
export async function requireManaged(
  context: TransactionContext,
  actor: Actor,
  username: string,
): Promise<ManagedUser> {
  const user = await requireUserByName(context.store, username);
  const teams = await teamsOf(context.store, user.id);
  if (actor.kind === "command_line") return { user, teams };
  const managed = await managedTeams(context, actor, teams);
  if (managed.length === 0 && !await shareTeam(context.store, actor.id, teams)) {
    throw userNotFound(username);
  }
  if (teams.length === 0 || managed.length < teams.length) throw adminOnly();
  return { user, teams };
}

/** Does the same for what users may do with themselves, too. */
export async function requireSelfOrManaged(
  context: TransactionContext,
  actor: Actor,
  username: string,
): Promise<ManagedUser> {
  const found = await userByName(context.store, username);
  if (found === null || actor.kind === "command_line" || found.user.id !== actor.id) {
    return await requireManaged(context, actor, username);
  }
  return { user: found.user, teams: await teamsOf(context.store, found.user.id) };
}

/**
 * Returns one team of a user: the one with this slug, or the only one.
 *
 * @throws {TrackerError} `not_in_team`, `several_teams`.
 */
export function requireTeamOf(
  { user, teams }: ManagedUser,
  slug: string | undefined,
): Membership {
  const [only, ...more] = teams;
  if (slug === undefined && more.length > 0) {
    throw new TrackerError({
      code: "several_teams",
      message: `The user "${user.username}" is in several teams`,
      nextAction: `Name one of ${
        teams.map((team) => `"${team.slug}"`).join(", ")
      } with \`--team\`.`,
    });
  }
  const team = slug === undefined ? only : teams.find((one) => one.slug === slug);
  if (team !== undefined) return team;
  throw new TrackerError({
    code: "not_in_team",
    message: slug === undefined
      ? `The user "${user.username}" is in no team`
      : `The user "${user.username}" is not in the team "${slug}"`,
    nextAction: "Run `tracker host user list` to see the users and their teams.",
  });
}

async function managedTeams(
  context: HostContext,
  actor: Actor,
  teams: readonly Membership[],
): Promise<Membership[]> {
  const managed: Membership[] = [];
  for (const team of teams) {
    if (await mayAdminister(context, actor, team.id)) managed.push(team);
  }
  return managed;
}

async function shareTeam(
  store: HostStore,
  userId: string,
  teams: readonly Membership[],
): Promise<boolean> {
  const own = await teamsOf(store, userId);
  return own.some(({ id }) => teams.some((team) => team.id === id));
}
