import { ancestorsOf, descendantsOf, issueId, type Relatives } from "../store/hierarchy.ts";
import type { HostStore } from "../store/store.ts";

/** Lookups that may still be made before others get their turn. Counted down. */
export interface LookupBudget {
  left: number;
}

/** Whether an issue may get a parent; `unknown` when the budget was used up before that was clear. */
export type ParentVerdict = "fits" | "cycle" | "unknown";

/** Issues that are looked up at first, above and below. */
const FIRST_REACH = 16;
/** How many times farther the next look goes. */
const FARTHER = 8;

/**
 * Tells whether `parent` can become the parent of the stored issue `self`: it is not that issue, and not below
 * it. Looks up from the parent and down from the issue, farther each time, and knows as soon as one of the two ends,
 * so that building a chain costs the same for each of its issues, in whatever order they come.
 */
export async function judgeParent(
  store: HostStore,
  resourceId: string,
  self: string,
  parent: string,
  budget: LookupBudget,
): Promise<ParentVerdict> {
  if (self === parent) return "cycle";
  for (let reach = FIRST_REACH;; reach *= FARTHER) {
    const above = await looked(budget, reach, (most) => aboveOf(store, resourceId, parent, most));
    if (above === null) return "unknown";
    if (above.ids.includes(self)) return "cycle";
    if (above.isAll) return "fits";
    const below = await looked(budget, reach, (m) => descendantsOf(store, resourceId, self, m));
    if (below === null) return "unknown";
    if (below.ids.includes(parent)) return "cycle";
    if (below.isAll) return "fits";
  }
}

/** Looks within the budget; `null` once it is used up. */
async function looked(
  budget: LookupBudget,
  reach: number,
  look: (most: number) => Promise<Relatives>,
): Promise<Relatives | null> {
  if (budget.left <= 0) return null;
  const found = await look(Math.min(reach, budget.left));
  budget.left -= found.ids.length + 1;
  return found;
}

/** Returns what is above an issue. An import may have named a parent by its key: then the issue with it comes next. */
async function aboveOf(
  store: HostStore,
  resourceId: string,
  id: string,
  most: number,
): Promise<Relatives> {
  if (most <= 0) return { ids: [], isAll: false };
  const found = await ancestorsOf(store, resourceId, id, most);
  const last = found.ids.at(-1);
  if (!found.isAll || last === undefined) return found;
  const named = await issueId(store, resourceId, last);
  if (named === null || named === last || named === id || found.ids.includes(named)) return found;
  const rest = await aboveOf(store, resourceId, named, most - found.ids.length - 1);
  return { ids: [...found.ids, named, ...rest.ids], isAll: rest.isAll };
}
