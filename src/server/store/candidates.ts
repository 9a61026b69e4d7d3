import type { Resource } from "../model/resource.ts";
import { insertRow } from "./insert.ts";
import { integerOrNull, textOrNull } from "./row.ts";
import { readResource, RESOURCE_COLUMNS } from "./resources.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A candidate token to be stored. */
export interface NewCandidate {
  readonly hash: string;
  readonly teamId: string;
  readonly resourceId: string;
  /** The one project it is for; `null` for any. */
  readonly projectUuid: string | null;
  readonly expiresAt: number;
}

/** A candidate token as stored, with the resource it stands for. */
export interface StoredCandidate {
  readonly resource: Resource;
  /** The one project it is for; `null` for any. */
  readonly projectUuid: string | null;
  readonly isUsed: boolean;
}

/** Adds a candidate token. */
export async function insertCandidate(tx: Transaction, candidate: NewCandidate): Promise<void> {
  await insertRow(tx, "candidate_tokens", {
    hash: candidate.hash,
    team_id: candidate.teamId,
    resource_id: candidate.resourceId,
    project_uuid: candidate.projectUuid,
    expires_at: candidate.expiresAt,
  });
}

/** Returns a team's candidate token that has not expired. */
export async function findCandidate(
  store: HostStore,
  hash: string,
  teamId: string,
  now: number,
): Promise<StoredCandidate | null> {
  const row = await store.one(
    `SELECT ${RESOURCE_COLUMNS}, t.project_uuid, t.used_at FROM candidate_tokens t
     JOIN resources r ON r.id = t.resource_id JOIN installations i ON i.id = r.installation_id
     WHERE t.hash = ? AND t.team_id = ? AND t.expires_at > ?`,
    hash,
    teamId,
    now,
  );
  return row === null ? null : {
    resource: readResource(row),
    projectUuid: textOrNull(row, "project_uuid"),
    isUsed: integerOrNull(row, "used_at") !== null,
  };
}

/** Marks a candidate token used; false when it was used before. */
export async function spendCandidate(tx: Transaction, hash: string, now: number): Promise<boolean> {
  return await tx.run(
    "UPDATE candidate_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL",
    now,
    hash,
  ) === 1;
}
