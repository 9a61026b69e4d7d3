import type { NormalizedIssue } from "../../contract/issue.ts";
import { OWN_ISSUE } from "../model/own_issue.ts";
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

/** Returns a resource that a connection has brought, and that none brings now; `null` where that is not so. */
export async function detachedPlace(
  store: HostStore,
  resourceId: string,
): Promise<Resource | null> {
  const row = await store.one(
    `SELECT ${RESOURCE_COLUMNS} FROM resources r JOIN installations i ON i.id = r.installation_id
     WHERE r.id = ? AND r.connection_id IS NULL AND r.detached_change IS NOT NULL`,
    resourceId,
  );
  return row === null ? null : readResource(row);
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

/**
 * Returns the issues of a resource that were changed after a change, and those that the host has made itself, the oldest
 * first.
 */
export async function changedSince(
  store: HostStore,
  resourceId: string,
  since: number,
): Promise<ChangedIssue[]> {
  const rows = await store.all(
    `SELECT external_id, json FROM issues
     WHERE resource_id = ? AND (change > ? OR substr(external_id, 1, ${OWN.length}) = '${OWN}')
     ORDER BY first_change, id`,
    resourceId,
    since,
  );
  return rows.map((row) => ({ id: text(row, "external_id"), issue: readIssue(row) }));
}

/** Begins the id of an issue that the host has made itself. */
const OWN = `${OWN_ISSUE}_`;

/** Returns what both sides agreed on of an issue before it was changed; `null` when nobody knows. */
export async function baseOf(
  store: HostStore,
  resourceId: string,
  id: string,
): Promise<NormalizedIssue | null> {
  const row = await store.one(
    "SELECT json FROM detached_bases WHERE resource_id = ? AND external_id = ?",
    resourceId,
    id,
  );
  return row === null ? null : readIssue(row);
}

/** Says that a resource was taken up. */
export async function endDetached(tx: Transaction, resourceId: string): Promise<void> {
  await tx.run("UPDATE resources SET detached_change = NULL WHERE id = ?", resourceId);
  await tx.run("DELETE FROM detached_bases WHERE resource_id = ?", resourceId);
}

/** Returns the issues that name one which the host has made itself: none was changed before that was made. */
export async function issuesNaming(
  store: HostStore,
  resourceId: string,
  id: string,
): Promise<NormalizedIssue[]> {
  const rows = await store.all(
    `SELECT json FROM issues WHERE resource_id = ? AND external_id <> ? AND json LIKE ?
       AND change > (SELECT first_change FROM issues WHERE resource_id = ? AND external_id = ?)
     ORDER BY change`,
    resourceId,
    id,
    `%"${id}"%`,
    resourceId,
    id,
  );
  return rows.map(readIssue);
}

/** Has all that belongs to an issue, or is delivered to it, belong to another one. */
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
    "UPDATE outbox SET external_id = ? WHERE resource_id = ? AND external_id = ?",
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
  await tx.run(
    `UPDATE origin_links SET external_id = ? WHERE external_id = ?
       AND installation_id = (SELECT installation_id FROM resources WHERE id = ?)`,
    by,
    id,
    resourceId,
  );
}
