import { DEFAULT_ACCESS_LIFETIME, DEFAULT_REFRESH_LIFETIME } from "../../contract/auth.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { lockFamily } from "../store/locks.ts";
import {
  familiesOfToken,
  familyOfRefresh,
  findRefresh,
  insertPair,
  noteRepeat,
  revokeFamily,
  spendUnusedRefresh,
  type StoredRefresh,
  succeedRefresh,
} from "../store/tokens.ts";
import { touch } from "../store/last_use.ts";
import { insertSession, type OpenedBy } from "../store/sessions.ts";
import { lockCheckedUser, type StoredUser } from "../store/users.ts";

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

/** Milliseconds in which the predecessor of a refresh token that is not used yet is accepted once more. */
export const ROTATION_GRACE_MS = 60_000;

/**
 * Starts a new family of tokens: one login. `null` when the user has been removed meanwhile, or has another password
 * (wire.md, Authentication).
 */
export async function issueTokens(
  context: HostContext,
  checked: StoredUser,
  openedBy: OpenedBy,
): Promise<IssuedTokens | null> {
  const pair = await newPair(context);
  return await inTransaction(
    context,
    async (context) =>
      await lockCheckedUser(context.store, checked)
        ? await startSession(context, checked.user.id, pair, openedBy)
        : null,
  );
}

/**
 * Does the same with a fresh pair, inside the caller's transaction, which holds the user: what ends all sessions of the
 * user ends this one too, or comes first.
 */
export async function startSession(
  context: TransactionContext,
  userId: string,
  pair: TokenPair,
  openedBy: OpenedBy,
): Promise<IssuedTokens> {
  const { store } = context;
  const sessionId = context.newId("fam");
  await insertSession(store, { id: sessionId, userId, openedBy, now: context.now() });
  await storePair(context, sessionId, pair);
  return issued(pair, userId, sessionId);
}

/**
 * Rotates a refresh token; `null` when the token is refused. The predecessor is accepted once more for a
 * minute while its successor is unused, because a client may have been killed before it saved the answer.
 * Any other second use means a stolen token and revokes the whole family (wire.md, Authentication; Extensions).
 */
export async function rotateTokens(
  context: HostContext,
  refresh: string,
): Promise<IssuedTokens | null> {
  const hash = await sha256Hex(refresh);
  const pair = await newPair(context);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    const now = context.now();
    const locked = await familyOfRefresh(store, hash);
    if (locked === null) return null;
    // One rotation of a session at a time: two of one token are its use and its repetition.
    await lockFamily(store, locked);
    const found = await findRefresh(store, hash);
    if (found === null || found.isRevoked) return null;
    const { familyId, userId } = found;
    if (found.usedAt !== null && !await takeGrace(context, found, found.usedAt)) {
      await revokeFamily(store, familyId, now);
      return null;
    }
    if (found.expiresAt <= now) return null;
    await succeedRefresh(store, hash, pair.refreshHash, now);
    await storePair(context, familyId, pair);
    await touch(store, "token_families", { id: familyId, now, before: now });
    return issued(pair, userId, familyId);
  });
}

/** Returns whether a used token may be used once more; its unused successor is spent then, without a grace of its own. */
async function takeGrace(
  { store, now }: TransactionContext,
  used: StoredRefresh,
  usedAt: number,
): Promise<boolean> {
  const { successor } = used;
  if (now() - usedAt > ROTATION_GRACE_MS || used.repeatedAt !== null) return false;
  if (successor === null || !await spendUnusedRefresh(store, successor, now())) return false;
  await noteRepeat(store, used.hash, now());
  return true;
}

/**
 * Ends the session that an access or refresh token belongs to. An unknown token is no error: the session
 * that it would end is no longer there (wire.md, Extensions).
 */
export async function revokeToken(context: HostContext, token: string): Promise<void> {
  const hash = await sha256Hex(token);
  await inTransaction(context, async ({ store, now }) => {
    for (const familyId of await familiesOfToken(store, hash)) {
      await revokeFamily(store, familyId, now());
    }
  });
}

/** A fresh pair of tokens with their hashes. */
export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
  readonly accessHash: string;
  readonly refreshHash: string;
}

/** Creates a pair of tokens; nothing is stored. */
export async function newPair({ platform }: HostContext): Promise<TokenPair> {
  const access = `tka_${randomHex(platform.random, 32)}`;
  const refresh = `tkr_${randomHex(platform.random, 32)}`;
  return {
    access,
    refresh,
    accessHash: await sha256Hex(access),
    refreshHash: await sha256Hex(refresh),
  };
}

function issued({ access, refresh }: TokenPair, userId: string, sessionId: string): IssuedTokens {
  return {
    userId,
    sessionId,
    access,
    refresh,
    accessLifetime: DEFAULT_ACCESS_LIFETIME,
    refreshLifetime: DEFAULT_REFRESH_LIFETIME,
  };
}

async function storePair(
  { store, now }: TransactionContext,
  familyId: string,
  { accessHash, refreshHash }: TokenPair,
): Promise<void> {
  await insertPair(store, familyId, {
    accessHash,
    accessExpiresAt: now() + DEFAULT_ACCESS_LIFETIME * 1000,
    refreshHash,
    refreshExpiresAt: now() + DEFAULT_REFRESH_LIFETIME * 1000,
  });
}
