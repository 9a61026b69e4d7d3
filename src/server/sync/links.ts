import type { IssueLink } from "../../contract/issue.ts";
import type { PushPatch } from "../../contract/push.ts";
import type { Resource } from "../model/resource.ts";
import type { Transaction } from "../store/store.ts";
import { refOfName } from "./named_issue.ts";
import type { LookupBudget } from "./parents.ts";

/** The links of a patch. */
export type PatchedLinks = Pick<PushPatch, "links_add" | "links_remove">;

/** Links that one item may change. */
export const MAX_LINKS = 1_000;

/**
 * Gives each link of a patch the reference that its issue is stored under. An issue that is not of this resource keeps
 * the reference that it came with. `many` when there are more than {@link MAX_LINKS}; `unknown` when the budget does
 * not suffice.
 */
export async function resolveLinks(
  tx: Transaction,
  resource: Resource,
  { links_add, links_remove }: PatchedLinks,
  budget: LookupBudget,
): Promise<PatchedLinks | "many" | "unknown"> {
  const count = (links_add?.length ?? 0) + (links_remove?.length ?? 0);
  if (count > MAX_LINKS) return "many";
  if (count > budget.left) return "unknown";
  budget.left -= count;
  return {
    ...(links_add === undefined ? {} : { links_add: await resolved(tx, resource, links_add) }),
    ...(links_remove === undefined
      ? {}
      : { links_remove: await resolved(tx, resource, links_remove) }),
  };
}

async function resolved(
  tx: Transaction,
  resource: Resource,
  links: readonly IssueLink[],
): Promise<IssueLink[]> {
  const found: IssueLink[] = [];
  for (const { type, ref } of links) {
    const isHere = ref.system === resource.provider && ref.workspace === resource.workspace;
    found.push({ type, ref: (isHere ? await refOfName(tx, resource, ref.id) : null) ?? ref });
  }
  return found;
}
