import type { HostedProvider } from "../../contract/providers.ts";
import { insertRow } from "./insert.ts";
import { hostedProvider, integer, text, textOrNull } from "./row.ts";
import type { Transaction } from "./store.ts";

/** A sign-in at a provider that somebody has begun, by the hash of what comes back. */
export interface StoredSignIn {
  readonly stateHash: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly teamId: string;
  readonly provider: HostedProvider;
  readonly connectionId: string | null;
  /** Encrypted. */
  readonly request: string;
  readonly expiresAt: number;
}

/** Adds a sign-in. */
export async function insertSignIn(tx: Transaction, one: StoredSignIn): Promise<void> {
  await insertRow(tx, "provider_sign_ins", {
    state_hash: one.stateHash,
    session_id: one.sessionId,
    user_id: one.userId,
    team_id: one.teamId,
    provider: one.provider,
    connection_id: one.connectionId,
    request: one.request,
    expires_at: one.expiresAt,
  });
}

/** Returns a sign-in; `null` when there is none. */
export async function findSignIn(
  tx: Transaction,
  stateHash: string,
): Promise<StoredSignIn & { readonly isUsed: boolean } | null> {
  const row = await tx.one("SELECT * FROM provider_sign_ins WHERE state_hash = ?", stateHash);
  return row === null ? null : {
    stateHash,
    sessionId: text(row, "session_id"),
    userId: text(row, "user_id"),
    teamId: text(row, "team_id"),
    provider: hostedProvider(row, "provider"),
    connectionId: textOrNull(row, "connection_id"),
    request: text(row, "request"),
    expiresAt: integer(row, "expires_at"),
    isUsed: row["used_at"] !== null,
  };
}

/** Marks a sign-in as used, and forgets what was entered; returns whether it was not used before. */
export async function useSignIn(tx: Transaction, stateHash: string, at: number): Promise<boolean> {
  return await tx.run(
    "UPDATE provider_sign_ins SET used_at = ?, request = '' WHERE state_hash = ? AND used_at IS NULL",
    at,
    stateHash,
  ) > 0;
}
