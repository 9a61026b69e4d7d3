import type {
  ExternalRef,
  IssueLink,
  IssueType,
  NormalizedIssue,
  Priority,
} from "../../contract/issue.ts";
import type { RemotePlace } from "../remote.ts";
import type { GitHubIssue } from "./schemas.ts";
import { priorityWord, statusIn, statusWord, type StatusWords, typeWord } from "./words.ts";

/** Characters of a body at most, as GitHub counts them. */
export const MAX_BODY_CHARACTERS = 65_536;

/** What GitHub keeps beside the issue itself. */
export interface Relations {
  readonly parent: ExternalRef | null;
  readonly links: readonly IssueLink[];
}

/** Returns the name of an issue of a place by its number, which it keeps for as long as it is there. */
export function refOf(place: RemotePlace, number: number): ExternalRef {
  return {
    system: "github",
    workspace: place.workspace,
    id: String(number),
    key: `#${number}`,
    url: `${place.url}/issues/${number}`,
  };
}

/** Returns an issue in the words of all providers. Labels that say a status are that, and no labels. */
export function issueFrom(
  place: RemotePlace,
  issue: GitHubIssue,
  words: StatusWords,
  { parent, links }: Relations,
): NormalizedIssue {
  const labels = labelsIn(issue);
  return {
    ref: { ...refOf(place, issue.number), url: issue.html_url },
    title: issue.title,
    body: bodyIn(issue),
    status: statusIn(issue, labels, words),
    issue_type: typeIn(issue),
    priority: priorityIn(labels),
    assignees: (issue.assignees ?? []).map(({ login }) => login),
    labels: labels.filter((label) => isPlain(label, words)),
    parent_ref: parent,
    links,
    custom_fields: {},
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    provider_metadata: {
      id: issue.id,
      state: issue.state,
      state_reason: issue.state_reason ?? null,
      author: issue.user?.login ?? null,
      closed_at: issue.closed_at ?? null,
      milestone: issue.milestone?.title ?? null,
      type: issue.type?.name ?? null,
      hidden_labels: labels.filter((label) => !isPlain(label, words)),
      marker: markerIn(issue.body),
    },
  };
}

/** The names of an issue's labels. */
export function labelsIn({ labels }: GitHubIssue): readonly string[] {
  return labels.filter((label) => label !== "");
}

/** Returns whether a label says neither a status nor a priority. */
export function isPlain(label: string, words: StatusWords): boolean {
  return statusWord(label, words) === null && priorityWord(label) === null;
}

function typeIn(issue: GitHubIssue): IssueType {
  const own = issue.type == null ? null : typeWord(issue.type.name);
  if (own !== null) return own;
  for (const label of labelsIn(issue)) {
    const said = typeWord(label);
    if (said !== null) return said;
  }
  return "task";
}

function priorityIn(labels: readonly string[]): Priority {
  for (const label of labels) {
    const said = priorityWord(label);
    if (said !== null) return said;
  }
  return 0;
}

const MARKER = /\n*<!-- tracker:([0-9a-f-]{36}) -->\s*$/;

/** Returns a body whose last line names it, so that a creation whose answer was lost is found. */
export function markedBody(body: string | null, clientId: string): string {
  const marker = `<!-- tracker:${clientId} -->`;
  return body === null || body === "" ? marker : `${body}\n\n${marker}`;
}

/** Returns the name in the last line of a body, or `null`. */
export function markerIn(body: string | null | undefined): string | null {
  return MARKER.exec(body ?? "")?.[1] ?? null;
}

/** Returns a body as people wrote it. */
export function withoutMarker(body: string | null | undefined): string {
  return (body ?? "").replaceAll("\r\n", "\n").replace(MARKER, "");
}

/** Returns the body of an issue as people wrote it; `null` when it is empty. */
function bodyIn({ body }: GitHubIssue): string | null {
  const written = withoutMarker(body);
  return written === "" ? null : written;
}

/** Returns what is sent for a new body: the line that names the issue stays where it was, as long as there is room. */
export function bodyToSend(body: string | null, marker: string | null): string {
  const marked = marker === null ? body ?? "" : markedBody(body, marker);
  return isTooLong(marked) ? body ?? "" : marked;
}

/** Whether a body has more characters than GitHub takes. */
export function isTooLong(body: string): boolean {
  // Most bodies have fewer code units already.
  return body.length > MAX_BODY_CHARACTERS && [...body].length > MAX_BODY_CHARACTERS;
}
