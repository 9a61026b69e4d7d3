import type { Role } from "../model/user.ts";
import { insertRow } from "./insert.ts";
import { text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A team by its two names. */
export interface Team {
  readonly id: string;
  readonly slug: string;
}

/** Returns the team with this slug; without a slug the first team there is. */
export async function findTeam(store: HostStore, slug?: string): Promise<Team | null> {
  const row = slug === undefined
    ? await store.one("SELECT id, slug FROM teams ORDER BY id LIMIT 1")
    : await store.one("SELECT id, slug FROM teams WHERE slug = ?", slug);
  return row === null ? null : { id: text(row, "id"), slug: text(row, "slug") };
}

/** Adds a team, named as its slug; false when there is one of this slug. */
export async function insertTeam(tx: Transaction, { id, slug }: Team): Promise<boolean> {
  const row = { id, slug, name: slug };
  return await insertRow(tx, "teams", row, "ON CONFLICT (slug) DO NOTHING") === 1;
}

/** Makes a user a member of a team. */
export async function addMember(
  tx: Transaction,
  teamId: string,
  userId: string,
  role: Role,
): Promise<void> {
  await insertRow(tx, "members", { team_id: teamId, user_id: userId, role });
}

/** Returns the ids of a team's members. */
export async function memberIds(store: HostStore, teamId: string): Promise<string[]> {
  const rows = await store.all("SELECT user_id FROM members WHERE team_id = ?", teamId);
  return rows.map((row) => text(row, "user_id"));
}

/** Returns all teams, oldest first. */
export async function allTeams(store: HostStore): Promise<Team[]> {
  const rows = await store.all("SELECT id, slug FROM teams ORDER BY id");
  return rows.map((row) => ({ id: text(row, "id"), slug: text(row, "slug") }));
}

/** Returns the ids of a team's admins; hold the team by {@link lockTeam} where something follows from them. */
export async function adminIds(store: HostStore, teamId: string): Promise<string[]> {
  const rows = await store.all(
    "SELECT user_id FROM members WHERE team_id = ? AND role = 'admin'",
    teamId,
  );
  return rows.map((row) => text(row, "user_id"));
}

/** Gives a member of a team another role. */
export async function setStoredRole(
  tx: Transaction,
  teamId: string,
  userId: string,
  role: Role,
): Promise<void> {
  await tx.run(
    "UPDATE members SET role = ? WHERE team_id = ? AND user_id = ?",
    role,
    teamId,
    userId,
  );
}
