import type { AddedComment, IssueComments } from "../sync/issue_comments.ts";
import type { MappingOutcome } from "../store/mappings.ts";
import type { SyncedIssues } from "../sync/editable_issues.ts";
import type { LocalPullReport, LocalPushReport, LocalRunReport } from "../sync/sync_report.ts";
import type { JudgedMapping } from "./renamed.ts";
import type { LocalMapOptions, LocalStatus, LocalSyncOptions } from "./service_results.ts";

/**
 * A project that is bound to a tool on this machine: `bd` or `fp`, through its command line. No method opens a socket.
 *
 * Every method throws `TrackerError`: `missing_mission_binding`, `not_a_local_provider`, and what the store and the
 * tool's connector throw, such as `command_missing`.
 */
export interface LocalTracker extends SyncedIssues {
  /** Returns the binding, what is in the cache, and the last sync. Starts no tool and writes nothing. */
  status(): Promise<LocalStatus>;
  /** Stores what has changed at the tool. */
  pull(options?: LocalSyncOptions): Promise<LocalPullReport>;
  /** Writes pending edits and new issues to the tool. */
  push(options?: LocalSyncOptions): Promise<LocalPushReport>;
  /** Pulls, then pushes. */
  run(options?: LocalSyncOptions): Promise<LocalRunReport>;
  /**
   * Returns the comments on an issue, by its id, key or former local id, as the tool has them now; none of one that is
   * only here.
   *
   * @throws {TrackerError} `issue_not_found`.
   */
  issueComments(idOrKey: string): Promise<IssueComments>;
  /**
   * Writes a comment on an issue at once.
   *
   * @throws {TrackerError} `invalid_comment`, `issue_not_found`, `issue_not_pushed`.
   */
  issueComment(idOrKey: string, text: string): Promise<AddedComment>;
  /** Maps a work package to an issue of the bound workspace. */
  mapAdd(options: LocalMapOptions): Promise<MappingOutcome>;
  /** Returns all mappings, by work package, with what became of their issues. */
  mapList(): Promise<JudgedMapping[]>;
}
