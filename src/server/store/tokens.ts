import type { Membership, User } from "../model/user.ts";
import { insertRow } from "./insert.ts";
import { integer, integerOrNull, text, textOrNull } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";
import { readMembership, readUser } from "./users.ts";

/** Who a good access token belongs to. */
export interface TokenOwner {
  readonly user: User;
  /** The user's teams, oldest first. */
  readonly teams: readonly Membership[];
  /** All tokens that descend from one login. */
  readonly familyId: string;
  /** When the token expires, in milliseconds since 1970. */
  readonly expiresAt: number;
  /** When the session was used last, as far as recorded. */
  readonly lastUsedAt: number | null;
}

/** The hashes of a pair of tokens with the times they expire at. */
export interface StoredPair {
  readonly accessHash: string;
  readonly accessExpiresAt: number;
  readonly refreshHash: string;
  readonly refreshExpiresAt: number;
}

/** A refresh token as stored. */
export interface StoredRefresh {
  readonly hash: string;
  readonly familyId: string;
  readonly userId: string;
  readonly expiresAt: number;
  readonly usedAt: number | null;
  /** When it was accepted once more after its use. */
  readonly repeatedAt: number | null;
  /** Hash of the token that took its place. */
  readonly successor: string | null;
  readonly isRevoked: boolean;
}

/**
 * Returns the owner of an access token, or `null` when it is unknown or revoked, or its user was removed. Whether it
 * has expired is for the caller to see.
 */
export async function ownerOf(store: HostStore, hash: string): Promise<TokenOwner | null> {
  const rows = await store.all(
    `SELECT f.id AS family_id, expires_at, last_used_at, u.id, u.username, u.email, u.name, t.id AS team_id, t.slug AS team_slug,
       t.name AS team_name, m.role
     FROM access_tokens JOIN token_families f ON f.id = family_id JOIN users u ON u.id = f.user_id
     LEFT JOIN members m ON m.user_id = u.id LEFT JOIN teams t ON t.id = m.team_id
     WHERE hash = ? AND revoked_at IS NULL AND u.removed_at IS NULL ORDER BY t.id`,
    hash,
  );
  const [row] = rows;
  return row === undefined ? null : {
    user: readUser(row),
    teams: rows.flatMap((row) => {
      const [id, slug, name] = [row["team_id"], row["team_slug"], row["team_name"]];
      return id === null ? [] : [readMembership({ ...row, id, slug, name })];
    }),
    familyId: text(row, "family_id"),
    expiresAt: integer(row, "expires_at"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
  };
}

/** Adds a pair of tokens to a session. */
export async function insertPair(
  tx: Transaction,
  familyId: string,
  pair: StoredPair,
): Promise<void> {
  await insertRow(tx, "access_tokens", {
    hash: pair.accessHash,
    family_id: familyId,
    expires_at: pair.accessExpiresAt,
  });
  await insertRow(tx, "refresh_tokens", {
    hash: pair.refreshHash,
    family_id: familyId,
    expires_at: pair.refreshExpiresAt,
  });
}

/** Returns a refresh token by its hash. */
export async function findRefresh(store: HostStore, hash: string): Promise<StoredRefresh | null> {
  const row = await store.one(
    `SELECT hash, family_id, user_id, expires_at, used_at, repeated_at, successor, revoked_at
     FROM refresh_tokens JOIN token_families ON token_families.id = family_id WHERE hash = ?`,
    hash,
  );
  return row === null ? null : {
    hash: text(row, "hash"),
    familyId: text(row, "family_id"),
    userId: text(row, "user_id"),
    expiresAt: integer(row, "expires_at"),
    usedAt: integerOrNull(row, "used_at"),
    repeatedAt: integerOrNull(row, "repeated_at"),
    successor: textOrNull(row, "successor"),
    isRevoked: integerOrNull(row, "revoked_at") !== null,
  };
}

/** Returns the session that a refresh token belongs to; `null` when it is unknown. */
export async function familyOfRefresh(store: HostStore, hash: string): Promise<string | null> {
  const row = await store.one("SELECT family_id FROM refresh_tokens WHERE hash = ?", hash);
  return row === null ? null : text(row, "family_id");
}

/** Marks a refresh token used, with the one that takes its place. */
export async function succeedRefresh(
  tx: Transaction,
  hash: string,
  successor: string,
  now: number,
): Promise<void> {
  await tx.run(
    "UPDATE refresh_tokens SET used_at = COALESCE(used_at, ?), successor = ? WHERE hash = ?",
    now,
    successor,
    hash,
  );
}

/** Spends an unused refresh token, without a grace of its own; false when it was used. */
export async function spendUnusedRefresh(
  tx: Transaction,
  hash: string,
  now: number,
): Promise<boolean> {
  return await tx.run(
    "UPDATE refresh_tokens SET used_at = ?, repeated_at = ? WHERE hash = ? AND used_at IS NULL",
    now,
    now,
    hash,
  ) === 1;
}

/** Notes that a used refresh token was accepted once more. */
export async function noteRepeat(tx: Transaction, hash: string, now: number): Promise<void> {
  await tx.run("UPDATE refresh_tokens SET repeated_at = ? WHERE hash = ?", now, hash);
}

/** Returns the sessions that an access or refresh token belongs to. */
export async function familiesOfToken(store: HostStore, hash: string): Promise<string[]> {
  const rows = await store.all(
    `SELECT family_id FROM refresh_tokens WHERE hash = ?
     UNION SELECT family_id FROM access_tokens WHERE hash = ?`,
    hash,
    hash,
  );
  return rows.map((row) => text(row, "family_id"));
}

/** Ends one session: none of its tokens is accepted any more. */
export async function revokeFamily(
  store: HostStore,
  familyId: string,
  now: number,
): Promise<void> {
  await store.run(
    "UPDATE token_families SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
    now,
    familyId,
  );
}
