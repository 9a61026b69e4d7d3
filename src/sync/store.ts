import type { NormalizedIssue } from "../contract/issue.ts";
import type { ConflictTaken, NewConflict, StoredConflict } from "../store/conflicts.ts";
import type { RefusedEdit } from "../store/edits.ts";
import type { IssueFilter } from "../store/issue_filter.ts";
import type { StoredIssue } from "../store/issues.ts";

/** The issues of a binding with their bases and edits, as the engine needs them. */
export interface SyncIssues {
  /** Returns the issue with this id, key or former local id; `null` when it is not here. */
  find(idOrKey: string): StoredIssue | null;
  /** Returns the issue with this very id, or `null`. */
  load(id: string): StoredIssue | null;
  /**
   * Returns the issue with this very id.
   *
   * @throws {TrackerError} `issue_not_found`.
   */
  require(id: string): StoredIssue;
  /** Stores an issue with its base and edits. */
  put(stored: StoredIssue): void;
  /** Removes an issue. */
  remove(id: string): void;
  /** Gives an issue created here the identity it got at the other side; its local id still finds it. */
  adopt(localId: string, stored: StoredIssue): void;
  /** Returns the issues with edits that wait for a push, of some ids or of all, oldest edit first. */
  pending(among?: readonly string[]): StoredIssue[];
  /** Returns the pending issues whose text holds an id, such as that of their parent. */
  pendingNaming(id: string): StoredIssue[];
  /** Returns the refused edits of all issues. */
  refused(): RefusedEdit[];
}

/** The conflicts of a binding. At most one is open for a field of an issue. */
export interface SyncConflicts {
  /** Records a conflict; an open one of the same field takes over the new values instead. */
  record(conflict: NewConflict, now: number): void;
  /** Keeps the values of a conflict that is over; an open one of the same field stays as it is. */
  keep(conflict: NewConflict & { readonly taken: ConflictTaken }, now: number): void;
  /** Returns the conflict with this id, or `null`. */
  load(id: number): StoredConflict | null;
  /** Returns the open conflicts, of one issue or of all. */
  open(issueId?: string): StoredConflict[];
  /** Returns all conflicts, open ones first, then the latest first. */
  list(): StoredConflict[];
  /** Closes a conflict. */
  close(id: number, taken: ConflictTaken, now: number): void;
  /** Moves the conflicts of an issue created here to the identity it got at the other side. */
  rename(localId: string, id: string): void;
}

/** Where the engine keeps what it knows. Every method is one transaction unless it runs inside `transaction`. */
export interface SyncStore {
  readonly issues: SyncIssues;
  readonly conflicts: SyncConflicts;
  /** The mappings of work packages, which follow an issue created here to its new identity. */
  readonly mappings: { rename(localId: string, id: string, at: string): void };
  /** Runs `work` in one transaction; all of it happens, or nothing when it throws. */
  transaction<T>(work: () => T): T;
  /** Returns an issue as it counts, by id, key or former local id; `null` when it is not here. */
  get(idOrKey: string): NormalizedIssue | null;
  /** Returns the issues that pass the filter, last changed first. */
  list(filter?: IssueFilter): NormalizedIssue[];
}
