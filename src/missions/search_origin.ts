import type { Provider } from "../contract/providers.ts";
import type { NormalizedIssue } from "../contract/issue.ts";
import type { SyncedIssues } from "../sync/editable_issues.ts";
import type { IssueSearchResult, OriginCandidate } from "../contract/search.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import {
  explainMissingLink,
  openOriginTracker,
  type OriginAccess,
  type OriginPlace,
  originPlace,
} from "./origin_tracker.ts";

export type { OriginCandidate };

/** What {@link searchOriginCandidates} looks for; a key comes before a text. */
export interface SearchOriginOptions extends OriginAccess {
  /** Words of the title or body. */
  readonly queryText?: string | undefined;
  /** The exact key people know the ticket by, such as `WEB-12`. */
  readonly queryKey?: string | undefined;
  /** At most so many candidates; 10 unless given. */
  readonly limit?: number | undefined;
}

/** Tickets a mission could start from, and the resource they are in. No candidate is an answer too. */
export interface SearchOriginResult {
  /** The tickets, in the order of the host. */
  readonly candidates: readonly OriginCandidate[];
  /** The provider of the project's binding. */
  readonly provider: Provider;
  /** The kind of resource that was searched, such as `jira_project` or `beads_workspace`. */
  readonly resourceType: string;
  /** The provider's id of that resource; the name of a tool's workspace. */
  readonly resourceId: string;
  /** What was searched for. */
  readonly queryUsed: string;
  /** The host's answer as it came; of a tool's tickets the same of what is cached of them. */
  readonly answer: IssueSearchResult;
}

/**
 * Searches the bound resource for tickets a mission could start from: by the key when there is one, else by the
 * text, and never by anything wider afterwards. Those of a tool on this machine are searched in the cache.
 *
 * @throws {TrackerError} `no_binding`, `origin_unsupported`, `empty_query`; {HostedApiError} what the host reports,
 * `missing_user_link` with the way to the host; {StaleBindingError}.
 */
export async function searchOriginCandidates(
  options: SearchOriginOptions,
): Promise<SearchOriginResult> {
  const binding = await loadBinding(options.platform, options.projectRoot);
  const place = originPlace(binding);
  const key = options.queryKey?.trim() ?? "";
  const words = options.queryText?.trim() ?? "";
  if (key === "" && words === "") {
    throw new TrackerError({
      code: "empty_query",
      message: "There is nothing to search for: give a text or a key",
      exitCode: 2,
    });
  }
  const tracker = await openOriginTracker(options, binding, place);
  const query = key !== "" ? { queryKey: key } : { queryText: words };
  try {
    const answer = tracker === null
      ? await searchCached(options, place, query)
      : await tracker.searchIssues({ ...query, limit: options.limit });
    return {
      candidates: answer.candidates,
      provider: place.provider,
      resourceType: answer.resource_type,
      resourceId: answer.resource_id,
      queryUsed: key !== "" ? key : words,
      answer,
    };
  } catch (error) {
    throw await explainMissingLink(error, options.platform);
  }
}

/** The tickets of a tool on this machine, as they are cached. */
async function searchCached(
  { platform, projectRoot, limit = 10 }: SearchOriginOptions,
  place: OriginPlace,
  query: { readonly queryKey: string } | { readonly queryText: string },
): Promise<IssueSearchResult> {
  const { LocalTrackerService } = await import("../local/service.ts");
  const service = new LocalTrackerService({ platform, root: projectRoot });
  const issues = "queryKey" in query
    ? await namedIssue(service, query.queryKey)
    : await service.issueList({ text: query.queryText, limit });
  return {
    candidates: issues.filter(isAtTool).map((issue) =>
      candidateOf(issue, "queryKey" in query ? "exact" : "text")
    ),
    ...localResource(place),
  };
}

async function namedIssue(
  service: Pick<SyncedIssues, "issueShow">,
  key: string,
): Promise<NormalizedIssue[]> {
  try {
    return [(await service.issueShow(key)).issue];
  } catch (error) {
    if (error instanceof TrackerError && error.code === "issue_not_found") return [];
    throw error;
  }
}

/** Whether the tool has it: what is only here has no id yet that a mission could keep. */
function isAtTool({ ref }: NormalizedIssue): boolean {
  return !ref.id.startsWith("local-");
}

/** The resource of a tool's tickets. */
export function localResource(
  place: OriginPlace,
): Pick<IssueSearchResult, "resource_type" | "resource_id"> {
  return {
    resource_type: `${place.provider}_workspace`,
    resource_id: place.kind === "local" ? place.workspace : "",
  };
}

/** A cached issue as a ticket that a mission could start from. */
export function candidateOf(
  issue: NormalizedIssue,
  matchType: OriginCandidate["match_type"],
): OriginCandidate {
  const { ref, title, status } = issue;
  return {
    external_issue_id: ref.id,
    external_issue_key: ref.key ?? ref.id,
    title,
    status,
    url: ref.url ?? `${ref.system}:${encodeURIComponent(ref.id)}`,
    match_type: matchType,
  };
}
