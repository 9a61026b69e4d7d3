import { TrackerError } from "../../platform/tracker_error.ts";
import type { HostData } from "./host_data.ts";
import {
  decoyPassword,
  hashPassword,
  requireGoodPassword,
  verifyPassword,
} from "../accounts/passwords.ts";
import { type Row, text } from "./row.ts";

/** A user of the host. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly name: string;
}

/** A team of a user. */
export interface Membership {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly role: string;
}

/** Who to add. */
export interface NewUser {
  readonly username: string;
  readonly password: string;
  /** The user name unless given. */
  readonly email?: string;
  /** The user name unless given. */
  readonly name?: string;
  /** Slug of the team to join, made when missing; the first team, or a new `team`, unless given. */
  readonly team?: string;
}

/**
 * Adds a user to a team and links it to every provider the team has connected.
 *
 * @throws {TrackerError} `invalid_user` for a blank name or password, `weak_password`, `user_exists`.
 */
export async function addUser(data: HostData, user: NewUser): Promise<User & { team: string }> {
  if (user.username.trim() === "" || user.password === "") {
    throw new TrackerError({
      code: "invalid_user",
      message: "A user needs a name and a password",
      nextAction: "Name the user, and pipe the password into standard input.",
    });
  }
  requireGoodPassword(user.password, namesOf(user));
  return await addUserUnchecked(data, user);
}

/** What a password of this user must not be. */
export function namesOf(
  user: { readonly username: string; readonly email?: string; readonly name?: string },
): readonly string[] {
  const addresses = [user.username, user.email ?? ""];
  const accounts = addresses.map((address) => address.trim().split("@")[0] ?? "");
  return [...addresses, ...accounts, user.name ?? ""].filter((name) => name.trim() !== "");
}

/** Adds a user whose password is not checked: the demo user's is short and public. */
export async function addUserUnchecked(
  data: HostData,
  user: NewUser,
): Promise<User & { team: string }> {
  const username = user.username.trim();
  const password = await hashPassword(data, user.password);
  return data.transaction(() => {
    if (data.one("SELECT 1 FROM users WHERE username = ?", username) !== null) {
      throw new TrackerError({
        code: "user_exists",
        message: `The user "${username}" exists already`,
        nextAction: "Choose another name.",
      });
    }
    const made = {
      id: data.newId("usr"),
      username,
      email: user.email ?? username,
      name: user.name ?? username,
    };
    data.run(
      "INSERT INTO users (id, username, email, name, password, created_at) VALUES (?, ?, ?, ?, ?, ?)",
      made.id,
      made.username,
      made.email,
      made.name,
      password,
      data.now(),
    );
    const team = ensureTeam(data, user.team);
    data.run(
      "INSERT INTO members (team_id, user_id, role) VALUES (?, ?, ?)",
      team.id,
      made.id,
      "member",
    );
    for (const row of data.all("SELECT id FROM installations WHERE team_id = ?", team.id)) {
      linkUser(data, text(row, "id"), made.id);
    }
    return { ...made, team: team.slug };
  });
}

/** The team with this slug, made when missing; without a slug the first team there is. */
export function ensureTeam(data: HostData, slug?: string): { id: string; slug: string } {
  const row = slug === undefined
    ? data.one("SELECT id, slug FROM teams ORDER BY id LIMIT 1")
    : data.one("SELECT id, slug FROM teams WHERE slug = ?", slug);
  if (row !== null) return { id: text(row, "id"), slug: text(row, "slug") };
  const team = { id: data.newId("team"), slug: slug ?? "team" };
  data.run("INSERT INTO teams (id, slug, name) VALUES (?, ?, ?)", team.id, team.slug, team.slug);
  return team;
}

/** Links a user's own provider account to an installation; fine when it is linked already. */
export function linkUser(data: HostData, installationId: string, userId: string): void {
  data.run(
    "INSERT OR IGNORE INTO user_links (id, installation_id, user_id) VALUES (?, ?, ?)",
    data.newId("lnk"),
    installationId,
    userId,
  );
}

/** The user with this name and password, or `null`; takes as long for a name nobody has. */
export async function userByPassword(
  data: HostData,
  username: string,
  password: string,
): Promise<User | null> {
  const row = data.one(ACTIVE_BY_NAME, username.trim());
  const stored = row === null ? decoyPassword(data) : text(row, "password");
  const matches = await verifyPassword(password, stored);
  if (!matches || row === null) return null;
  // The check takes a while: the password may have been changed, or the user removed, meanwhile.
  const now = data.one(ACTIVE_BY_NAME, username.trim());
  return now !== null && text(now, "password") === stored ? readUser(now) : null;
}

const ACTIVE_BY_NAME = "SELECT * FROM users WHERE username = ? AND removed_at IS NULL";

/** A user by name; `null` when there is none. */
export function userByName(data: HostData, username: string): User | null {
  const row = data.one(ACTIVE_BY_NAME, username.trim());
  return row === null ? null : readUser(row);
}

/** A user by id. */
export function userById(data: HostData, id: string): User | null {
  const row = data.one("SELECT * FROM users WHERE id = ? AND removed_at IS NULL", id);
  return row === null ? null : readUser(row);
}

/** The teams of a user, oldest first. */
export function teamsOf(data: HostData, userId: string): Membership[] {
  return data.all(
    `SELECT teams.id, slug, teams.name, role FROM members JOIN teams ON teams.id = team_id
     WHERE user_id = ? ORDER BY teams.id`,
    userId,
  ).map((row) => ({
    id: text(row, "id"),
    slug: text(row, "slug"),
    name: text(row, "name"),
    role: text(row, "role"),
  }));
}

function readUser(row: Row): User {
  return {
    id: text(row, "id"),
    username: text(row, "username"),
    email: text(row, "email"),
    name: text(row, "name"),
  };
}
