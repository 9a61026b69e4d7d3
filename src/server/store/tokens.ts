import { DEFAULT_ACCESS_LIFETIME, DEFAULT_REFRESH_LIFETIME } from "../../contract/auth.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import type { HostData } from "./host_data.ts";
import { integer, integerOrNull, type Row, text, textOrNull } from "./row.ts";
import { tidy } from "../jobs/cleanup.ts";

/** A fresh pair of tokens, in clear: it is given out once and stored as hashes only. */
export interface IssuedTokens {
  readonly userId: string;
  /** The login they belong to. */
  readonly sessionId: string;
  readonly access: string;
  readonly refresh: string;
  /** Seconds. */
  readonly accessLifetime: number;
  /** Seconds. */
  readonly refreshLifetime: number;
}

/** Who a good access token belongs to. */
export interface TokenOwner {
  readonly userId: string;
  /** All tokens that descend from one login. */
  readonly familyId: string;
}

/** Milliseconds in which the predecessor of a refresh token that is not used yet is accepted once more. */
export const ROTATION_GRACE_MS = 60_000;

/**
 * Starts a new family of tokens: one login. `null` when the user has been removed meanwhile. Hosted API,
 * Authentication.
 */
export async function issueTokens(data: HostData, userId: string): Promise<IssuedTokens | null> {
  const pair = await newPair(data);
  tidy(data);
  return data.transaction(() => {
    if (data.one("SELECT 1 FROM users WHERE id = ? AND removed_at IS NULL", userId) === null) {
      return null;
    }
    const sessionId = data.newId("fam");
    data.run(
      "INSERT INTO token_families (id, user_id, created_at) VALUES (?, ?, ?)",
      sessionId,
      userId,
      data.now(),
    );
    storePair(data, sessionId, pair);
    return issued(pair, userId, sessionId);
  });
}

/**
 * Rotates a refresh token; `null` when the token is refused. The predecessor is accepted once more for a
 * minute while its successor is unused, because a client may have been killed before it saved the answer.
 * Any other second use means a stolen token and revokes the whole family. Hosted API, Authentication and
 * Extensions.
 */
export async function rotateTokens(data: HostData, refresh: string): Promise<IssuedTokens | null> {
  tidy(data);
  const hash = await sha256Hex(refresh);
  const pair = await newPair(data);
  return data.transaction(() => {
    const row = data.one(
      `SELECT hash, family_id, user_id, expires_at, used_at, repeated_at, successor, revoked_at
       FROM refresh_tokens JOIN token_families ON token_families.id = family_id WHERE hash = ?`,
      hash,
    );
    if (row === null || integerOrNull(row, "revoked_at") !== null) return null;
    const familyId = text(row, "family_id");
    if (integerOrNull(row, "used_at") !== null && !takeGrace(data, row)) {
      revokeFamily(data, familyId);
      return null;
    }
    if (integer(row, "expires_at") <= data.now()) return null;
    data.run(
      "UPDATE refresh_tokens SET used_at = ifnull(used_at, ?), successor = ? WHERE hash = ?",
      data.now(),
      pair.refreshHash,
      hash,
    );
    storePair(data, familyId, pair);
    return issued(pair, text(row, "user_id"), familyId);
  });
}

/** Whether a used token may be used once more; its unused successor is spent then, without a grace of its own. */
function takeGrace(data: HostData, used: Row): boolean {
  const age = data.now() - integer(used, "used_at");
  const successor = textOrNull(used, "successor");
  if (age > ROTATION_GRACE_MS || integerOrNull(used, "repeated_at") !== null) return false;
  if (successor === null) return false;
  const spent = data.run(
    "UPDATE refresh_tokens SET used_at = ?, repeated_at = ? WHERE hash = ? AND used_at IS NULL",
    data.now(),
    data.now(),
    successor,
  );
  if (spent === 0) return false;
  data.run(
    "UPDATE refresh_tokens SET repeated_at = ? WHERE hash = ?",
    data.now(),
    text(used, "hash"),
  );
  return true;
}

/**
 * Ends the session that an access or refresh token belongs to. An unknown token is no error: the session
 * that it would end is no longer there. Hosted API, Extensions (`revoke`).
 */
export async function revokeToken(data: HostData, token: string): Promise<void> {
  const hash = await sha256Hex(token);
  data.transaction(() => {
    for (const table of ["refresh_tokens", "access_tokens"]) {
      const row = data.one(`SELECT family_id FROM ${table} WHERE hash = ?`, hash);
      if (row !== null) revokeFamily(data, text(row, "family_id"));
    }
  });
}

/** Ends one session: none of its tokens is accepted any more. */
export function revokeFamily(data: HostData, familyId: string): void {
  data.run(
    "UPDATE token_families SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
    data.now(),
    familyId,
  );
}

/** The owner of an access token, or `null` when it is unknown, expired or revoked. */
export async function ownerOf(data: HostData, access: string): Promise<TokenOwner | null> {
  const row = data.one(
    `SELECT family_id, user_id FROM access_tokens JOIN token_families ON token_families.id = family_id
     WHERE hash = ? AND expires_at > ? AND revoked_at IS NULL`,
    await data.tokenHash(access),
    data.now(),
  );
  return row === null ? null : { userId: text(row, "user_id"), familyId: text(row, "family_id") };
}

interface Pair {
  readonly access: string;
  readonly refresh: string;
  readonly accessHash: string;
  readonly refreshHash: string;
}

async function newPair(data: HostData): Promise<Pair> {
  const access = `tka_${randomHex(data.platform.random, 32)}`;
  const refresh = `tkr_${randomHex(data.platform.random, 32)}`;
  return {
    access,
    refresh,
    accessHash: await sha256Hex(access),
    refreshHash: await sha256Hex(refresh),
  };
}

function issued({ access, refresh }: Pair, userId: string, sessionId: string): IssuedTokens {
  return {
    userId,
    sessionId,
    access,
    refresh,
    accessLifetime: DEFAULT_ACCESS_LIFETIME,
    refreshLifetime: DEFAULT_REFRESH_LIFETIME,
  };
}

function storePair(data: HostData, familyId: string, pair: Pair): void {
  const now = data.now();
  data.run(
    "INSERT INTO access_tokens (hash, family_id, expires_at) VALUES (?, ?, ?)",
    pair.accessHash,
    familyId,
    now + DEFAULT_ACCESS_LIFETIME * 1000,
  );
  data.run(
    "INSERT INTO refresh_tokens (hash, family_id, expires_at) VALUES (?, ?, ?)",
    pair.refreshHash,
    familyId,
    now + DEFAULT_REFRESH_LIFETIME * 1000,
  );
}
