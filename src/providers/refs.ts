import type { ExternalRef, IssueLink } from "../contract/issue.ts";
import type { IssueChange } from "./provider.ts";

/** Whether two references name the same issue of one provider. */
export function isSameIssue(one: ExternalRef | null, other: ExternalRef | null): boolean {
  return one?.workspace === other?.workspace && one?.id === other?.id;
}

/** Whether a link is among these. */
export function hasLink(links: readonly IssueLink[], { type, ref }: IssueLink): boolean {
  return links.some((link) => link.type === type && isSameIssue(link.ref, ref));
}

/** Returns the links that are not among these, whatever workspace their references name. */
export function newLinks(
  there: readonly IssueLink[],
  wanted: readonly IssueLink[],
): readonly IssueLink[] {
  const nameOf = ({ type, ref }: IssueLink) => `${type} ${ref.id}`;
  const names = new Set(there.map(nameOf));
  return wanted.filter((link) => !names.has(nameOf(link)));
}

/** An issue's place among others. */
export interface Relations {
  readonly parent: ExternalRef | null;
  readonly links: readonly IssueLink[];
}

/** Returns the issues that a change makes the parent of an issue, or links it to: those have to be there. */
export function newlyRelated(
  { parent, links }: Relations,
  { parent_ref, links_add = [] }: IssueChange,
): readonly ExternalRef[] {
  const isNewParent = parent_ref != null && !isSameIssue(parent_ref, parent);
  const linked = links_add.filter((link) => !hasLink(links, link)).map(({ ref }) => ref);
  return isNewParent ? [parent_ref, ...linked] : linked;
}

/** Returns the links that a change takes away from an issue, and those that it adds, as far as there is a difference. */
export function changedLinks(
  { links }: Pick<Relations, "links">,
  { links_add = [], links_remove = [] }: IssueChange,
): { readonly removed: readonly IssueLink[]; readonly added: readonly IssueLink[] } {
  return {
    removed: links_remove.filter((link) => hasLink(links, link)),
    added: links_add.filter((link) => !hasLink(links, link)),
  };
}

/** Does one of several writes. */
export type OneWrite = (write: () => Promise<void>) => Promise<void>;

/** Does each of several writes as it is; the first that fails is the last. */
export const EACH_WRITE: OneWrite = (write) => write();
