import type { IssueLink, LinkType } from "../../contract/issue.ts";
import { EACH_WRITE } from "../refs.ts";
import type { ProviderError } from "../remote.ts";
import { hasCode, rejected } from "./faults.ts";
import { jiraLinks } from "./issues.ts";
import { sidesOf } from "./link_words.ts";
import type { JiraIssue, JiraLinkType } from "./schemas.ts";
import type { Work } from "./work.ts";

/** A link that is to be made, with the name of its kind at the site. */
export interface NewLink {
  readonly link: IssueLink;
  readonly kind: string;
  /** Whether it begins at the other issue. */
  readonly isInverse: boolean;
}

function noKind(type: LinkType, kinds: readonly JiraLinkType[]): ProviderError {
  const names = kinds.map(({ name }) => `"${name}"`).join(", ");
  const why = names === "" ? ": links are turned off there" : `, only ${names}`;
  return rejected("link_unsupported", `Jira has no kind of link for "${type}" at this site${why}`);
}

function noOther({ ref }: IssueLink): ProviderError {
  return rejected("link_unknown", `Jira has no issue "${ref.key ?? ref.id}" to link`);
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
    const outward = kinds.find((one) => sidesOf(one).outward === type);
    const kind = outward ?? kinds.find((one) => sidesOf(one).inward === type);
    if (kind === undefined) throw noKind(type, kinds);
    if (await calls.issues.issue(ref.id) === null) throw noOther(link);
    found.push({ link, kind: kind.name, isInverse: kind !== outward });
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
  for (const { link, kind, isInverse } of links) {
    const [from, to] = isInverse ? [link.ref.id, id] : [id, link.ref.id];
    await add(async () => {
      try {
        await calls.issues.link(kind, from, to);
      } catch (error) {
        throw hasCode(error, "http_404") ? await whyUnlinked(calls, id, link) ?? error : error;
      }
    });
  }
}

/** Says which of two issues is gone that were there before they were linked; `null` when both are there. */
async function whyUnlinked(
  { issues }: Work["calls"],
  id: string,
  link: IssueLink,
): Promise<ProviderError | null> {
  if (await issues.issue(link.ref.id) === null) return noOther(link);
  return await issues.issue(id) === null
    ? rejected("issue_not_found", "The issue is gone from Jira")
    : null;
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
