import { issueRow } from "./issues.ts";
import { integer, text } from "./row.ts";
import type { HostStore } from "./store.ts";

/** Some relatives of an issue: at most as many as were asked for. */
export interface Relatives {
  readonly ids: readonly string[];
  /** Whether there are no others. */
  readonly isAll: boolean;
}

/**
 * Returns the ids above an issue, nearest first, with one query. A chain that leads back into itself ends there.
 *
 * @param most How many at most.
 */
export async function ancestorsOf(
  store: HostStore,
  resourceId: string,
  id: string,
  most: number,
): Promise<Relatives> {
  // A subquery for each step goes by the index, whatever a planner thinks of the size of a join.
  const rows = await store.all(
    `WITH RECURSIVE above(id, depth) AS (
       SELECT parent_id, 1 FROM issues WHERE resource_id = ? AND external_id = ?
       UNION ALL
       SELECT (SELECT i.parent_id FROM issues i WHERE i.resource_id = ? AND i.external_id = above.id),
         depth + 1 FROM above WHERE above.id IS NOT NULL AND depth <= ?)
     SELECT id FROM above WHERE id IS NOT NULL ORDER BY depth`,
    resourceId,
    id,
    resourceId,
    most,
  );
  const all = rows.map((row) => text(row, "id"));
  const ids = [...new Set(all)].filter((one) => one !== id);
  const isLoop = ids.length < all.length;
  return { ids: ids.slice(0, most), isAll: isLoop || all.length <= most };
}

/** Returns the ids below an issue, level by level, with one query. */
export async function descendantsOf(
  store: HostStore,
  resourceId: string,
  id: string,
  most: number,
): Promise<Relatives> {
  const rows = await store.all(
    `WITH RECURSIVE below(id) AS (
       SELECT external_id FROM issues WHERE resource_id = ? AND parent_id = ?
       UNION
       SELECT i.external_id FROM below JOIN issues i ON i.resource_id = ? AND i.parent_id = below.id)
     SELECT id FROM below LIMIT ?`,
    resourceId,
    id,
    resourceId,
    most + 1,
  );
  const ids = rows.map((row) => text(row, "id"));
  return { ids: ids.slice(0, most), isAll: ids.length <= most };
}

/** Returns the id of the issue with this id, or else with this key; `null` when there is none. */
export async function issueId(
  store: HostStore,
  resourceId: string,
  idOrKey: string,
): Promise<string | null> {
  const row = await issueRow(store, "external_id", resourceId, idOrKey);
  return row === null ? null : text(row, "external_id");
}

/** A child of an issue. */
export interface ChildIssue {
  readonly id: string;
  /** The next children are read after it. */
  readonly place: number;
}

/** Returns some children of an issue: `limit` at most, after `place`. */
export async function childrenOf(
  store: HostStore,
  resourceId: string,
  parentId: string,
  { place, limit }: { readonly place: number; readonly limit: number },
): Promise<ChildIssue[]> {
  const rows = await store.all(
    `SELECT id, external_id FROM issues
     WHERE resource_id = ? AND parent_id = ? AND id > ? ORDER BY id LIMIT ?`,
    resourceId,
    parentId,
    place,
    limit,
  );
  return rows.map((row) => ({ id: text(row, "external_id"), place: integer(row, "id") }));
}
