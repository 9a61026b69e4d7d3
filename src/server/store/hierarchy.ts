import { issueRow } from "./issues.ts";
import { integer, text, textOrNull } from "./row.ts";
import type { HostStore } from "./store.ts";

/** An issue's place among parents and children. */
export interface IssueNode {
  readonly id: string;
  readonly parentId: string | null;
}

/** Returns the place of the issue with this id, or else with this key. */
export async function findNode(
  store: HostStore,
  resourceId: string,
  idOrKey: string,
): Promise<IssueNode | null> {
  const row = await issueRow(store, "external_id, parent_id", resourceId, idOrKey);
  return row === null
    ? null
    : { id: text(row, "external_id"), parentId: textOrNull(row, "parent_id") };
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
