import type { Transaction } from "./store.ts";

/**
 * Keeps an issue as both sides agreed on it, before it is changed for the first time while no connection brings its
 * resource; keeps nothing at any other time.
 */
export async function keepBase(tx: Transaction, resourceId: string, id: string): Promise<void> {
  await tx.run(
    `INSERT INTO detached_bases (resource_id, external_id, json)
     SELECT i.resource_id, i.external_id, i.json FROM issues i JOIN resources r ON r.id = i.resource_id
     WHERE i.resource_id = ? AND i.external_id = ? AND r.connection_id IS NULL
       AND r.detached_change IS NOT NULL AND i.change <= r.detached_change
     ON CONFLICT DO NOTHING`,
    resourceId,
    id,
  );
}
