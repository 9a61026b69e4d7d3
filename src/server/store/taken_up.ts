import type { HostStore, Transaction } from "./store.ts";

/** Selects what was made while no connection brought its resource, and that its provider has not taken. */
export const NOT_TAKEN = "taken_up = 1 AND state = 'failed'";

/**
 * Selects what was made while no connection brought its resource, and has failed for a reason that may be gone by now:
 * the provider did not take it. It does not count a field that both
 * sides have changed, which a person decides on, or what belongs to an issue that is gone.
 */
export const MAY_BE_TAKEN =
  `${NOT_TAKEN} AND COALESCE(error, '') NOT LIKE '%"code":"version_conflict"%'
     AND COALESCE(error, '') NOT LIKE '%"code":"issue_not_found"%'`;

const WAITING_AGAIN =
  "state = 'waiting', attempt = 1, result = NULL, error = NULL, ended_at = NULL";

/** Has what of a connection was made while none brought its resource, and was not taken, wait once more. */
export async function reopenTakenUp(tx: Transaction, connectionId: string): Promise<void> {
  await tx.run(
    `UPDATE outbox SET ${WAITING_AGAIN} WHERE connection_id = ? AND ${MAY_BE_TAKEN}`,
    connectionId,
  );
}

/** Has a connection deliver what another one, which is gone, was to deliver of what was made without any. */
export async function adoptTakenUp(
  tx: Transaction,
  resourceId: string,
  connectionId: string,
): Promise<void> {
  await tx.run(
    `UPDATE outbox SET connection_id = ? WHERE resource_id = ? AND ${NOT_TAKEN}`,
    connectionId,
    resourceId,
  );
  await reopenTakenUp(tx, connectionId);
}

/** Returns whether something of an issue that was made without a connection waits. */
export async function isAwaited(
  store: HostStore,
  resourceId: string,
  externalId: string,
): Promise<boolean> {
  return await store.one(
    `SELECT 1 FROM outbox WHERE resource_id = ? AND external_id = ? AND state = 'waiting'
       AND taken_up = 1 LIMIT 1`,
    resourceId,
    externalId,
  ) !== null;
}
