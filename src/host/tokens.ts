import { DEFAULT_ACCESS_LIFETIME, DEFAULT_REFRESH_LIFETIME } from "../contract/auth.ts";
import { randomHex, sha256Hex } from "../platform/random.ts";
import type { HostData } from "./host_data.ts";
import { integer, integerOrNull, text } from "./row.ts";
import { tidy } from "./tidy.ts";

/** A fresh pair of tokens, in clear: it is given out once and stored as hashes only. */
export interface IssuedTokens {
  readonly userId: string;
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

/** Starts a new family of tokens: one login. Hosted API, Authentication. */
export async function issueTokens(data: HostData, userId: string): Promise<IssuedTokens> {
  const pair = await newPair(data, userId);
  tidy(data);
  data.transaction(() => {
    const familyId = data.newId("fam");
    data.run(
      "INSERT INTO token_families (id, user_id, created_at) VALUES (?, ?, ?)",
      familyId,
      userId,
      data.now(),
    );
    storePair(data, familyId, pair);
  });
  return pair.issued;
}

/**
 * Rotates a refresh token. A token that was rotated before is taken for stolen: the whole family is
 * revoked. `null` when the token is refused. Hosted API, Authentication.
 */
export async function rotateTokens(data: HostData, refresh: string): Promise<IssuedTokens | null> {
  tidy(data);
  const hash = await sha256Hex(refresh);
  const pair = await newPair(data, "");
  return data.transaction(() => {
    const row = data.one(
      `SELECT family_id, user_id, expires_at, used_at, revoked_at
       FROM refresh_tokens JOIN token_families ON token_families.id = family_id WHERE hash = ?`,
      hash,
    );
    if (row === null || integerOrNull(row, "revoked_at") !== null) return null;
    const familyId = text(row, "family_id");
    if (integerOrNull(row, "used_at") !== null) {
      data.run("UPDATE token_families SET revoked_at = ? WHERE id = ?", data.now(), familyId);
      return null;
    }
    if (integer(row, "expires_at") <= data.now()) return null;
    data.run("UPDATE refresh_tokens SET used_at = ? WHERE hash = ?", data.now(), hash);
    storePair(data, familyId, pair);
    return { ...pair.issued, userId: text(row, "user_id") };
  });
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
  readonly issued: IssuedTokens;
  readonly accessHash: string;
  readonly refreshHash: string;
}

async function newPair(data: HostData, userId: string): Promise<Pair> {
  const access = `tka_${randomHex(data.platform.random, 32)}`;
  const refresh = `tkr_${randomHex(data.platform.random, 32)}`;
  return {
    issued: {
      userId,
      access,
      refresh,
      accessLifetime: DEFAULT_ACCESS_LIFETIME,
      refreshLifetime: DEFAULT_REFRESH_LIFETIME,
    },
    accessHash: await sha256Hex(access),
    refreshHash: await sha256Hex(refresh),
  };
}

function storePair(data: HostData, familyId: string, pair: Pair): void {
  const now = data.now();
  data.run(
    "INSERT INTO access_tokens (hash, family_id, expires_at) VALUES (?, ?, ?)",
    pair.accessHash,
    familyId,
    now + pair.issued.accessLifetime * 1000,
  );
  data.run(
    "INSERT INTO refresh_tokens (hash, family_id, expires_at) VALUES (?, ?, ?)",
    pair.refreshHash,
    familyId,
    now + pair.issued.refreshLifetime * 1000,
  );
}
