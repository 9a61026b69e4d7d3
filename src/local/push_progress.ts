import { TrackerError } from "../platform/tracker_error.ts";
import type { SyncContext } from "./engine.ts";
import type { LocalPushReport, SkippedField, SyncFailure } from "../sync/sync_report.ts";
import { FATAL_TOOL_CODES, UNANSWERED_CODES } from "./tool.ts";

/** What a push has come to so far. */
export class PushProgress {
  readonly counts: { created: number; updated: number; skipped: number } = {
    created: 0,
    updated: 0,
    skipped: 0,
  };
  /** False when the limit ended it. */
  complete = true;
  /** Ids of issues with edits that were refused before. */
  readonly refused: Set<string> = new Set();
  /** The context with conflicts counted. */
  readonly context: SyncContext;
  #conflicts = 0;
  #isUnanswered = false;
  readonly #skippedFields: SkippedField[] = [];
  readonly #failures: SyncFailure[] = [];
  readonly #limit: number;

  /** Counts what is done in a context. */
  constructor(context: SyncContext, limit: number) {
    this.#limit = limit;
    this.context = {
      ...context,
      onEvent: (event) => {
        if (event.kind === "conflict") this.#conflicts++;
        context.onEvent(event);
      },
    };
  }

  /** Whether as many issues were written as the limit allows. */
  get isFull(): boolean {
    return this.counts.created + this.counts.updated >= this.#limit;
  }

  /** How many more issues may be written. */
  get room(): number {
    return Math.max(0, this.#limit - this.counts.created - this.counts.updated);
  }

  /** Records what could not be done with an issue. */
  fail(failure: Omit<SyncFailure, "phase">): void {
    const recorded: SyncFailure = { phase: "push", ...failure };
    this.#failures.push(recorded);
    this.context.onEvent({ kind: "failed", ...recorded });
  }

  /** Records a field that the tracker cannot take. */
  skip(skipped: SkippedField): void {
    this.#skippedFields.push(skipped);
    this.context.onEvent({ kind: "skipped", ...skipped });
  }

  /**
   * Works on one issue; a failure is recorded, and the others continue. A tool that does not answer for two
   * issues in a row will not answer for the next ones, each of which would take a minute.
   */
  async isolated(id: string, title: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#isUnanswered = false;
    } catch (error) {
      if (!(error instanceof TrackerError) || FATAL_TOOL_CODES.includes(error.code)) throw error;
      const isUnanswered = UNANSWERED_CODES.includes(error.code);
      if (isUnanswered && this.#isUnanswered) throw error;
      this.#isUnanswered = isUnanswered;
      this.fail({ id, title, fields: [], code: error.code, message: error.message });
    }
  }

  /** What the push did. */
  report(): LocalPushReport {
    return {
      kind: "push",
      dryRun: this.context.dryRun,
      complete: this.complete,
      ...this.counts,
      conflicts: this.#conflicts,
      held: this.context.store.conflicts.open().length,
      refused: this.refused.size,
      skippedFields: this.#skippedFields,
      failures: this.#failures,
    };
  }
}
