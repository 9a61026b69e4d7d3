import type { ExternalRef, NormalizedIssue } from "../../contract/issue.ts";
import { isPlain, priorityIn, type StatusWords } from "../label_words.ts";
import { isLongerThan, markedWhereRoom, markerIn, withoutMarker } from "../marker.ts";
import type { Relations } from "../refs.ts";
import type { RemotePlace } from "../remote.ts";
import { withCommands, withoutCommands } from "./quick_actions.ts";
import type { GitLabIssue } from "./schemas.ts";
import { duplicateIn, kindOf, statusIn, typeIn } from "./words.ts";

/** Characters of a description at most, as GitLab counts them. */
export const MAX_BODY_CHARACTERS = 1_048_576;

/** Returns the name of an issue of a place by its number within the project. */
export function refOf(place: RemotePlace, iid: number): ExternalRef {
  return {
    system: "gitlab",
    workspace: place.workspace,
    id: String(iid),
    key: `#${iid}`,
    url: `${place.url}/-/issues/${iid}`,
  };
}

/** An issue of another project. */
export interface ElsewhereIssue {
  readonly projectId: string;
  /** The project's path, such as `acme/api`. */
  readonly path: string;
  readonly iid: number;
  readonly url: string;
}

/** Returns the name of an issue of this or another project. */
export function refAnywhere(
  place: RemotePlace,
  { projectId, path, iid, url }: ElsewhereIssue,
): ExternalRef {
  if (projectId === place.externalId) return refOf(place, iid);
  return {
    system: "gitlab",
    workspace: projectId,
    id: String(iid),
    key: `${path}#${iid}`,
    // The same page has two addresses, of which newer servers show the one and older ones the other.
    url: url.replace("/-/work_items/", "/-/issues/"),
  };
}

/** Returns an issue in the words of all providers. Labels that say a status are that, and no labels. */
export function issueFrom(
  place: RemotePlace,
  issue: GitLabIssue,
  words: StatusWords,
  { parent, links }: Relations,
): NormalizedIssue {
  const { labels } = issue;
  const assignees = issue.assignees ?? [];
  return {
    ref: { ...refOf(place, issue.iid), url: issue.web_url },
    title: issue.title,
    body: bodyIn(issue.description),
    status: statusIn(issue, words),
    issue_type: typeIn(issue),
    priority: priorityIn(labels),
    assignees: assignees.map(({ username }) => username),
    labels: labels.filter((label) => isPlain(label, words)),
    parent_ref: parent,
    links,
    custom_fields: {},
    created_at: utc(issue.created_at),
    updated_at: utc(issue.updated_at),
    provider_metadata: {
      id: issue.id,
      state: issue.state,
      kind: kindOf(issue),
      confidential: issue.confidential === true,
      author: issue.author?.username ?? null,
      assignees: assignees.map(({ id, username, name }) => ({ id, username, name: name ?? null })),
      duplicate_of: duplicateIn(issue),
      closed_at: issue.closed_at == null ? null : utc(issue.closed_at),
      milestone: issue.milestone?.title ?? null,
      iteration: issue.iteration?.title ?? issue.iteration?.iid ?? null,
      epic: issue.epic?.title ?? null,
      weight: issue.weight ?? null,
      due_date: issue.due_date ?? null,
      hidden_labels: labels.filter((label) => !isPlain(label, words)),
      marker: markerIn(issue.description),
    },
  };
}

/** An instance shows times in its own zone. */
function utc(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? time : new Date(ms).toISOString();
}

/** Returns a text as people wrote it, without the line that names a creation. */
export function textIn(text: string | null | undefined): string {
  return withCommands(withoutMarker(text));
}

function bodyIn(text: string | null | undefined): string | null {
  const written = textIn(text);
  return written === "" ? null : written;
}

/** Returns what is sent for a new body: the line that names the issue stays where it was, as long as there is room. */
export function bodyToSend(body: string | null, marker: string | null): string {
  const safe = body === null ? null : withoutCommands(body);
  return markedWhereRoom(safe, marker, MAX_BODY_CHARACTERS);
}

/** Whether what is sent for a body has more characters than GitLab takes. */
export function isTooLong(sent: string): boolean {
  return isLongerThan(MAX_BODY_CHARACTERS, sent);
}
