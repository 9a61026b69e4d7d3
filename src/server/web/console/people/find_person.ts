import { userNotFound } from "../../../accounts/find_user.ts";
import { type ListedUser, listUsers } from "../../../accounts/user_admin.ts";
import type { Visit } from "../visit.ts";

/** A user of the team that is looked at. */
export interface Person extends ListedUser {
  readonly role: string;
  /** Whether it is who looks at the page. */
  readonly isSelf: boolean;
}

/** Returns the people that the visitor may see: an admin all of the team, a member themself. */
export async function peopleOf({ context, actor, team, session }: Visit): Promise<Person[]> {
  const users = await listUsers(context, actor, team.id);
  return users.map((user) => ({
    ...user,
    role: user.roles[team.slug] ?? "member",
    isSelf: user.username === session.user.username,
  }));
}

/**
 * Returns the person whom the path names. To the visitor, users of other teams are not there.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export async function requirePerson(visit: Visit): Promise<Person> {
  const username = visit.part("username");
  const found = (await peopleOf(visit)).find((person) => person.username === username);
  if (found === undefined) throw userNotFound(username);
  return found;
}
