import type { ConnectionStatus } from "../../contract/connection.ts";
import { connectionStatus, removedConnection } from "../model/connection.ts";
import { listConnections, readConnection } from "./connections.ts";
import { detachedPlace } from "./detached.ts";
import { SET_BACK } from "./jobs.ts";
import { integer, integerOrNull, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";
import { NOT_TAKEN } from "./taken_up.ts";

/**
 * Returns how the connection stands that brings a resource, or has brought it; `null` where the issues live in this
 * host.
 */
export async function statusOfResource(
  store: HostStore,
  resourceId: string,
): Promise<ConnectionStatus | null> {
  const row = await store.one(
    `SELECT c.*, i.provider, r.sync_error, r.last_round_at,
       (SELECT COUNT(*) FROM outbox o WHERE o.resource_id = r.id AND o.reported = 0
          AND o.state = 'waiting') AS waiting,
       (SELECT COUNT(*) FROM outbox o WHERE o.connection_id = c.id AND o.resource_id = r.id
          AND ${NOT_TAKEN}) AS not_taken,
       (SELECT MIN(j.error) FROM jobs j WHERE j.kind = 'deliver' AND j.key = c.id AND ${SET_BACK})
         AS delivery_error
     FROM resources r JOIN connections c ON c.id = r.connection_id
       JOIN installations i ON i.id = c.installation_id
     WHERE r.id = ?`,
    resourceId,
  );
  if (row === null) {
    const place = await detachedPlace(store, resourceId);
    return place === null ? null : removedConnection(place);
  }
  return connectionStatus(readConnection(row), {
    error: textOrNull(row, "sync_error"),
    lastReadAt: integerOrNull(row, "last_round_at"),
    waiting: integer(row, "waiting"),
    notTaken: integer(row, "not_taken"),
    deliveryError: textOrNull(row, "delivery_error"),
  });
}

/** Returns how the connections of an installation stand, by name. */
export async function statusOfConnections(
  store: HostStore,
  { id, teamId }: { readonly id: string; readonly teamId: string },
): Promise<ConnectionStatus[]> {
  const all = await listConnections(store, teamId);
  return all.filter(({ installationId }) => installationId === id).map((one) =>
    connectionStatus(one, {
      error: unreadableWords(one),
      lastReadAt: null,
      waiting: one.waiting,
      notTaken: one.notTaken,
      deliveryError: one.deliveryError,
    })
  );
}

/** Says how many places of a connection cannot be read; `null` when all can. */
export function unreadableWords(
  { unreadable, resources }: { readonly unreadable: number; readonly resources: number },
): string | null {
  return unreadable === 0 ? null : `${unreadable} of ${resources} places cannot be read`;
}
