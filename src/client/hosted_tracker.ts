import type { HostedProvider } from "../contract/providers.ts";
import type { PushItem } from "../contract/push.ts";
import type {
  InstallationStatusResult,
  MappingsResult,
  PushResult,
  RunResult,
  StatusResult,
} from "../contract/results.ts";
import type { BindOriginResult, IssueSearchResult } from "../contract/search.ts";
import type { Extension } from "../contract/status.ts";
import type { BindingConfig } from "../project/config.ts";
import type { SyncedIssues } from "../sync/editable_issues.ts";
import type { AddedComment, IssueComments } from "../sync/issue_comments.ts";
import type { PushEditsChoice, PushEditsReport } from "./edits_report.ts";
import type { OriginTicketLink, SearchOptions } from "./client_options.ts";
import type { RunReport } from "./run_totals.ts";
import type { CommentChoice } from "./send_comment.ts";
import type { PullChoice, PullReport } from "./sync_pull.ts";
import type { PushChoice, PushOutcome } from "./sync_push.ts";
import type { RunChoice } from "./sync_run.ts";

/**
 * A project that is bound at the control-plane host. Every method of its own asks the host in the name of
 * the session in force; those of {@link SyncedIssues} work on the cache alone.
 *
 * Every method throws `HostedApiError` for what the host reports, and `TrackerError` with `missing_auth`,
 * `session_expired`, `invalid_response` or a code of the transport, such as `host_unreachable`; all
 * but {@link statusAll} also `StaleBindingError` for a binding that the host no longer routes, and
 * `missing_routing_key`.
 */
export interface HostedTracker extends SyncedIssues {
  /** The binding as it is now, upgrades included. */
  readonly binding: BindingConfig;
  /** The provider of the binding. */
  readonly provider: HostedProvider;
  /** Whether the host offers an extension; it is asked once. */
  offers(extension: Extension): Promise<boolean>;
  /** Returns what the host says of the bound project. */
  status(): Promise<StatusResult>;
  /** Returns what the host says of the whole installation; needs no binding. */
  statusAll(): Promise<InstallationStatusResult>;
  /** Returns the mappings of the bound project. */
  mappings(): Promise<MappingsResult>;
  /** Searches the tickets of the bound resource at the provider. */
  searchIssues(search: SearchOptions): Promise<IssueSearchResult>;
  /** Links a mission to the ticket it starts from. */
  bindOrigin(link: OriginTicketLink): Promise<BindOriginResult>;
  /**
   * Returns the comments on an issue, by its id, key or former local id, as the host has them now; none of one that is
   * only here.
   *
   * @throws {TrackerError} `issue_not_found`; `comments_unsupported` at a host that does not offer them.
   */
  issueComments(idOrKey: string): Promise<IssueComments>;
  /**
   * Writes a comment on an issue at once, and waits a moment for its delivery to the tracker. One whose answer was lost is
   * written once when it is repeated.
   *
   * @throws {TrackerError} `invalid_comment`, `issue_not_found`, `issue_not_pushed`, `comments_unsupported`.
   */
  issueComment(idOrKey: string, text: string, choice?: CommentChoice): Promise<AddedComment>;
  /** Pulls issues into the cache, page by page: 100 issues unless the choice says otherwise. */
  pull(choice?: PullChoice): Promise<PullReport>;
  /** Pushes checked items in batches, and waits for the host; with `dryRun` only plans. */
  push(items: readonly PushItem[], choice?: PushChoice): Promise<PushOutcome>;
  /**
   * Sends the edits that wait here, merged with what others have written since; with `dryRun` only tells what it would
   * send. Edits that are held or were refused stay, and are told.
   */
  pushEdits(choice?: PushEditsChoice): Promise<PushEditsReport>;
  /** Has the host run its full cycle, then pulls what has changed. */
  run(choice?: RunChoice): Promise<RunReport>;
  /** Waits for an operation that an earlier push or run started. */
  wait(
    operationId: string,
    choice?: Pick<PushChoice, "signal" | "onProgress">,
  ): Promise<PushResult | RunResult>;
}
