import type { Membership, User } from "../model/user.ts";
import { insertRow } from "./insert.ts";
import { integer, integerOrNull, type Row, text } from "./row.ts";
import { LIVE_SESSION, ofUsers, type UserFilter } from "./sessions.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A user with what only the host's own eyes may see. */
export interface StoredUser {
  readonly user: User;
  /** The hash of the password. */
  readonly password: string;
}

/** A user to be stored. */
export interface UserToStore extends User {
  /** The hash of the password. */
  readonly password: string;
  readonly createdAt: number;
}

/** A user with the sessions that can still be used. */
export interface UserWithSessions {
  readonly user: User;
  readonly createdAt: number;
  readonly sessions: number;
  /** When one of the user's sessions was used last; `null` when there is none. */
  readonly lastUsedAt: number | null;
}

/** Returns a user by id. */
export async function userById(store: HostStore, id: string): Promise<User | null> {
  const row = await store.one("SELECT * FROM users WHERE id = ? AND removed_at IS NULL", id);
  return row === null ? null : readUser(row);
}

/** Returns a user by name, with the stored password. */
export async function userByName(store: HostStore, username: string): Promise<StoredUser | null> {
  const row = await store.one(
    "SELECT * FROM users WHERE username = ? AND removed_at IS NULL",
    username.trim(),
  );
  return row === null ? null : readStored(row);
}

/** Returns the user who came first, with the stored password. */
export async function firstUser(store: HostStore): Promise<StoredUser | null> {
  const row = await store.one("SELECT * FROM users WHERE removed_at IS NULL ORDER BY id LIMIT 1");
  return row === null ? null : readStored(row);
}

/** Returns users, by name, with the sessions that can still be used. */
export async function usersWithSessions(
  store: HostStore,
  filter: UserFilter,
  now: number,
): Promise<UserWithSessions[]> {
  const { sql, values } = ofUsers("users.id", filter);
  const rows = await store.all(
    `SELECT users.*,
       (SELECT count(*) FROM token_families f WHERE f.user_id = users.id AND ${LIVE_SESSION}) AS sessions,
       (SELECT max(last_used_at) FROM token_families f WHERE f.user_id = users.id) AS last_used_at
     FROM users WHERE removed_at IS NULL ${sql} ORDER BY username`,
    now,
    now,
    ...values,
  );
  return rows.map((row) => ({
    user: readUser(row),
    createdAt: integer(row, "created_at"),
    sessions: integer(row, "sessions"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
  }));
}

/** Adds a user, without a team; false when the name is taken. */
export async function insertUser(tx: Transaction, user: UserToStore): Promise<boolean> {
  return await insertRow(tx, "users", {
    id: user.id,
    username: user.username,
    email: user.email,
    name: user.name,
    password: user.password,
    created_at: user.createdAt,
  }, "ON CONFLICT (username) DO NOTHING") === 1;
}

/**
 * Holds a user until the transaction ends, so that no session begins while the user's sessions are ended; false when
 * the user was removed.
 */
export async function lockUser(tx: Transaction, userId: string): Promise<boolean> {
  return await tx.run(
    "UPDATE users SET username = username WHERE id = ? AND removed_at IS NULL",
    userId,
  ) === 1;
}

/**
 * Does the same for a user whose password was checked; false when it is no longer the user's. What is begun with a
 * password holds its user so, and is ended with it or not begun.
 */
export async function lockCheckedUser(
  tx: Transaction,
  { user, password }: StoredUser,
): Promise<boolean> {
  return await tx.run(
    "UPDATE users SET username = username WHERE id = ? AND password = ? AND removed_at IS NULL",
    user.id,
    password,
  ) === 1;
}

/** Replaces the hash of a user's password. */
export async function setStoredPassword(
  tx: Transaction,
  userId: string,
  password: string,
): Promise<void> {
  await tx.run("UPDATE users SET password = ? WHERE id = ?", password, userId);
}

/** Takes a user's name and everything the user could sign in with; the id stays for what the user has done. */
export async function eraseUser(tx: Transaction, userId: string, now: number): Promise<void> {
  await tx.run("DELETE FROM members WHERE user_id = ?", userId);
  await tx.run("DELETE FROM user_links WHERE user_id = ?", userId);
  await tx.run(
    `UPDATE users SET username = id, email = '', name = 'Removed user', password = '', removed_at = ?
     WHERE id = ?`,
    now,
    userId,
  );
}

/** Takes a user out of a team; false when the user was not in it. */
export async function removeMember(
  tx: Transaction,
  teamId: string,
  userId: string,
): Promise<boolean> {
  await tx.run(
    `DELETE FROM user_links WHERE user_id = ?
     AND installation_id IN (SELECT id FROM installations WHERE team_id = ?)`,
    userId,
    teamId,
  );
  return await tx.run(
    "DELETE FROM members WHERE team_id = ? AND user_id = ?",
    teamId,
    userId,
  ) === 1;
}

/** Ends all sessions of a user and all sign-ins under way; returns how many sessions could still be used. */
export async function endSessionsOf(tx: Transaction, userId: string, now: number): Promise<number> {
  // A session that begins meanwhile is ended, too.
  await lockUser(tx, userId);
  const open = await tx.one(
    `SELECT count(*) AS sessions FROM token_families f WHERE user_id = ? AND ${LIVE_SESSION}`,
    userId,
    now,
    now,
  );
  await tx.run(
    "UPDATE token_families SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL",
    now,
    userId,
  );
  // A sign-in that was approved and not fetched yet would become a session.
  await tx.run("DELETE FROM device_codes WHERE user_id = ?", userId);
  await tx.run("DELETE FROM authorization_codes WHERE user_id = ?", userId);
  await tx.run("DELETE FROM provider_sign_ins WHERE user_id = ?", userId);
  return open === null ? 0 : integer(open, "sessions");
}

/** Returns the teams of a user, oldest first. */
export async function teamsOf(store: HostStore, userId: string): Promise<Membership[]> {
  const rows = await store.all(
    `${MEMBERSHIPS} WHERE user_id = ? ORDER BY teams.id`,
    userId,
  );
  return rows.map(readMembership);
}

/** Returns the teams of each user by the user's id, oldest first; with a team, that one alone. */
export async function teamsByUser(
  store: HostStore,
  { teamId, userId }: UserFilter,
): Promise<ReadonlyMap<string, readonly Membership[]>> {
  const conditions: string[] = [];
  const values: string[] = [];
  for (const [column, value] of [["team_id", teamId], ["user_id", userId]] as const) {
    if (value === null) continue;
    conditions.push(`${column} = ?`);
    values.push(value);
  }
  const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
  const rows = await store.all(`${MEMBERSHIPS} ${where} ORDER BY teams.id`, ...values);
  const teams = new Map<string, Membership[]>();
  for (const row of rows) {
    const id = text(row, "user_id");
    const known = teams.get(id);
    if (known === undefined) teams.set(id, [readMembership(row)]);
    else known.push(readMembership(row));
  }
  return teams;
}

const MEMBERSHIPS = `SELECT teams.id, slug, teams.name, role, user_id
  FROM members JOIN teams ON teams.id = team_id`;

/** Reads the columns `id`, `slug`, `name` and `role` of a team and its member. */
export function readMembership(row: Row): Membership {
  return {
    id: text(row, "id"),
    slug: text(row, "slug"),
    name: text(row, "name"),
    role: text(row, "role"),
  };
}

function readStored(row: Row): StoredUser {
  return { user: readUser(row), password: text(row, "password") };
}

/** Reads the columns `id`, `username`, `email` and `name` of a user. */
export function readUser(row: Row): User {
  return {
    id: text(row, "id"),
    username: text(row, "username"),
    email: text(row, "email"),
    name: text(row, "name"),
  };
}
