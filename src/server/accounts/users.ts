import { TrackerError } from "../../platform/tracker_error.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { User } from "../model/user.ts";
import { installationsOf, linkUser } from "../store/installations.ts";
import { addMember, findTeam, insertTeam, type Team } from "../store/teams.ts";
import { lockTeam } from "../store/locks.ts";
import { insertUser } from "../store/users.ts";
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
}

/**
 * Adds a user to a team and links it to every provider the team has connected.
 *
 * @throws {TrackerError} `invalid_user` for a blank name or password, `weak_password`, `user_exists`.
 */
export async function addUser(
  context: HostContext,
  user: NewUser,
): Promise<User & { team: string }> {
  if (user.username.trim() === "" || user.password === "") {
    throw new TrackerError({
      code: "invalid_user",
      message: "A user needs a name and a password",
      nextAction: "Name the user, and pipe the password into standard input.",
    });
  }
  requireGoodPassword(user.password, namesOf(user));
  return await addUserUnchecked(context, user);
}

/** Returns what a password of this user must not be. */
export function namesOf(
  user: { readonly username: string; readonly email?: string; readonly name?: string },
): readonly string[] {
  const addresses = [user.username, user.email ?? ""];
  const accounts = addresses.map((address) => address.trim().split("@")[0] ?? "");
  return [...addresses, ...accounts, user.name ?? ""].filter((name) => name.trim() !== "");
}

/** Adds a user whose password is not checked: the demo user's is short and public. */
export async function addUserUnchecked(
  context: HostContext,
  user: NewUser,
): Promise<User & { team: string }> {
  const username = user.username.trim();
  const password = await hashPassword(context, user.password);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    const made: User = {
      id: context.newId("usr"),
      username,
      email: user.email ?? username,
      name: user.name ?? username,
    };
    if (!await insertUser(store, { ...made, password, createdAt: context.now() })) {
      throw new TrackerError({
        code: "user_exists",
        message: `The user "${username}" exists already`,
        nextAction: "Choose another name.",
      });
    }
    const team = await ensureTeam(context, user.team);
    // An installation that is added meanwhile must be linked, too.
    await lockTeam(store, team.id);
    await addMember(store, team.id, made.id, "member");
    for (const { id } of await installationsOf(store, team.id)) {
      await linkUser(store, { id: context.newId("lnk"), installationId: id, userId: made.id });
    }
    return { ...made, team: team.slug };
  });
}

/** Returns the team with this slug, created when missing; without a slug the first team there is. */
export async function ensureTeam(context: HostContext, slug?: string): Promise<Team> {
  return await inTransaction(context, async ({ store, newId }) => {
    const found = await findTeam(store, slug);
    if (found !== null) return found;
    const team = { id: newId("team"), slug: slug ?? "team" };
    return await insertTeam(store, team) ? team : await findTeam(store, team.slug) ?? team;
  });
}
