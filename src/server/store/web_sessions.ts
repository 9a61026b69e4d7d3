import { insertRow } from "./insert.ts";
import { integer, integerOrNull, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** The session of a browser at the console, by the hash of its cookie. */
export interface StoredWebSession {
  readonly hash: string;
  readonly sessionId: string;
  readonly teamId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A session of a browser that is good, and whose it is. */
export interface FoundWebSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly teamId: string;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

/** Adds a session of a browser. */
export async function insertWebSession(tx: Transaction, session: StoredWebSession): Promise<void> {
  await insertRow(tx, "web_sessions", {
    hash: session.hash,
    family_id: session.sessionId,
    team_id: session.teamId,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
  });
}

/** Returns a session of a browser, or `null` when it is unknown, expired or ended. */
export async function findStoredWebSession(
  store: HostStore,
  hash: string,
  now: number,
): Promise<FoundWebSession | null> {
  const row = await store.one(
    `SELECT w.family_id, w.team_id, w.expires_at, f.user_id, f.last_used_at
     FROM web_sessions w JOIN token_families f ON f.id = w.family_id
     WHERE w.hash = ? AND w.expires_at > ? AND f.revoked_at IS NULL`,
    hash,
    now,
  );
  return row === null ? null : {
    sessionId: text(row, "family_id"),
    userId: text(row, "user_id"),
    teamId: text(row, "team_id"),
    expiresAt: integer(row, "expires_at"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
  };
}

/** Lets a browser work in another team. */
export async function setWebSessionTeam(
  tx: Transaction,
  hash: string,
  teamId: string,
): Promise<void> {
  await tx.run("UPDATE web_sessions SET team_id = ? WHERE hash = ?", teamId, hash);
}
