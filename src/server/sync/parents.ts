import type { ExternalRef } from "../../contract/issue.ts";
import type { HostData } from "../store/host_data.ts";
import { fold, readRef } from "../store/issues.ts";
import { integer, type Row, text, textOrNull } from "../store/row.ts";

/** Lookups that may still be made before others get their turn. Counted down. */
export interface LookupBudget {
  left: number;
}

/** Whether an issue may get a parent; `unknown` when the budget was used up before that was clear. */
export type ParentVerdict = "fits" | "cycle" | "unknown";

/**
 * Tells whether `parent` can become the parent of the stored issue `self`: it is neither that issue nor below
 * it. Walks up from the parent and down from the issue in turn, and knows as soon as one of the two ends, so
 * that building a chain costs the same for each of its issues, in whatever order they come.
 */
export function judgeParent(
  data: HostData,
  resourceId: string,
  self: string,
  parent: string,
  budget: LookupBudget,
): ParentVerdict {
  if (self === parent) return "cycle";
  const above = ancestors(data, resourceId, parent);
  const below = descendants(data, resourceId, self);
  for (;;) {
    if (budget.left <= 0) return "unknown";
    budget.left -= 2;
    const upper = above.next();
    if (upper.done === true) return "fits";
    if (upper.value === self) return "cycle";
    const lower = below.next();
    if (lower.done === true) return "fits";
    if (lower.value === parent) return "cycle";
  }
}

/** The reference of the issue with this id, or else with this key. */
export function findRef(data: HostData, resourceId: string, idOrKey: string): ExternalRef | null {
  const row = rowOf(data, "json_extract(json, '$.ref') AS ref", resourceId, idOrKey);
  return row === null ? null : readRef(row);
}

function rowOf(data: HostData, columns: string, resourceId: string, idOrKey: string): Row | null {
  const from = `SELECT ${columns} FROM issues WHERE resource_id = ?`;
  return data.one(`${from} AND external_id = ?`, resourceId, idOrKey) ??
    data.one(`${from} AND key_folded = ? LIMIT 1`, resourceId, fold(idOrKey));
}

/** The ids above an issue, nearest first. */
function* ancestors(data: HostData, resourceId: string, id: string): Generator<string> {
  const seen = new Set<string>();
  for (let next: string | null = id; next !== null;) {
    const row = rowOf(data, "external_id, parent_id", resourceId, next);
    if (row === null) return;
    const found = text(row, "external_id");
    if (seen.has(found)) return;
    seen.add(found);
    if (found !== id) yield found;
    next = textOrNull(row, "parent_id");
  }
}

/** Children are read a few at a time: an issue may have any number of them. */
const CHILDREN_AT_ONCE = 20;

/** The ids below an issue, level by level. */
function* descendants(data: HostData, resourceId: string, top: string): Generator<string> {
  const seen = new Set([top]);
  for (const parent of seen) {
    for (let after = 0;;) {
      const rows: Row[] = data.all(
        `SELECT id, external_id FROM issues
         WHERE resource_id = ? AND parent_id = ? AND id > ? ORDER BY id LIMIT ?`,
        resourceId,
        parent,
        after,
        CHILDREN_AT_ONCE,
      );
      for (const row of rows) {
        const id = text(row, "external_id");
        after = integer(row, "id");
        if (seen.has(id)) continue;
        seen.add(id);
        yield id;
      }
      if (rows.length < CHILDREN_AT_ONCE) break;
    }
  }
}
