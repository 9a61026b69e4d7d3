import { isoTime } from "../../platform/clock.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { User } from "../model/user.ts";
import type { HostStore } from "../store/store.ts";
import {
  endSessionsOf,
  eraseUser,
  setStoredPassword,
  teamsOf,
  userByName,
  usersWithSessions,
} from "../store/users.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";
import { namesOf } from "./users.ts";

/** A user as the administrator sees it. */
export interface ListedUser {
  readonly username: string;
  readonly name: string;
  /** Slugs of the user's teams. */
  readonly teams: readonly string[];
  /** Sessions that can still be used. */
  readonly sessions: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** Returns all users, by name. */
export async function listUsers({ store, now }: HostContext): Promise<ListedUser[]> {
  const listed: ListedUser[] = [];
  for (const { user, sessions, createdAt } of await usersWithSessions(store, now())) {
    const { id, username, name } = user;
    const teams = (await teamsOf(store, id)).map(({ slug }) => slug);
    listed.push({ username, name, teams, sessions, createdAt: isoTime(createdAt) });
  }
  return listed;
}

/**
 * Ends every session of a user and every sign-in under way; returns how many sessions there were. A
 * running host refuses their tokens from the next request on.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export async function endSessions(context: HostContext, username: string): Promise<number> {
  return await inTransaction(context, async ({ store, now }) => {
    const user = await requireUserByName(store, username);
    return await endSessionsOf(store, user.id, now());
  });
}

/**
 * Replaces a user's password and ends the user's sessions; returns how many there were.
 *
 * @throws {TrackerError} `user_not_found`, `weak_password`.
 */
export async function setPassword(
  context: HostContext,
  username: string,
  password: string,
): Promise<number> {
  requireGoodPassword(password, namesOf(await requireUserByName(context.store, username)));
  const stored = await hashPassword(context, password);
  return await inTransaction(context, async ({ store, now }) => {
    const user = await requireUserByName(store, username);
    await setStoredPassword(store, user.id, stored);
    return await endSessionsOf(store, user.id, now());
  });
}

/**
 * Removes a user: no password and no token of the user is accepted any more, and the name is free again.
 * What the user has done stays, without a name.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export async function removeUser(context: HostContext, username: string): Promise<void> {
  await inTransaction(context, async ({ store, now }) => {
    const user = await requireUserByName(store, username);
    await endSessionsOf(store, user.id, now());
    await eraseUser(store, user.id, now());
  });
}

async function requireUserByName(store: HostStore, username: string): Promise<User> {
  const found = await userByName(store, username);
  if (found !== null) return found.user;
  throw new TrackerError({
    code: "user_not_found",
    message: `No user has the name "${username.trim()}"`,
    nextAction: "Run `tracker host user list` to see the users.",
  });
}
