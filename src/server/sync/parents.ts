import { childrenOf, findNode } from "../store/hierarchy.ts";
import type { HostStore } from "../store/store.ts";

/** Lookups that may still be made before others get their turn. Counted down. */
export interface LookupBudget {
  left: number;
}

/** Whether an issue may get a parent; `unknown` when the budget was used up before that was clear. */
export type ParentVerdict = "fits" | "cycle" | "unknown";

/**
 * Tells whether `parent` can become the parent of the stored issue `self`: it is not that issue, and not below
 * it. Walks up from the parent and down from the issue in turn, and knows as soon as one of the two ends, so
 * that building a chain costs the same for each of its issues, in whatever order they come.
 */
export async function judgeParent(
  store: HostStore,
  resourceId: string,
  self: string,
  parent: string,
  budget: LookupBudget,
): Promise<ParentVerdict> {
  if (self === parent) return "cycle";
  const above = ancestors(store, resourceId, parent);
  const below = descendants(store, resourceId, self);
  for (;;) {
    if (budget.left <= 0) return "unknown";
    budget.left -= 2;
    const upper = await above.next();
    if (upper.done === true) return "fits";
    if (upper.value === self) return "cycle";
    const lower = await below.next();
    if (lower.done === true) return "fits";
    if (lower.value === parent) return "cycle";
  }
}

/** Returns the ids above an issue, nearest first. */
async function* ancestors(
  store: HostStore,
  resourceId: string,
  id: string,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (let next: string | null = id; next !== null;) {
    const node = await findNode(store, resourceId, next);
    if (node === null || seen.has(node.id)) return;
    seen.add(node.id);
    if (node.id !== id) yield node.id;
    next = node.parentId;
  }
}

/** Children read at a time: an issue may have any number of them. */
const CHILDREN_AT_ONCE = 20;

/** Returns the ids below an issue, level by level. */
async function* descendants(
  store: HostStore,
  resourceId: string,
  top: string,
): AsyncGenerator<string> {
  const seen = new Set([top]);
  for (const parent of seen) {
    for (let place = 0;;) {
      const page = { place, limit: CHILDREN_AT_ONCE };
      const children = await childrenOf(store, resourceId, parent, page);
      for (const child of children) {
        place = child.place;
        if (seen.has(child.id)) continue;
        seen.add(child.id);
        yield child.id;
      }
      if (children.length < CHILDREN_AT_ONCE) break;
    }
  }
}
