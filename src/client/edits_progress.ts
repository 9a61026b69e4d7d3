import type { IssueStore } from "../store/issue_store.ts";
import { NOTHING_SYNCED, type SyncCountsReport, waitingCounts } from "../sync/counts_report.ts";
import type { SkippedField, SyncEvent, SyncFailure, SyncNote } from "../sync/sync_report.ts";
import type { PushEditsChoice, PushEditsReport } from "./edits_report.ts";
import type { PullReport } from "./pull_totals.ts";

/** What a push of edits has come to so far. */
export class EditsProgress {
  /** Ids of the issues that were created. */
  readonly created: Set<string> = new Set();
  /** Ids of the issues that were changed. */
  readonly updated: Set<string> = new Set();
  /** Ids of the issues that an earlier sending had created or changed. */
  readonly alreadySent: Set<string> = new Set();
  /** Ids of issues with edits that were refused before. */
  readonly refusedBefore: Set<string> = new Set();
  /** How many issues are to be sent, as far as is known at the start. */
  expected = 0;
  /** Pending issues with nothing that could be written. */
  skipped = 0;
  /** False when the limit ended it. */
  complete = true;
  readonly #choice: PushEditsChoice;
  #conflicts = 0;
  #pulled: SyncCountsReport = NOTHING_SYNCED;
  readonly #skippedFields: SkippedField[] = [];
  readonly #notes: SyncNote[] = [];
  readonly #failures: SyncFailure[] = [];

  /** Counts a push that was asked for in this way. */
  constructor(choice: PushEditsChoice) {
    this.#choice = choice;
  }

  /** Ids of the issues that failed. */
  get failed(): ReadonlySet<string | null> {
    return new Set(this.#failures.map(({ id }) => id));
  }

  /** How many issues were written. */
  get sent(): number {
    return this.created.size + this.updated.size;
  }

  /** How many issues may still be written. */
  get room(): number {
    return (this.#choice.limit ?? Infinity) - this.sent;
  }

  /** Takes note of steps, once they are stored. */
  tell(events: readonly SyncEvent[]): void {
    for (const event of events) {
      if (event.kind === "conflict") this.#conflicts++;
      if (event.kind === "skipped") {
        const { kind: _, ...field } = event;
        this.#skippedFields.push(field);
      }
      if (event.kind === "noted") this.#notes.push({ id: event.id, message: event.message });
      if (event.kind === "refused") this.refusedBefore.add(event.id);
      if (event.kind === "failed") {
        const { kind: _, ...failure } = event;
        this.#failures.push(failure);
      }
      this.#choice.onEvent?.(event);
    }
  }

  /** Takes note of a pull that had to come first; its conflicts are told by itself. */
  addPull({ counts, conflicts }: PullReport): void {
    this.#pulled = counts;
    this.#conflicts += conflicts;
  }

  /** Returns what the push did. */
  report(store: IssueStore, dryRun: boolean): PushEditsReport {
    const waiting = waitingCounts(store);
    return {
      kind: "push",
      dryRun,
      complete: this.complete,
      created: this.created.size,
      updated: this.updated.size,
      skipped: this.skipped,
      conflicts: this.#conflicts,
      held: waiting.held,
      refused: this.refusedBefore.size,
      skippedFields: this.#skippedFields,
      failures: this.#failures,
      alreadySent: this.alreadySent.size,
      notes: this.#notes,
      counts: {
        ...this.#pulled,
        ...waiting,
        sent: this.sent,
        failed: this.failed.size + this.#pulled.failed,
        hasMore: !this.complete,
      },
    };
  }
}
