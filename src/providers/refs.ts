import type { ExternalRef, IssueLink } from "../contract/issue.ts";

/** Whether two references name the same issue of one provider. */
export function isSameIssue(one: ExternalRef | null, other: ExternalRef | null): boolean {
  return one?.workspace === other?.workspace && one?.id === other?.id;
}

/** Whether a link is among these. */
export function hasLink(links: readonly IssueLink[], { type, ref }: IssueLink): boolean {
  return links.some((link) => link.type === type && isSameIssue(link.ref, ref));
}
