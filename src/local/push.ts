import type { StoredIssue } from "../store/issues.ts";
import type { SyncContext } from "./engine.ts";
import { createPending } from "./push_create.ts";
import { pushBatch } from "./push_batch.ts";
import { forgetFaults } from "../sync/sent_edits.ts";
import { PushProgress } from "./push_progress.ts";
import type { LocalPushReport } from "../sync/sync_report.ts";

/** How to push. */
export interface LocalPushOptions {
  /** Sends edits again that were refused before. */
  readonly retry?: boolean | undefined;
  /** Stops after this many issues were written; the next push continues. */
  readonly limit?: number | undefined;
  /** Writes these issues alone, by their ids; all others wait on. */
  readonly only?: readonly string[] | undefined;
}

/**
 * Writes pending edits and new issues to the tracker, field by field. Issues are read first and merged, several by
 * one call where the tool can, so that nothing is written over that was not seen; what cannot be written is listed.
 *
 * @throws {TrackerError} only when the tool cannot be used at all, or does not answer.
 */
export async function push(
  context: SyncContext,
  options: LocalPushOptions = {},
): Promise<LocalPushReport> {
  const { connector, store, onEvent } = context;
  const progress = new PushProgress(context, options.limit ?? Infinity);
  if (options.retry === true) forgetFaults(context);
  const { only } = options;
  const isWanted = ({ issue }: StoredIssue) => only === undefined || only.includes(issue.ref.id);
  const pending = store.issues.pending().filter(isWanted);
  onEvent({ kind: "push_started", pending: pending.length });
  const created = await createPending(context, pending, progress);
  const waiting = store.issues.pending().filter(isWanted).filter(({ base }) => base !== null);
  while (waiting.length > 0) {
    const batch = takeBatch(waiting, connector.batch, progress.room, created);
    if (batch.length === 0) {
      progress.complete = false;
      break;
    }
    await pushBatch(context, batch, progress, created);
  }
  return progress.report();
}

/** Takes the issues off that are read and written together: no more than the limit of the push has room for. */
function takeBatch(
  waiting: StoredIssue[],
  most: number,
  room: number,
  created: ReadonlySet<string>,
): StoredIssue[] {
  let left = room;
  // What was created in this push counts already.
  const end = waiting.findIndex(({ issue }, at) =>
    at === most || (!created.has(issue.ref.id) && --left < 0)
  );
  return waiting.splice(0, end < 0 ? waiting.length : end);
}
