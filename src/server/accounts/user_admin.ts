import { isoTime } from "../../platform/clock.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import type { HostData } from "../store/host_data.ts";
import { hashPassword, requireGoodPassword } from "./passwords.ts";
import { integer, text } from "../store/row.ts";
import { namesOf, teamsOf, type User, userByName } from "../store/users.ts";

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

/** All users, by name. */
export function listUsers(data: HostData): ListedUser[] {
  return data.all(
    `SELECT id, username, name, created_at,
       (SELECT count(*) FROM token_families f WHERE f.user_id = users.id AND ${LIVE}) AS sessions
     FROM users WHERE removed_at IS NULL ORDER BY username`,
    data.now(),
  ).map((row) => ({
    username: text(row, "username"),
    name: text(row, "name"),
    teams: teamsOf(data, text(row, "id")).map(({ slug }) => slug),
    sessions: integer(row, "sessions"),
    createdAt: isoTime(integer(row, "created_at")),
  }));
}

const LIVE = `revoked_at IS NULL AND EXISTS (
  SELECT 1 FROM refresh_tokens r WHERE r.family_id = f.id AND r.used_at IS NULL AND r.expires_at > ?)`;

/**
 * Ends every session of a user and every sign-in under way; answers how many sessions there were. A
 * running host refuses their tokens from the next request on.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export function endSessions(data: HostData, username: string): number {
  return data.transaction(() => endSessionsOf(data, requireUserByName(data, username)));
}

/**
 * Replaces a user's password and ends the user's sessions; answers how many there were.
 *
 * @throws {TrackerError} `user_not_found`, `weak_password`.
 */
export async function setPassword(
  data: HostData,
  username: string,
  password: string,
): Promise<number> {
  requireGoodPassword(password, namesOf(requireUserByName(data, username)));
  const stored = await hashPassword(data, password);
  return data.transaction(() => {
    const user = requireUserByName(data, username);
    data.run("UPDATE users SET password = ? WHERE id = ?", stored, user.id);
    return endSessionsOf(data, user);
  });
}

/**
 * Removes a user: no password and no token of the user is accepted any more, and the name is free again.
 * What the user has done stays, without a name.
 *
 * @throws {TrackerError} `user_not_found`.
 */
export function removeUser(data: HostData, username: string): void {
  data.transaction(() => {
    const user = requireUserByName(data, username);
    endSessionsOf(data, user);
    data.run("DELETE FROM members WHERE user_id = ?", user.id);
    data.run("DELETE FROM user_links WHERE user_id = ?", user.id);
    data.run(
      `UPDATE users SET username = id, email = '', name = 'Removed user', password = '', removed_at = ?
       WHERE id = ?`,
      data.now(),
      user.id,
    );
  });
}

function endSessionsOf(data: HostData, user: User): number {
  const open = data.one(
    `SELECT count(*) AS sessions FROM token_families f WHERE user_id = ? AND ${LIVE}`,
    user.id,
    data.now(),
  );
  data.run(
    "UPDATE token_families SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL",
    data.now(),
    user.id,
  );
  // A sign-in that was approved and not fetched yet would become a session.
  data.run("DELETE FROM device_codes WHERE user_id = ?", user.id);
  data.run("DELETE FROM authorization_codes WHERE user_id = ?", user.id);
  return open === null ? 0 : integer(open, "sessions");
}

function requireUserByName(data: HostData, username: string): User {
  const user = userByName(data, username);
  if (user !== null) return user;
  throw new TrackerError({
    code: "user_not_found",
    message: `No user has the name "${username.trim()}"`,
    nextAction: "Run `tracker host user list` to see the users.",
  });
}
