import type { ProjectIdentity } from "../../contract/routing.ts";
import { randomHex, sha256Hex } from "../../platform/random.ts";
import type { HostData } from "../store/host_data.ts";
import { refuse } from "../http/http_error.ts";
import { readResource, type Resource, RESOURCE_COLUMNS } from "../store/resources.ts";
import { integerOrNull, text, textOrNull } from "../store/row.ts";

/** Milliseconds a candidate token can be used for. */
export const CANDIDATE_LIFETIME_MS: number = 10 * 60 * 1000;

/** A candidate token in clear with its hash, not yet stored. */
export interface CandidateToken {
  readonly token: string;
  readonly hash: string;
}

/** Makes `count` tokens; hashing them is the only part that waits. */
export async function makeCandidateTokens(
  data: HostData,
  count: number,
): Promise<CandidateToken[]> {
  const tokens = Array.from(
    { length: count },
    () => `cand_${randomHex(data.platform.random, 24)}`,
  );
  return await Promise.all(tokens.map(async (token) => ({ token, hash: await sha256Hex(token) })));
}

/** Stores a token that stands for binding `resource`; for one project only when it was resolved for one. */
export function storeCandidateToken(
  data: HostData,
  token: CandidateToken,
  teamId: string,
  resource: Resource,
  project: ProjectIdentity | null,
): string {
  data.run("DELETE FROM candidate_tokens WHERE expires_at <= ?", data.now());
  data.run(
    `INSERT INTO candidate_tokens (hash, team_id, resource_id, project_uuid, expires_at)
     VALUES (?, ?, ?, ?, ?)`,
    token.hash,
    teamId,
    resource.id,
    project === null ? null : project.uuid,
    data.now() + CANDIDATE_LIFETIME_MS,
  );
  return token.token;
}

/**
 * The resource a candidate token stands for; marks it used, inside the caller's transaction, so that a
 * refused confirm leaves it as it was.
 *
 * @throws {Refusal} `invalid_candidate_token` when it is unknown, used, expired, or made for another
 * team, provider or project.
 */
export function spendCandidateToken(
  data: HostData,
  hash: string,
  teamId: string,
  provider: string,
  project: ProjectIdentity,
): Resource {
  const row = data.one(
    `SELECT ${RESOURCE_COLUMNS}, t.project_uuid, t.used_at FROM candidate_tokens t
     JOIN resources r ON r.id = t.resource_id JOIN installations i ON i.id = r.installation_id
     WHERE t.hash = ? AND t.team_id = ? AND t.expires_at > ?`,
    hash,
    teamId,
    data.now(),
  );
  const madeFor = row === null ? null : textOrNull(row, "project_uuid");
  if (
    row === null || integerOrNull(row, "used_at") !== null || text(row, "provider") !== provider ||
    (madeFor !== null && madeFor !== project.uuid)
  ) {
    throw refuse(
      "invalid_candidate_token",
      "The candidate token is unknown, used or expired. Resolve the binding again.",
      provider,
    );
  }
  data.run("UPDATE candidate_tokens SET used_at = ? WHERE hash = ?", data.now(), hash);
  return readResource(row);
}
