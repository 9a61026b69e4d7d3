import { insertRow } from "./insert.ts";
import { integer, text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";

/** An authorization code, by its hash. */
export interface StoredCode {
  readonly hash: string;
  readonly userId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly expiresAt: number;
}

/** Adds a code that was not exchanged yet. */
export async function insertCode(store: HostStore, code: StoredCode): Promise<void> {
  await insertRow(store, "authorization_codes", {
    hash: code.hash,
    user_id: code.userId,
    redirect_uri: code.redirectUri,
    challenge: code.challenge,
    expires_at: code.expiresAt,
  });
}

/** Returns a code by its hash, with the session that it began; `null` as session when it was not exchanged yet. */
export async function findCode(
  store: HostStore,
  hash: string,
): Promise<StoredCode & { readonly familyId: string | null } | null> {
  const row = await store.one("SELECT * FROM authorization_codes WHERE hash = ?", hash);
  return row === null ? null : {
    hash,
    userId: text(row, "user_id"),
    redirectUri: text(row, "redirect_uri"),
    challenge: text(row, "challenge"),
    expiresAt: integer(row, "expires_at"),
    familyId: textOrNull(row, "family_id"),
  };
}

/** Notes the session that an exchanged code began. */
export async function setCodeFamily(
  store: HostStore,
  hash: string,
  familyId: string,
): Promise<void> {
  await store.run("UPDATE authorization_codes SET family_id = ? WHERE hash = ?", familyId, hash);
}
