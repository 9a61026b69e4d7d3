import type { NormalizedIssue } from "../contract/issue.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { IssueFilter } from "../store/issues.ts";
import type { MappingOutcome } from "../store/mappings.ts";
import type { DiscardResult } from "./discard.ts";
import type { EditResult, IssueEdit } from "./edits.ts";
import type { SyncField } from "../contract/sync_fields.ts";
import type { JudgedMapping } from "./renamed.ts";
import type { ConflictTake, ResolveOutcome } from "./resolve.ts";
import type {
  LocalIssueView,
  LocalMapOptions,
  LocalStatus,
  LocalSyncOptions,
} from "./service_results.ts";
import type { LocalPullReport, LocalPushReport, LocalRunReport } from "./sync_report.ts";

/**
 * A project that is bound to a tool on this machine: `bd` or `fp`, through its command line. No method opens a socket.
 *
 * Every method throws `TrackerError`: `missing_mission_binding`, `not_a_local_provider`, and what the store and the
 * tool's connector throw, such as `command_missing`.
 */
export interface LocalTracker {
  /** Returns the binding, what is in the cache, and the last sync. Starts no tool and writes nothing. */
  status(): Promise<LocalStatus>;
  /** Stores what has changed at the tool. */
  pull(options?: LocalSyncOptions): Promise<LocalPullReport>;
  /** Writes pending edits and new issues to the tool. */
  push(options?: LocalSyncOptions): Promise<LocalPushReport>;
  /** Pulls, then pushes. */
  run(options?: LocalSyncOptions): Promise<LocalRunReport>;
  /** Returns the conflicts, open ones first. */
  conflicts(): Promise<StoredConflict[]>;
  /**
   * Settles a conflict. A value that is not the tool's waits for the next push. A conflict that was settled before can
   * be settled another way.
   *
   * @throws {TrackerError} `conflict_not_found`, `issue_not_found`, `field_owned_by_tracker`, `not_a_set`.
   */
  resolveConflict(
    options: { readonly id: number; readonly take: ConflictTake },
  ): Promise<ResolveOutcome>;
  /** Maps a work package to an issue of the bound workspace. */
  mapAdd(options: LocalMapOptions): Promise<MappingOutcome>;
  /** Returns all mappings, by work package, with what became of their issues. */
  mapList(): Promise<JudgedMapping[]>;
  /** Returns the cached issues that pass the filter, last changed first. */
  issueList(filter?: IssueFilter): Promise<NormalizedIssue[]>;
  /**
   * Returns one cached issue by id, key or former local id.
   *
   * @throws {TrackerError} `issue_not_found`.
   */
  issueShow(idOrKey: string): Promise<LocalIssueView>;
  /**
   * Changes an issue on this side; the next push writes it to the tool.
   *
   * @throws {TrackerError} `issue_not_found`, `invalid_edit`, `link_kept_elsewhere`, `field_owned_by_tracker`.
   */
  issueEdit(idOrKey: string, edit: IssueEdit): Promise<EditResult>;
  /**
   * Creates an issue on this side; the next push writes it to the tool.
   *
   * @throws {TrackerError} `invalid_edit`, `link_kept_elsewhere`, `field_owned_by_tracker`.
   */
  issueCreate(edit: IssueEdit & { readonly title: string }): Promise<EditResult>;
  /**
   * Drops edits of an issue that wait for a push: of the named fields, or of all. An issue that is not at the tool yet
   * is removed when no field is named.
   *
   * @throws {TrackerError} `issue_not_found`, `invalid_edit`.
   */
  issueDiscard(idOrKey: string, fields?: readonly SyncField[]): Promise<DiscardResult>;
}
