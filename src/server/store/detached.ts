import type { NormalizedIssue } from "../../contract/issue.ts";
import type { Resource } from "../model/resource.ts";
import { readIssue } from "./issues.ts";
import { readResource, RESOURCE_COLUMNS } from "./resources.ts";
import { integer, text } from "./row.ts";
import type { HostStore, Transaction } from "./store.ts";

/** A resource that a connection brings again, and in which things were changed while none did. */
export interface DetachedResource {
  readonly resource: Resource;
  /** The last change before its connection was removed. */
  readonly since: number;
}

/** Takes note that the resources of a connection are brought by none from now on. */
export async function markDetached(tx: Transaction, connectionId: string): Promise<void> {
  await tx.run(
    `UPDATE resources SET detached_change = COALESCE(detached_change, last_change)
     WHERE connection_id = ?`,
    connectionId,
  );
}

/** Returns the resources of a connection that are to be taken up. */
export async function detachedResources(
  store: HostStore,
  connectionId: string,
): Promise<DetachedResource[]> {
  const rows = await store.all(
    `SELECT ${RESOURCE_COLUMNS}, r.detached_change FROM resources r
       JOIN installations i ON i.id = r.installation_id
     WHERE r.connection_id = ? AND r.detached_change IS NOT NULL ORDER BY r.id`,
    connectionId,
  );
  return rows.map((row) => ({
    resource: readResource(row),
    since: integer(row, "detached_change"),
  }));
}

/** An issue that was made or changed while no connection brought it. */
export interface ChangedIssue {
  readonly id: string;
  readonly issue: NormalizedIssue;
}

/** Returns the issues of a resource that were made or changed after a change, the oldest first. */
export async function changedSince(
  store: HostStore,
  resourceId: string,
  since: number,
): Promise<ChangedIssue[]> {
  const rows = await store.all(
    `SELECT external_id, json FROM issues WHERE resource_id = ? AND change > ?
     ORDER BY first_change, id`,
    resourceId,
    since,
  );
  return rows.map((row) => ({ id: text(row, "external_id"), issue: readIssue(row) }));
}

/** Says that a resource was taken up. */
export async function endDetached(tx: Transaction, resourceId: string): Promise<void> {
  await tx.run("UPDATE resources SET detached_change = NULL WHERE id = ?", resourceId);
}

/** Has all that belongs to an issue, or names it, belong to another one, and its id name that. */
export async function replaceIssue(
  tx: Transaction,
  { resourceId, id, by, at }: {
    readonly resourceId: string;
    readonly id: string;
    readonly by: string;
    /** Milliseconds since 1970. */
    readonly at: number;
  },
): Promise<void> {
  await tx.run(
    "UPDATE comments SET external_id = ? WHERE resource_id = ? AND external_id = ?",
    by,
    resourceId,
    id,
  );
  await tx.run(
    `UPDATE package_mappings SET external_id = ?, updated_at = ?
     WHERE resource_id = ? AND external_id = ?`,
    by,
    at,
    resourceId,
    id,
  );
}
