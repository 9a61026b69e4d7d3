import type { ExternalRef, IssueLink, LinkType, NormalizedIssue } from "../../contract/issue.ts";
import { linkName } from "../../contract/patch.ts";
import type { RemotePlace } from "../remote.ts";
import { placeId, siteOf } from "./places.ts";
import { sidesOf } from "./link_words.ts";
import type { Priorities } from "./priorities.ts";
import type { JiraIssue, JiraPerson } from "./schemas.ts";
import type { JiraTexts } from "./texts.ts";
import { timeOf } from "./times.ts";
import { statusIn, type StatusWords, typeIn } from "./words.ts";

/** What an issue is shown with. */
export interface Showing {
  readonly texts: JiraTexts;
  readonly words: StatusWords;
  readonly priorities: Priorities;
  /** The epic that an issue is below, where another field than its parent says so. */
  epicOf(issue: JiraIssue): { readonly id: string; readonly key: string } | null;
  /** By what the project of a key is known; `null` for one that the credential does not reach. */
  placeOf(projectKey: string): string | null;
}

/** Returns an issue in the words of all providers. */
export function issueFrom(issue: JiraIssue, showing: Showing): NormalizedIssue {
  const { fields } = issue;
  const { project, status, issuetype, priority, assignee, reporter, resolution } = fields;
  const parent = fields.parent ?? showing.epicOf(issue);
  const refTo = (other: { readonly id: string; readonly key: string }) =>
    refOf(issue, other, showing);
  return {
    ref: refOwn(issue),
    title: fields.summary ?? "",
    body: showing.texts.shown(fields.description),
    status: statusIn(status, showing.words),
    issue_type: typeIn(issuetype),
    priority: showing.priorities.of(priority),
    assignees: assignee == null ? [] : [nameOf(assignee)],
    labels: fields.labels.toSorted(),
    parent_ref: parent === null ? null : refTo(parent),
    links: linksOf(issue, refTo),
    custom_fields: {},
    created_at: timeOf(fields.created),
    updated_at: timeOf(fields.updated),
    provider_metadata: {
      status_name: status.name,
      state: {
        id: status.id ?? null,
        name: status.name,
        category: status.statusCategory?.key ?? null,
      },
      type_name: issuetype.name,
      priority_name: priority?.name ?? null,
      resolution: resolution?.name ?? null,
      assignee: assignee == null ? null : personOf(assignee),
      reporter: reporter == null ? null : nameOf(reporter),
      components: fields.components.map(({ name }) => name),
      fix_versions: fields.fixVersions.map(({ name }) => name),
      due_date: fields.duedate ?? null,
      project_key: project.key,
      other_links: otherLinks(issue),
    },
  };
}

/** Returns what a person is called. */
export function nameOf({ displayName, name, accountId }: JiraPerson): string {
  return displayName !== "" ? displayName : name ?? accountId ?? "";
}

function personOf({ accountId, name, key, emailAddress }: JiraPerson) {
  return { id: accountId ?? key ?? null, login: name ?? null, email: emailAddress ?? null };
}

/** Returns by what the project that an issue is in is known. */
export function placeIdIn({ fields: { project } }: JiraIssue): string {
  return placeId(project.self, project.id);
}

/** Returns the key of the project that an issue of this key is in. */
export function projectKeyIn(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("-")));
}

/** Returns the keys of the other projects that an issue names issues of. */
export function otherProjects(
  { fields }: JiraIssue,
  epic: { readonly key: string } | null,
): readonly string[] {
  const named = [
    fields.parent,
    epic,
    ...fields.issuelinks.flatMap(({ inwardIssue, outwardIssue }) => [inwardIssue, outwardIssue]),
  ];
  const keys = named.flatMap((other) => other == null ? [] : [projectKeyIn(other.key)]);
  return [...new Set(keys)].filter((key) => key !== fields.project.key);
}

function refOwn(issue: JiraIssue): ExternalRef {
  const { self, id, key } = issue;
  const url = `${siteOf(self)}/browse/${encodeURIComponent(key)}`;
  return { system: "jira", workspace: placeIdIn(issue), id, key, url };
}

function refOf(
  issue: JiraIssue,
  { id, key }: { readonly id: string; readonly key: string },
  { placeOf }: Showing,
): ExternalRef | null {
  const { fields: { project }, self } = issue;
  const projectKey = projectKeyIn(key);
  const workspace = projectKey === project.key ? placeIdIn(issue) : placeOf(projectKey);
  if (workspace === null) return null;
  return {
    system: "jira",
    workspace,
    id,
    key,
    url: `${siteOf(self)}/browse/${encodeURIComponent(key)}`,
  };
}

/** A link of an issue as Jira has it. */
export interface JiraLink {
  readonly id: string;
  /** What it is called here; `null` for a kind that has no name here. */
  readonly type: LinkType | null;
  /** The kind's own words for this side of it. */
  readonly words: string;
  readonly other: { readonly id: string; readonly key: string };
}

/** Returns the links of an issue. */
export function jiraLinks({ fields: { issuelinks } }: JiraIssue): readonly JiraLink[] {
  return issuelinks.flatMap(({ id, type, inwardIssue, outwardIssue }): JiraLink[] => {
    const { outward, inward } = sidesOf(type);
    if (outwardIssue != null) {
      return [{ id, type: outward, words: type.outward, other: outwardIssue }];
    }
    if (inwardIssue == null) return [];
    return [{ id, type: inward, words: type.inward, other: inwardIssue }];
  });
}

function linksOf(
  issue: JiraIssue,
  refTo: (other: JiraLink["other"]) => ExternalRef | null,
): readonly IssueLink[] {
  const found = new Map<string, IssueLink>();
  for (const { type, other } of jiraLinks(issue)) {
    const ref = type === null ? null : refTo(other);
    if (type !== null && ref !== null) found.set(linkName({ type, ref }), { type, ref });
  }
  return [...found].sort(([one], [other]) => one < other ? -1 : 1).map(([, link]) => link);
}

function otherLinks(issue: JiraIssue): string[] {
  return jiraLinks(issue).filter(({ type }) => type === null)
    .map(({ words, other }) => `${words} ${other.key}`).sort();
}

/** Returns whether an issue is in a place. */
export function isIn({ externalId }: Pick<RemotePlace, "externalId">, issue: JiraIssue): boolean {
  return placeIdIn(issue) === externalId;
}
