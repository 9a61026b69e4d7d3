import { TrackerError } from "../../platform/tracker_error.ts";
import { adminOnly, requireAdmin } from "../context/admin.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { Membership, User } from "../model/user.ts";
import { lockTeam } from "../store/locks.ts";
import { teamsOf, userByName } from "../store/users.ts";

/** Returns the failure of a name that no user has. */
export function userNotFound(username: string): TrackerError {
  return new TrackerError({
    code: "user_not_found",
    message: `No user has the name "${username.trim()}"`,
    nextAction: "Run `tracker host user list` to see the users.",
  });
}

/** A user with teams of the user's. */
export interface ManagedUser {
  readonly user: User;
  readonly teams: readonly Membership[];
}

/**
 * Returns the user with this name, as far as the actor may know: with the teams that both are in, all of them to the
 * command line and to the user. To everybody else, a user of other teams is not there.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export async function requireSeen(
  { store }: HostContext,
  actor: Actor,
  username: string,
): Promise<ManagedUser> {
  const found = await userByName(store, username);
  if (found === null) throw userNotFound(username);
  const { user } = found;
  const teams = await teamsOf(store, user.id);
  if (actor.kind === "command_line" || actor.id === user.id) return { user, teams };
  const own = await teamsOf(store, actor.id);
  const shared = teams.filter(({ id }) => own.some((team) => team.id === id));
  if (shared.length === 0) throw userNotFound(username);
  return { user, teams: shared };
}

/**
 * Does the same, and holds the user's teams until the transaction ends: roles and memberships there stay as they are
 * read here, the actor's own, too.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export async function holdSeen(
  context: TransactionContext,
  actor: Actor,
  username: string,
): Promise<ManagedUser> {
  const { store } = context;
  const { user: { id } } = await requireSeen(context, actor, username);
  for (const team of await teamsOf(store, id)) await lockTeam(store, team.id);
  const held = await requireSeen(context, actor, username);
  if (held.user.id !== id) throw userNotFound(username);
  return held;
}

/**
 * Returns a user whom the actor may manage as a whole, with all teams of the user: the actor is the command line, or an
 * admin of every one of them.
 *
 * @throws {TrackerError} `user_not_found`, `admin_only`.
 */
export async function requireManaged(
  context: HostContext,
  actor: Actor,
  username: string,
): Promise<ManagedUser> {
  const { user } = await requireSeen(context, actor, username);
  const teams = await teamsOf(context.store, user.id);
  if (actor.kind === "command_line") return { user, teams };
  if (teams.length === 0) throw adminOnly();
  for (const { id } of teams) await requireAdmin(context, actor, id);
  return { user, teams };
}

/** Does the same for what users may do with themselves, too. */
export async function requireSelfOrManaged(
  context: TransactionContext,
  actor: Actor,
  username: string,
): Promise<ManagedUser> {
  const seen = await requireSeen(context, actor, username);
  const isSelf = actor.kind === "user" && actor.id === seen.user.id;
  return isSelf ? seen : await requireManaged(context, actor, username);
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
