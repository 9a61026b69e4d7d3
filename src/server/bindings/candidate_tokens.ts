import type { ProjectIdentity } from "../../contract/routing.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import type { HostContext, TransactionContext } from "../context/host_context.ts";
import { hostError } from "../model/host_error.ts";
import type { Resource } from "../model/resource.ts";
import { findCandidate, insertCandidate, spendCandidate } from "../store/candidates.ts";

/** Milliseconds a candidate token can be used for. */
export const CANDIDATE_LIFETIME_MS: number = 10 * 60 * 1000;

/** A candidate token in clear with its hash, not yet stored. */
export interface CandidateToken {
  readonly token: string;
  readonly hash: string;
}

/** Creates `count` tokens. */
export async function makeCandidateTokens(
  { platform }: HostContext,
  count: number,
): Promise<CandidateToken[]> {
  const tokens = Array.from({ length: count }, () => `cand_${randomHex(platform.random, 24)}`);
  return await Promise.all(tokens.map(async (token) => ({ token, hash: await sha256Hex(token) })));
}

/** Stores a token that stands for binding `resource`; for one project only when it was resolved for one. */
export async function storeCandidateToken(
  { store, now }: TransactionContext,
  { token, hash }: CandidateToken,
  teamId: string,
  resource: Resource,
  project: ProjectIdentity | null,
): Promise<string> {
  const candidate = {
    hash,
    teamId,
    resourceId: resource.id,
    projectUuid: project === null ? null : project.uuid,
    expiresAt: now() + CANDIDATE_LIFETIME_MS,
  };
  await insertCandidate(store, candidate);
  return token;
}

/**
 * Returns the resource a candidate token stands for; marks it used, inside the caller's transaction, so that a
 * refused confirm leaves it as it was.
 *
 * @throws {HostError} `invalid_candidate_token` when it is unknown, used, expired, or made for another
 * team, provider or project.
 */
export async function spendCandidateToken(
  { store, now }: TransactionContext,
  hash: string,
  teamId: string,
  provider: string,
  project: ProjectIdentity,
): Promise<Resource> {
  const found = await findCandidate(store, hash, teamId, now());
  const fits = found !== null && !found.isUsed && found.resource.provider === provider &&
    (found.projectUuid === null || found.projectUuid === project.uuid);
  if (fits && await spendCandidate(store, hash, now())) return found.resource;
  throw hostError(
    "invalid_candidate_token",
    "The candidate token is unknown, used or expired. Resolve the binding again.",
    provider,
  );
}
