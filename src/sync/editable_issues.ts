import type { NormalizedIssue } from "../contract/issue.ts";
import type { SyncField } from "../contract/sync_fields.ts";
import type { StoredConflict } from "../store/conflicts.ts";
import type { IssueFilter } from "../store/issue_filter.ts";
import type { DiscardResult } from "./discard.ts";
import type { EditChoice, EditContext, EditResult, IssueEdit } from "./edits.ts";
import { type IssueView, viewIssue } from "./issue_view.ts";
import type { ConflictTake, ResolveOutcome } from "./resolve.ts";
import type { SyncStore } from "./store.ts";

export type { IssueView } from "./issue_view.ts";

/**
 * The issues of a binding, as they are kept and edited here. No method opens a socket or starts a tool: an edit waits
 * for the next push.
 */
export interface SyncedIssues {
  /** Returns the conflicts, open ones first. */
  conflicts(): Promise<StoredConflict[]>;
  /**
   * Settles a conflict. A value that is not the tracker's waits for the next push. A conflict that was settled before
   * can be settled another way.
   *
   * @throws {TrackerError} `conflict_not_found`, `conflict_without_issue`, `field_owned_by_tracker`, `not_a_set`,
   *   `base_unknown`.
   */
  resolveConflict(
    options: { readonly id: number; readonly take: ConflictTake },
  ): Promise<ResolveOutcome>;
  /** Returns the cached issues that pass the filter, last changed first. */
  issueList(filter?: IssueFilter): Promise<NormalizedIssue[]>;
  /**
   * Returns one cached issue by id, key or former local id.
   *
   * @throws {TrackerError} `issue_not_found`.
   */
  issueShow(idOrKey: string): Promise<IssueView>;
  /**
   * Changes an issue on this side; the next push sends it to the tracker. With `anyOwner` a field may be changed that the
   * tracker owns, and the change is sent unless the tracker has changed the field meanwhile.
   *
   * @throws {TrackerError} `issue_not_found`, `invalid_edit`, `link_kept_elsewhere`, `field_owned_by_tracker`,
   *   `edit_not_possible`, `edited_meanwhile`.
   */
  issueEdit(idOrKey: string, edit: IssueEdit, choice?: EditChoice): Promise<EditResult>;
  /**
   * Creates an issue on this side; the next push creates it at the tracker.
   *
   * @throws {TrackerError} `invalid_edit`, `link_kept_elsewhere`, `issue_not_found` for a parent or link that is not here.
   */
  issueCreate(edit: IssueEdit & { readonly title: string }): Promise<EditResult>;
  /**
   * Creates an issue on this side of what is known of another one, edits included, with the changes of `edit`; the next
   * push creates it at the tracker.
   *
   * @throws {TrackerError} `issue_not_found`, `invalid_edit`, `link_kept_elsewhere`.
   */
  issueCreateFrom(idOrKey: string, edit?: IssueEdit): Promise<EditResult>;
  /**
   * Drops edits of an issue that wait for a push: of the named fields, or of all. An issue that is not at the tracker
   * yet is removed when no field is named.
   *
   * @throws {TrackerError} `issue_not_found`, `invalid_edit`.
   */
  issueDiscard(idOrKey: string, fields?: readonly SyncField[]): Promise<DiscardResult>;
}

/** {@link SyncedIssues} over the store of a binding, which a subclass opens. */
export abstract class EditableIssues implements SyncedIssues {
  /** Runs `read` on the store of the binding; an empty one before the first sync. Changes nothing. */
  protected abstract reading<T>(read: (store: SyncStore) => T): Promise<T>;

  /** Runs `edit` on the store of the binding, created when missing. */
  protected abstract editing<T>(edit: (context: EditContext) => T): Promise<T>;

  conflicts(): Promise<StoredConflict[]> {
    return this.reading((store) => store.conflicts.list());
  }

  async resolveConflict(
    options: { readonly id: number; readonly take: ConflictTake },
  ): Promise<ResolveOutcome> {
    // What only looks at the cache loads none of this.
    const { resolveConflict } = await import("./resolve.ts");
    return await this.editing((context) => resolveConflict(context, options.id, options.take));
  }

  issueList(filter: IssueFilter = {}): Promise<NormalizedIssue[]> {
    return this.reading((store) => store.list(filter));
  }

  issueShow(idOrKey: string): Promise<IssueView> {
    return this.reading((store) => viewIssue(store, idOrKey));
  }

  async issueEdit(
    idOrKey: string,
    edit: IssueEdit,
    choice: EditChoice = {},
  ): Promise<EditResult> {
    const { editIssue } = await import("./edits.ts");
    return await this.editing((context) => editIssue(context, idOrKey, edit, choice));
  }

  async issueCreate(edit: IssueEdit & { readonly title: string }): Promise<EditResult> {
    const { createIssue } = await import("./edits.ts");
    return await this.editing((context) => createIssue(context, edit));
  }

  async issueCreateFrom(idOrKey: string, edit: IssueEdit = {}): Promise<EditResult> {
    const { createIssueFrom } = await import("./create_from.ts");
    return await this.editing((context) => createIssueFrom(context, idOrKey, edit));
  }

  async issueDiscard(idOrKey: string, fields: readonly SyncField[] = []): Promise<DiscardResult> {
    const { discardEdits } = await import("./discard.ts");
    return await this.editing((context) => discardEdits(context, idOrKey, fields));
  }
}
