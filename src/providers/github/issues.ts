import type { ExternalRef, IssueType, NormalizedIssue } from "../../contract/issue.ts";
import { isPlain, priorityIn, type StatusWords, typeWord } from "../label_words.ts";
import { isLongerThan, markedWhereRoom, markerIn, withoutMarker } from "../marker.ts";
import type { Relations } from "../refs.ts";
import type { RemotePlace } from "../remote.ts";
import type { GitHubIssue } from "./schemas.ts";
import { statusIn } from "./words.ts";

/** Characters of a body at most, as GitHub counts them. */
export const MAX_BODY_CHARACTERS = 65_536;

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
  const hidden = labels.filter((label) => !isPlain(label, words));
  return {
    ref: { ...refOf(place, issue.number), url: issue.html_url },
    title: issue.title,
    body: bodyIn(issue),
    status: statusIn(issue, labels, words),
    issue_type: typeIn(issue, labels),
    priority: priorityIn(labels),
    assignees: (issue.assignees ?? []).map(({ login }) => login),
    labels: hidden.length === 0 ? labels : labels.filter((label) => !hidden.includes(label)),
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
      hidden_labels: hidden,
      marker: markerIn(issue.body),
    },
  };
}

/** The names of an issue's labels. */
export function labelsIn({ labels }: GitHubIssue): readonly string[] {
  return labels.filter((label) => label !== "");
}

function typeIn(issue: GitHubIssue, labels: readonly string[]): IssueType {
  const own = issue.type == null ? null : typeWord(issue.type.name);
  if (own !== null) return own;
  for (const label of labels) {
    const said = typeWord(label);
    if (said !== null) return said;
  }
  return "task";
}

/** Returns the body of an issue as people wrote it; `null` when it is empty. */
function bodyIn({ body }: GitHubIssue): string | null {
  const written = withoutMarker(body);
  return written === "" ? null : written;
}

/** Returns what is sent for a new body: the line that names the issue stays where it was, as long as there is room. */
export function bodyToSend(body: string | null, marker: string | null): string {
  return markedWhereRoom(body, marker, MAX_BODY_CHARACTERS);
}

/** Whether a body has more characters than GitHub takes. */
export function isTooLong(body: string): boolean {
  return isLongerThan(MAX_BODY_CHARACTERS, body);
}
