import type { OriginProvider } from "../contract/providers.ts";
import type { IssueSearchResult, OriginCandidate } from "../contract/search.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import { loadBinding } from "../project/config.ts";
import {
  explainMissingLink,
  openOriginTracker,
  type OriginAccess,
  originProvider,
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
  readonly provider: OriginProvider;
  /** The kind of resource that was searched, such as `jira_project`. */
  readonly resourceType: string;
  /** The provider's id of that resource. */
  readonly resourceId: string;
  /** What was sent to the host. */
  readonly queryUsed: string;
  /** The host's answer as it came. */
  readonly answer: IssueSearchResult;
}

/**
 * Searches the bound resource for tickets a mission could start from: by the key when there is one, else by the
 * text, and never by anything wider afterwards.
 *
 * @throws {TrackerError} `no_binding`, `origin_unsupported`, `empty_query`; {HostedApiError} what the host reports,
 * `missing_user_link` with the way to the host; {StaleBindingError}.
 */
export async function searchOriginCandidates(
  options: SearchOriginOptions,
): Promise<SearchOriginResult> {
  const binding = await loadBinding(options.platform, options.projectRoot);
  const provider = originProvider(binding);
  const key = options.queryKey?.trim() ?? "";
  const words = options.queryText?.trim() ?? "";
  if (key === "" && words === "") {
    throw new TrackerError({
      code: "empty_query",
      message: "There is nothing to search for: give a text or a key",
      exitCode: 2,
    });
  }
  const tracker = await openOriginTracker(options, binding, provider);
  const query = key !== "" ? { queryKey: key } : { queryText: words };
  try {
    const found = await tracker.searchIssues({ ...query, limit: options.limit });
    return {
      candidates: found.candidates,
      provider,
      resourceType: found.resource_type,
      resourceId: found.resource_id,
      queryUsed: key !== "" ? key : words,
      answer: found,
    };
  } catch (error) {
    throw await explainMissingLink(error, options.platform);
  }
}
