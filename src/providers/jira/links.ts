import type { IssueLink, LinkType } from "../../contract/issue.ts";
import { EACH_WRITE } from "../refs.ts";
import { rejected } from "./faults.ts";
import { jiraLinks, outwardType } from "./issues.ts";
import type { JiraIssue } from "./schemas.ts";
import type { Work } from "./work.ts";

/** How each kind of link is written: what it is seen from the issue that it begins at, and which end that is. */
const ENDS: Readonly<
  Record<LinkType, { readonly outward: LinkType; readonly isInverse: boolean }>
> = {
  blocks: { outward: "blocks", isInverse: false },
  blocked_by: { outward: "blocks", isInverse: true },
  relates_to: { outward: "relates_to", isInverse: false },
  duplicates: { outward: "duplicates", isInverse: false },
};

/** A link that is to be made, with the name of its kind at the site. */
export interface NewLink {
  readonly link: IssueLink;
  readonly kind: string;
}

/**
 * Finds out how links are called at the site, and whether the issues that they are to lead to are there.
 *
 * @throws {ProviderError} `rejected` when a kind or an issue is not.
 */
export async function linksToMake(
  { session, calls }: Work,
  links: readonly IssueLink[],
): Promise<readonly NewLink[]> {
  if (links.length === 0) return [];
  const kinds = await session.linkTypes(calls);
  const found: NewLink[] = [];
  for (const link of links) {
    const { type, ref } = link;
    const kind = kinds.find((one) => outwardType(one) === ENDS[type].outward);
    if (kind === undefined) {
      throw rejected("link_unsupported", `Jira has no kind of link for "${type}" at this site`);
    }
    if (await calls.issues.issue(ref.id) === null) {
      throw rejected("link_unknown", `Jira has no issue "${ref.key ?? ref.id}" to link`);
    }
    found.push({ link, kind: kind.name });
  }
  return found;
}

/** Links an issue; `add` does each of its writes. */
export async function addLinks(
  { calls }: Work,
  id: string,
  links: readonly NewLink[],
  add = EACH_WRITE,
): Promise<void> {
  for (const { link, kind } of links) {
    const [from, to] = ENDS[link.type].isInverse ? [link.ref.id, id] : [id, link.ref.id];
    await add(() => calls.issues.link(kind, from, to));
  }
}

/** Takes links away from an issue, from whichever side they were made. */
export async function removeLinks(
  { calls }: Work,
  raw: JiraIssue,
  links: readonly IssueLink[],
): Promise<void> {
  const there = jiraLinks(raw);
  for (const { type, ref } of links) {
    for (const link of there) {
      if (link.type === type && link.other.id === ref.id) await calls.issues.unlink(link.id);
    }
  }
}
