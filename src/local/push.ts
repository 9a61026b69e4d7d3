import { TrackerError } from "../platform/tracker_error.ts";
import type { StoredIssue } from "../store/issues.ts";
import { absorb, changesOf } from "./absorb.ts";
import { createPending } from "./push_create.ts";
import type { SyncContext } from "./engine.ts";
import { differingFields, fieldsOf, pickFields, sameValue, type SyncField } from "./fields.ts";
import type { PushReport, SkippedField, SyncFailure } from "./sync_report.ts";
import { FATAL_TOOL_CODES, UNANSWERED_CODES } from "./tool.ts";

/** How to push. */
export interface PushOptions {
  /** Stops after this many issues were written; the next push goes on. */
  readonly limit?: number;
}

/**
 * Writes pending edits and new issues to the tracker, field by field. Each issue is read first and
 * merged, so that nothing is written over that was not seen; what cannot be written is listed.
 *
 * @throws {TrackerError} only when the tool cannot be used at all, or does not answer.
 */
export async function push(context: SyncContext, options: PushOptions = {}): Promise<PushReport> {
  const { store, onEvent } = context;
  const progress = new PushProgress(context, options.limit ?? Infinity);
  const pending = store.issues.pending();
  onEvent({ kind: "push_started", pending: pending.length });
  const created = await createPending(context, pending, progress);
  for (const { issue, base } of store.issues.pending()) {
    if (base === null) continue;
    const { id } = issue.ref;
    if (progress.isFull && !created.has(id)) {
      progress.complete = false;
      break;
    }
    await context.checkStop?.();
    await progress.isolated(
      issue.ref.id,
      issue.title,
      () => pushEdits(context, id, progress, created.has(id)),
    );
  }
  return progress.report();
}

/** What a push has come to so far. */
export class PushProgress {
  readonly counts: { created: number; updated: number; skipped: number } = {
    created: 0,
    updated: 0,
    skipped: 0,
  };
  /** False when the limit ended it. */
  complete = true;
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
   * Does something with one issue; when it fails that is recorded and the others go on. But a tool that
   * does not answer for two issues on end will not for the next ones, each of which would take a minute.
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
  report(): PushReport {
    return {
      kind: "push",
      dryRun: this.context.dryRun,
      complete: this.complete,
      ...this.counts,
      conflicts: this.#conflicts,
      skippedFields: this.#skippedFields,
      failures: this.#failures,
    };
  }
}

async function pushEdits(
  context: SyncContext,
  id: string,
  progress: PushProgress,
  justCreated: boolean,
): Promise<void> {
  const { connector, store } = context;
  const known = store.issues.require(id);
  if (!isWorthReading(context, known)) {
    tellUnwritable(context, known, progress);
    progress.counts.skipped++;
    return;
  }
  const theirs = await connector.get(id);
  if (theirs === null) throw gone();
  const stored = take(progress.context, id, theirs);
  const { writable } = tellUnwritable(context, stored, progress);
  if (writable.length === 0) {
    store.issues.finish(id);
    if (!justCreated) progress.counts.skipped++;
    return;
  }
  const patch = pickFields(fieldsOf(stored.issue), writable);
  const failures = await connector.update(theirs, patch);
  const fresh = await connector.get(id);
  if (fresh === null) throw gone();
  const values = fieldsOf(fresh);
  const failed = new Set(failures.flatMap(({ fields }) => fields));
  const lost = writable.filter((field) =>
    !failed.has(field) && !sameValue(field, values[field], fieldsOf(stored.issue)[field])
  );
  const written = writable.filter((field) => !failed.has(field) && !lost.includes(field));
  store.transaction(() => {
    take(progress.context, id, fresh);
    if (failed.size === 0) store.issues.finish(id);
  });
  const { title } = stored.issue;
  for (const { fields, code, message } of failures) {
    progress.fail({ id, title, fields, code, message });
  }
  if (lost.length > 0) {
    const message = `${connector.provider} took the write of ${
      lost.join(", ")
    } but holds another value`;
    progress.fail({ id, title, fields: lost, code: "write_not_kept", message });
  }
  if (written.length === 0 || justCreated) return;
  progress.counts.updated++;
  const changes = changesOf(pickFields(fieldsOf(stored.issue), written), fieldsOf(theirs));
  context.onEvent({ kind: "pushed", action: "updated", id, localId: null, title, changes });
}

/** Merges what the tracker holds now into what is stored now, which may be newer than what we read. */
function take(
  context: SyncContext,
  id: string,
  theirs: StoredIssue["issue"],
): StoredIssue {
  const { store } = context;
  return store.transaction(() => {
    const absorbed = absorb(
      { ...context, now: context.clock.now() },
      store.issues.require(id),
      theirs,
    );
    store.issues.put(absorbed.stored);
    return absorbed.stored;
  });
}

/** Whether reading the issue can lead to a change on either side. */
function isWorthReading(context: SyncContext, stored: StoredIssue): boolean {
  const { rules, store } = context;
  if (store.issues.isUnfinished(stored.issue.ref.id)) return true;
  const { writable, refused } = pendingFields(context, stored);
  return writable.length > 0 || refused.some(({ field }) => rules.ownership[field] === "external");
}

/** Sorts the fields that differ from the tracker's by what can be done about them. */
function pendingFields(context: SyncContext, { issue, base }: StoredIssue): {
  readonly writable: SyncField[];
  readonly held: SyncField[];
  readonly refused: { readonly field: SyncField; readonly reason: string }[];
} {
  const { connector, store } = context;
  const ours = fieldsOf(issue);
  const theirs = base === null ? null : fieldsOf(base);
  const open = store.conflicts.open(issue.ref.id).map(({ field }) => field);
  const writable: SyncField[] = [];
  const held: SyncField[] = [];
  const refused: { field: SyncField; reason: string }[] = [];
  for (const field of theirs === null ? [] : differingFields(ours, theirs)) {
    const reason = connector.refusal(field, ours, theirs);
    if (open.includes(field)) held.push(field);
    else if (reason === null) writable.push(field);
    else refused.push({ field, reason });
  }
  return { writable, held, refused };
}

function tellUnwritable(
  context: SyncContext,
  stored: StoredIssue,
  progress: PushProgress,
): { readonly writable: readonly SyncField[] } {
  const { id } = stored.issue.ref;
  const { title } = stored.issue;
  const { writable, held, refused } = pendingFields(context, stored);
  for (const { field, reason } of refused) progress.skip({ id, title, field, reason });
  for (const field of held) context.onEvent({ kind: "held", id, title, field });
  return { writable };
}

function gone(): TrackerError {
  return new TrackerError({
    code: "issue_gone",
    message: "The tracker does not have this issue any more",
  });
}
