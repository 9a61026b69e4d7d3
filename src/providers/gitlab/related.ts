import type { ExternalRef, IssueLink, LinkType } from "../../contract/issue.ts";
import type { Relations } from "../refs.ts";
import type { RemotePlace } from "../remote.ts";
import type { LinkWord } from "./calls.ts";
import type { GraphRelations } from "./graph.ts";
import { refAnywhere } from "./issues.ts";
import type { GitLabIssue, GitLabLinked, RelatedItem } from "./schemas.ts";
import type { GitLabCalls } from "./session.ts";

/** Issues that are asked about at once: a page of a list, and what GitLab gives of a list at most. */
const AT_ONCE = 100;

/** GitLab's word for each link. */
export const LINK_WORDS: Readonly<Partial<Record<LinkType, LinkWord>>> = {
  relates_to: "relates_to",
  blocks: "blocks",
  blocked_by: "is_blocked_by",
};

/** What is asked at GitLab, and about which project. */
export interface Asking {
  readonly calls: GitLabCalls;
  readonly place: RemotePlace;
  readonly project: string;
}

/** Returns the parents and links of issues of one project, by their numbers. */
export async function relationsOf(
  asking: Asking,
  issues: readonly GitLabIssue[],
): Promise<ReadonlyMap<number, Relations>> {
  const found = new Map<number, Relations>();
  for (let from = 0; from < issues.length; from += AT_ONCE) {
    const some = issues.slice(from, from + AT_ONCE);
    const nodes = await nodesOf(asking, some);
    const byNumber = new Map((nodes ?? []).map((node) => [Number(node.iid), node]));
    for (const { iid } of some) {
      const node = byNumber.get(iid);
      const told = node === undefined ? null : relationsIn(asking.place, node);
      const links = asking.calls.graph.knowledge === "parentsAndLinks"
        ? told?.links ?? []
        : await linksOf(asking, iid);
      found.set(iid, { parent: told?.parent ?? null, links: links.toSorted(byName) });
    }
  }
  return found;
}

async function nodesOf(
  { calls, place }: Asking,
  issues: readonly GitLabIssue[],
): Promise<readonly GraphRelations[] | null> {
  const full = issues[0]?.references?.full ?? `${place.key}#`;
  const path = full.slice(0, full.lastIndexOf("#"));
  return await calls.graph.relations(path, issues.map(({ iid }) => String(iid)));
}

function relationsIn(place: RemotePlace, { parents, links }: GraphRelations): Relations {
  let parent: ExternalRef | null = null;
  for (const item of parents) parent ??= refOfItem(place, item);
  return {
    parent,
    links: links.flatMap(({ linkType, workItem }) => {
      const type = linkIn(linkType);
      const ref = refOfItem(place, workItem);
      return type === null || ref === null ? [] : [{ type, ref }];
    }),
  };
}

/** What belongs to a group, such as an epic, is no issue of a project. */
function refOfItem(place: RemotePlace, item: RelatedItem | null | undefined): ExternalRef | null {
  if (item?.project == null) return null;
  const { iid, webUrl, project } = item;
  return refAnywhere(place, {
    projectId: project.id.slice(project.id.lastIndexOf("/") + 1),
    path: project.fullPath,
    iid: Number(iid),
    url: webUrl ?? "",
  });
}

async function linksOf({ calls, place, project }: Asking, iid: number): Promise<IssueLink[]> {
  return (await calls.issues.links(project, String(iid))).flatMap((linked) => {
    const type = linkIn(linked.link_type);
    return type === null ? [] : [{ type, ref: refOfLinked(place, linked) }];
  });
}

/** Returns the name of an issue in a list of links. */
export function refOfLinked(place: RemotePlace, linked: GitLabLinked): ExternalRef {
  const { iid, project_id, web_url, references } = linked;
  const full = references?.full ?? "";
  return refAnywhere(place, {
    projectId: String(project_id),
    path: full.slice(0, Math.max(0, full.lastIndexOf("#"))),
    iid,
    url: web_url,
  });
}

/** Returns the kind of link that GitLab calls so; `null` for one that is none here. */
export function linkIn(word: string): LinkType | null {
  const folded = word.toLowerCase();
  if (folded === "is_blocked_by" || folded === "blocked_by") return "blocked_by";
  if (folded === "relates_to" || folded === "related") return "relates_to";
  return folded === "blocks" ? "blocks" : null;
}

/** GitLab lists links in one order by REST, and in another one by GraphQL. */
function byName(one: IssueLink, other: IssueLink): number {
  const name = ({ type, ref }: IssueLink) => `${type} ${ref.workspace} ${ref.id.padStart(16, "0")}`;
  return name(one) < name(other) ? -1 : 1;
}
