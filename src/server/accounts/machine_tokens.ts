import { isoTime } from "../../platform/clock.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import { TrackerError } from "../../platform/tracker_error.ts";
import { adminOnly, mayAdminister } from "../context/admin.ts";
import { audit } from "../context/audit.ts";
import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { tidy } from "../jobs/cleanup.ts";
import type { Actor } from "../model/actor.ts";
import type { Membership, User } from "../model/user.ts";
import type { HostStore } from "../store/store.ts";
import { touch } from "../store/last_use.ts";
import {
  insertMachineToken,
  machineTokenByHash,
  machineTokenById,
  machineTokens,
  revokeStoredMachineToken,
  type StoredMachineToken,
} from "../store/machine_tokens.ts";
import { lockUser, teamsOf, userById } from "../store/users.ts";
import { requireSeen, requireTeamOf, userNotFound } from "./find_user.ts";
import { noteUse } from "./last_use.ts";

/** What every machine token begins with, so that a scanner of secrets knows it. */
export const MACHINE_TOKEN_PREFIX = "trk_";

/** What a token is for. */
export interface NewMachineToken {
  /** In whose name the machine works. */
  readonly username: string;
  /** What people call it, such as `ci`. */
  readonly name: string;
  /** Slug of the one team it works in; the user's only one unless given. */
  readonly team?: string | undefined;
  /** Milliseconds it is good for; `null` for ever. */
  readonly lifetimeMs: number | null;
}

/** A token that was made, in clear: it is shown once and stored as a hash only. */
export interface CreatedMachineToken {
  readonly id: string;
  /** Secret. */
  readonly token: string;
  readonly name: string;
  readonly username: string;
  /** The team's slug. */
  readonly team: string;
  /** ISO 8601; `null` for never. */
  readonly expiresAt: string | null;
}

/** Why a token is good, or no longer: `unusable` when its user was removed or left the team. */
export type MachineTokenState = "active" | "expired" | "revoked" | "unusable";

/** A token as the administrator sees it. */
export interface ListedMachineToken {
  readonly id: string;
  readonly name: string;
  readonly username: string;
  /** The team's slug. */
  readonly team: string;
  readonly state: MachineTokenState;
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601; `null` for never. */
  readonly expiresAt: string | null;
  /** ISO 8601, to the minute; `null` for never. */
  readonly lastUsedAt: string | null;
}

/**
 * Creates a token for a machine of one user in one team. Users may do so for themselves, admins for their team.
 *
 * @throws {TrackerError} `invalid_token_name`, `user_not_found`, `not_in_team`, `several_teams`, `admin_only`.
 */
export async function createMachineToken(
  context: HostContext,
  actor: Actor,
  wanted: NewMachineToken,
): Promise<CreatedMachineToken> {
  const name = checkedName(wanted.name);
  const token = `${MACHINE_TOKEN_PREFIX}${randomHex(context.platform.random, 32)}`;
  const hash = await sha256Hex(token);
  await tidy(context);
  return await inTransaction(context, async (context) => {
    const { store } = context;
    const { user } = await requireSeen(context, actor, wanted.username);
    if (!await lockUser(store, user.id)) throw userNotFound(wanted.username);
    const team = requireTeamOf(await requireSeen(context, actor, wanted.username), wanted.team);
    await requireSelfOrAdmin(context, actor, user.id, team.id);
    const now = context.now();
    const id = context.newId("mtk");
    const { lifetimeMs } = wanted;
    const expiresAt = lifetimeMs === null ? null : now + lifetimeMs;
    const expires = expiresAt === null ? null : isoTime(expiresAt);
    const owned = { teamId: team.id, userId: user.id };
    await insertMachineToken(store, { id, hash, ...owned, name, createdAt: now, expiresAt });
    await audit(context, {
      actor,
      teamId: team.id,
      action: "token.create",
      target: name,
      details: { id, user: user.username, expires_at: expires },
    });
    return { id, token, name, username: user.username, team: team.slug, expiresAt: expires };
  });
}

/**
 * Returns the tokens of a team, or of all teams (`null`), newest first; those that ended in the last 400 days, too. A
 * member sees only their own.
 */
export async function listMachineTokens(
  context: HostContext,
  actor: Actor,
  teamId: string | null,
): Promise<ListedMachineToken[]> {
  const seesAll = await mayAdminister(context, actor, teamId);
  const self = actor.kind === "user" ? actor.id : null;
  const now = context.now();
  const stored = await machineTokens(context.store, teamId);
  return stored.filter(({ userId }) => seesAll || userId === self).map((token) => ({
    id: token.id,
    name: token.name,
    username: token.username,
    team: token.teamSlug,
    state: stateOf(token, now),
    createdAt: isoTime(token.createdAt),
    expiresAt: token.expiresAt === null ? null : isoTime(token.expiresAt),
    lastUsedAt: token.lastUsedAt === null ? null : isoTime(token.lastUsedAt),
  }));
}

/**
 * Ends a token: it is refused from the next request on. Users may end their own, admins those of their team. Ending one
 * that has ended changes nothing.
 *
 * @throws {TrackerError} `token_not_found`, `admin_only`.
 */
export async function revokeMachineToken(
  context: HostContext,
  actor: Actor,
  id: string,
): Promise<{ readonly name: string; readonly username: string }> {
  return await inTransaction(context, async (context) => {
    const { store, now } = context;
    const token = await machineTokenById(store, id.trim());
    if (token === null) throw tokenNotFound(id);
    await requireSelfOrAdmin(context, actor, token.userId, token.teamId);
    if (await revokeStoredMachineToken(store, token.id, now())) {
      await audit(context, {
        actor,
        teamId: token.teamId,
        action: "token.revoke",
        target: token.name,
        details: { id: token.id, user: token.username },
      });
    }
    return { name: token.name, username: token.username };
  });
}

/** The token of a machine that a call is made with. */
export interface MachineIdentity {
  readonly id: string;
  readonly name: string;
  /** The one team it works in, with its user's role there. */
  readonly team: Membership;
  /** Milliseconds since 1970; `null` for never. */
  readonly expiresAt: number | null;
}

/** What a machine token that comes with a call stands for, or the sentence that says why it is refused. */
export type MachineCaller =
  | {
    readonly ok: true;
    readonly machine: MachineIdentity;
    readonly user: User;
    readonly lastUsedAt: number | null;
  }
  | { readonly ok: false; readonly reason: string };

/** A machine token as stored, with its user and team where these are there. */
export interface MachineFacts {
  readonly token: StoredMachineToken;
  readonly user: User | null;
  readonly team: Membership | null;
}

/** Returns what is stored of a machine token, by its hash; `null` when it is no machine token of this host. */
export async function machineFacts(store: HostStore, hash: string): Promise<MachineFacts | null> {
  const token = await machineTokenByHash(store, hash);
  if (token === null) return null;
  const user = await userById(store, token.userId);
  const teams = await teamsOf(store, token.userId);
  return { token, user, team: teams.find((one) => one.id === token.teamId) ?? null };
}

/** Returns whose machine token this is, or why it is refused at a time in milliseconds since 1970. */
export function machineCaller({ token, user, team }: MachineFacts, now: number): MachineCaller {
  const { id, name, expiresAt, lastUsedAt } = token;
  const reason = refusal(token, now);
  if (reason !== null || user === null || team === null) {
    return { ok: false, reason: reason ?? gone(token) };
  }
  return { ok: true, machine: { id, name, team, expiresAt }, user, lastUsedAt };
}

/** Records that a machine token is used, once a minute at most. */
export async function noteMachineUse(
  context: HostContext,
  { id, lastUsedAt }: { readonly id: string; readonly lastUsedAt: number | null },
): Promise<void> {
  await noteUse(
    context,
    lastUsedAt,
    (now, before) => touch(context.store, "machine_tokens", { id, now, before }),
  );
}

function refusal(token: StoredMachineToken, now: number): string | null {
  switch (stateOf(token, now)) {
    case "active":
      return null;
    case "expired":
      return `The machine token "${token.name}" expired on ${day(token.expiresAt ?? now)}`;
    case "revoked":
      return `The machine token "${token.name}" was revoked on ${day(token.revokedAt ?? now)}`;
    case "unusable":
      return gone(token);
  }
}

function gone({ name, teamSlug }: StoredMachineToken): string {
  return `The user of the machine token "${name}" is no longer in the team "${teamSlug}"`;
}

function stateOf(token: StoredMachineToken, now: number): MachineTokenState {
  if (token.revokedAt !== null) return "revoked";
  if (token.expiresAt !== null && token.expiresAt <= now) return "expired";
  return token.hasMember ? "active" : "unusable";
}

function day(ms: number): string {
  return isoTime(ms).slice(0, 10);
}

async function requireSelfOrAdmin(
  context: TransactionContext,
  actor: Actor,
  userId: string,
  teamId: string,
): Promise<void> {
  if (actor.kind === "user" && actor.id === userId) return;
  if (await mayAdminister(context, actor, teamId)) return;
  throw adminOnly();
}

const MAX_NAME_LENGTH = 100;

function checkedName(given: string): string {
  const name = given.trim();
  if (name !== "" && name.length <= MAX_NAME_LENGTH && !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(name)) {
    return name;
  }
  throw new TrackerError({
    code: "invalid_token_name",
    message: `A token needs a name of 1 to ${MAX_NAME_LENGTH} visible characters`,
    nextAction: "Name what the token is for, such as `--name ci`.",
  });
}

function tokenNotFound(id: string): TrackerError {
  return new TrackerError({
    code: "token_not_found",
    message: `No machine token has the id "${id.trim()}"`,
    nextAction: "Run `tracker host token list` to see the tokens.",
  });
}
