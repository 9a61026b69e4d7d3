import { insertRow } from "./insert.ts";
import { integer, integerOrNull, type Row, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A machine token, by its hash. */
export interface MachineTokenToStore {
  readonly id: string;
  readonly hash: string;
  readonly teamId: string;
  readonly userId: string;
  readonly name: string;
  readonly createdAt: number;
  /** `null` for never. */
  readonly expiresAt: number | null;
}

/** A machine token as stored, with what its user and its team are called now. */
export interface StoredMachineToken {
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  readonly teamSlug: string;
  readonly userId: string;
  readonly username: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
  /** Whether its user is still there, and in its team. */
  readonly hasMember: boolean;
}

const SELECT = `SELECT t.*, teams.slug, users.username, users.removed_at, m.user_id AS member
  FROM machine_tokens t JOIN teams ON teams.id = t.team_id JOIN users ON users.id = t.user_id
  LEFT JOIN members m ON m.team_id = t.team_id AND m.user_id = t.user_id`;

/** Adds a machine token. */
export async function insertMachineToken(
  tx: Transaction,
  token: MachineTokenToStore,
): Promise<void> {
  await insertRow(tx, "machine_tokens", {
    id: token.id,
    hash: token.hash,
    team_id: token.teamId,
    user_id: token.userId,
    name: token.name,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
  });
}

/** Returns a machine token by the hash of it, good or not. */
export async function machineTokenByHash(
  store: HostStore,
  hash: string,
): Promise<StoredMachineToken | null> {
  const row = await store.one(`${SELECT} WHERE t.hash = ?`, hash);
  return row === null ? null : readToken(row);
}

/** Returns a machine token by its id. */
export async function machineTokenById(
  store: HostStore,
  id: string,
): Promise<StoredMachineToken | null> {
  const row = await store.one(`${SELECT} WHERE t.id = ?`, id);
  return row === null ? null : readToken(row);
}

/** Returns the machine tokens of a team, or of all teams (`null`), newest first; those that ended lately, too. */
export async function machineTokens(
  store: HostStore,
  teamId: string | null,
): Promise<StoredMachineToken[]> {
  const rows = await store.all(
    `${SELECT} WHERE (CAST(? AS TEXT) IS NULL OR t.team_id = ?) ORDER BY t.id DESC`,
    teamId,
    teamId,
  );
  return rows.map(readToken);
}

/** Ends a machine token; false when it had ended before. */
export async function revokeStoredMachineToken(
  tx: Transaction,
  id: string,
  now: number,
): Promise<boolean> {
  return await tx.run(
    "UPDATE machine_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
    now,
    id,
  ) === 1;
}

function readToken(row: Row): StoredMachineToken {
  return {
    id: text(row, "id"),
    name: text(row, "name"),
    teamId: text(row, "team_id"),
    teamSlug: text(row, "slug"),
    userId: text(row, "user_id"),
    username: text(row, "username"),
    createdAt: integer(row, "created_at"),
    expiresAt: integerOrNull(row, "expires_at"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
    revokedAt: integerOrNull(row, "revoked_at"),
    hasMember: row["removed_at"] === null && row["member"] !== null,
  };
}
