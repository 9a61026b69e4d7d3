import { TrackerError } from "../../platform/tracker_error.ts";
import { adminOnly, requireAdmin } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import type { Actor } from "../model/actor.ts";
import type { Role, User } from "../model/user.ts";
import { installationsOf, linkUser } from "../store/installations.ts";
import { addMember, adminIds, findTeam, insertTeam, type Team } from "../store/teams.ts";
import { lockTeam } from "../store/locks.ts";
import { isLongName, MOST_NAME_BYTES } from "../model/short_name.ts";
import { insertUser } from "../store/users.ts";
import { lastAdmin } from "./last_admin.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";

/** Who to add. */
export interface NewUser {
  readonly username: string;
  readonly password: string;
  /** The user name unless given. */
  readonly email?: string;
  /** The user name unless given. */
  readonly name?: string;
  /** Slug of the team to join, created when missing; the first team, or a new `team`, unless given. */
  readonly team?: string;
  /** What the user may do there; `member` unless given. A team's first user is its admin. */
  readonly role?: Role;
}

/** A user who was added, with the team and the role there. */
export type AddedUser = User & { readonly team: string; readonly role: Role };

/**
 * Adds a user to a team and links it to every provider the team has connected. Only the command line makes a new team.
 *
 * @throws {TrackerError} `invalid_user` for a blank or long name and a blank password, `weak_password`, `user_exists`, `admin_only`,
 * `last_admin` for a team's first user as a member.
 */
export async function addUser(
  context: HostContext,
  actor: Actor,
  user: NewUser,
): Promise<AddedUser> {
  if (user.username.trim() === "") throw invalidUser("A user needs a name");
  if (isLongName(user.username)) {
    throw invalidUser(`The user's name is longer than ${MOST_NAME_BYTES} bytes`);
  }
  if (user.password === "") throw invalidUser("A user needs a password, and none was given");
  await requireTeamAdmin(context, actor, user.team);
  requireGoodPassword(user.password, namesOf(user));
  return await addUserUnchecked(context, user, actor);
}

/** Returns what a password of this user must not be. */
export function namesOf(
  user: { readonly username: string; readonly email?: string; readonly name?: string },
): readonly string[] {
  const addresses = [user.username, user.email ?? ""];
  const accounts = addresses.map((address) => address.trim().split("@")[0] ?? "");
  return [...addresses, ...accounts, user.name ?? ""].filter((name) => name.trim() !== "");
}

/**
 * Adds a user whose password is not checked: the demo user's is short and public. `null` stands for the host itself,
 * whose deeds are not recorded.
 */
export async function addUserUnchecked(
  context: HostContext,
  user: NewUser,
  actor: Actor | null = null,
): Promise<AddedUser> {
  const username = user.username.trim();
  const password = await hashPassword(context, user.password);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    if (actor !== null) await requireTeamAdmin(context, actor, user.team);
    const made: User = {
      id: context.newId("usr"),
      username,
      email: user.email ?? username,
      name: user.name ?? username,
    };
    const isNew = await insertUser(store, { ...made, password, createdAt: context.now() });
    if (!isNew) throw userExists(username);
    const team = await ensureTeam(context, user.team);
    const role = await roleOfNew(context, team, user);
    await addMember(store, team.id, made.id, role);
    for (const { id } of await installationsOf(store, team.id)) {
      await linkUser(store, { id: context.newId("lnk"), installationId: id, userId: made.id });
    }
    const deed = { teamId: team.id, action: "user.add", target: username } as const;
    if (actor !== null) {
      await audit(context, { ...deed, actor, details: { team: team.slug, role } });
    }
    return { ...made, team: team.slug, role };
  });
}

function invalidUser(message: string): TrackerError {
  return new TrackerError({
    code: "invalid_user",
    message,
    nextAction: "Name the user, and pipe the password into standard input.",
  });
}

function invalidTeam(slug: string): TrackerError {
  return new TrackerError({
    code: "invalid_team",
    message: `A team cannot be called "${slug}"`,
    nextAction: "Name it with at most 100 letters, digits, dots, dashes and underscores, such as " +
      "`--team web`. Nothing was stored.",
    details: { team: slug },
  });
}

/** Lets the admins of a team pass that is there, and the command line, which may name a new one, or none. */
async function requireTeamAdmin(
  context: HostContext,
  actor: Actor,
  slug: string | undefined,
): Promise<void> {
  if (actor.kind === "command_line") return;
  const team = slug === undefined ? null : await findTeam(context.store, slug);
  if (team === null) throw adminOnly();
  await requireAdmin(context, actor, team.id);
}

function userExists(username: string): TrackerError {
  return new TrackerError({
    code: "user_exists",
    message: `The user "${username}" exists already`,
    nextAction: "Choose another name.",
  });
}

/** A team without an admin gets one with its next user. The team is held: what is added to it meanwhile waits. */
async function roleOfNew(
  { store }: TransactionContext,
  team: Team,
  { username, role }: NewUser,
): Promise<Role> {
  await lockTeam(store, team.id);
  if ((await adminIds(store, team.id)).length > 0) return role ?? "member";
  if (role === "member") {
    throw lastAdmin(`The team "${team.slug}" has no admin, and "${username.trim()}" would be none`);
  }
  return "admin";
}

/** What a team is called: it stands in a header, in addresses and in commands. */
const TEAM_SLUG = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;

/**
 * Returns the team with this slug, created when missing; without a slug the first team there is.
 *
 * @throws {TrackerError} `invalid_team` for a new team with another slug than of letters, digits, ".", "_" and "-".
 */
export async function ensureTeam(context: HostContext, slug?: string): Promise<Team> {
  return await inTransaction(context, async ({ store, newId }) => {
    const { team, isNew } = await planTeam({ store, newId }, slug);
    if (!isNew || await insertTeam(store, team)) return team;
    return await findTeam(store, team.slug) ?? team;
  });
}

/**
 * Returns the team with this slug, or what it is to be when it is missing; without a slug the first team, or a new `team`.
 * Nothing is stored.
 *
 * @throws {TrackerError} `invalid_team`.
 */
export async function planTeam(
  { store, newId }: Pick<HostContext, "store" | "newId">,
  slug?: string,
): Promise<{ readonly team: Team; readonly isNew: boolean }> {
  const found = await findTeam(store, slug);
  if (found !== null) return { team: found, isNew: false };
  if (slug !== undefined && !TEAM_SLUG.test(slug)) throw invalidTeam(slug);
  return { team: { id: newId("team"), slug: slug ?? "team" }, isNew: true };
}
