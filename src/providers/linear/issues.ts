import type { ExternalRef, IssueLink, LinkType, NormalizedIssue } from "../../contract/issue.ts";
import { linkName } from "../../contract/patch.ts";
import type { NewPlace } from "../provider.ts";
import type { LinearIssue, LinearTeam, NamedIssue } from "./schemas.ts";
import { priorityIn, statusIn, type StatusWords, typeIn } from "./words.ts";

/** Returns a team as a place that issues live in. */
export function placeFrom({ id, key, name, organization }: LinearTeam): NewPlace {
  const url = `https://linear.app/${encodeURIComponent(organization.urlKey)}/team/${
    encodeURIComponent(key)
  }`;
  return {
    externalId: id,
    workspace: id,
    key,
    name,
    label: `${organization.urlKey}/${key}`,
    url,
    workflow: "open",
    context: { workspace_name: organization.name, team_key: key, team_name: name },
  };
}

/** Returns the name of an issue, which keeps its id in every team and state. */
export function refOf({ id, identifier, url, team }: NamedIssue): ExternalRef {
  return { system: "linear", workspace: team.id, id, key: identifier, url: lastingUrl(url) };
}

/** The title at the end of an address changes with the title, and Linear does not need it. */
function lastingUrl(url: string): string {
  return /^https?:\/\/[^/]+\/[^/]+\/issue\/[^/?#]+/.exec(url)?.[0] ?? url;
}

/** Returns an issue in the words of all providers. */
export function issueFrom(issue: LinearIssue, words: StatusWords): NormalizedIssue {
  const { state, assignee, cycle, project, projectMilestone, creator } = issue;
  const onIssue = issue.labels.nodes.map(({ id, name }) => ({ id, name })).sort(byName);
  const labels = [...new Set(onIssue.map(({ name }) => name))];
  return {
    ref: refOf(issue),
    title: issue.title,
    body: issue.description == null || issue.description === "" ? null : issue.description,
    status: statusIn(state, words),
    issue_type: typeIn(labels),
    priority: priorityIn(issue.priority),
    assignees: assignee == null ? [] : [assignee.displayName],
    labels,
    parent_ref: issue.parent == null ? null : refOf(issue.parent),
    links: linksOf(issue),
    custom_fields: {},
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    provider_metadata: {
      state: { id: state.id, name: state.name, type: state.type },
      status_name: state.name,
      previous_identifiers: [...issue.previousIdentifiers],
      assignee: assignee == null ? null : { id: assignee.id, email: assignee.email ?? null },
      creator: creator?.displayName ?? null,
      estimate: issue.estimate ?? null,
      cycle: cycle?.number ?? null,
      project: project?.name ?? null,
      milestone: projectMilestone?.name ?? null,
      due_date: issue.dueDate ?? null,
      archived_at: issue.archivedAt ?? null,
      label_ids: onIssue,
    },
  };
}

/** What a relation is, seen from the issue that it begins at. */
const LINK_TYPES: Readonly<Record<string, LinkType>> = {
  blocks: "blocks",
  related: "relates_to",
  duplicate: "duplicates",
};

/** What a relation is, seen from the issue that it leads to. That an issue has a duplicate is said there only. */
const INVERSE_LINK_TYPES: Readonly<Record<string, LinkType>> = {
  blocks: "blocked_by",
  related: "relates_to",
};

function linksOf({ relations, inverseRelations }: LinearIssue): readonly IssueLink[] {
  const found = new Map<string, IssueLink>();
  const add = (type: LinkType | undefined, issue: NamedIssue) => {
    if (type === undefined) return;
    const link = { type, ref: refOf(issue) };
    found.set(linkName(link), link);
  };
  for (const { type, relatedIssue } of relations.nodes) add(LINK_TYPES[type], relatedIssue);
  for (const { type, issue } of inverseRelations.nodes) add(INVERSE_LINK_TYPES[type], issue);
  return [...found].sort(([one], [other]) => one < other ? -1 : 1).map(([, link]) => link);
}

/** Linear gives labels in the order in which they were made. */
function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
