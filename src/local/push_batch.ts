import type { NormalizedIssue } from "../contract/issue.ts";
import { TrackerError } from "../platform/tracker_error.ts";
import type { StoredIssue } from "../store/issues.ts";
import type { SyncContext } from "./engine.ts";
import { pendingFields } from "../sync/pending_fields.ts";
import type { PushProgress } from "./push_progress.ts";
import {
  readBack,
  type Reading,
  type SentIssue,
  tellUnwritable,
  writeEdits,
} from "./push_edits.ts";
import { UNANSWERED_CODES } from "./tool.ts";

/**
 * How long the reading of a batch is good for, in milliseconds. A change made at the tool after it can be written
 * over, where the tool does not compare, so that the rest of a slow batch is read again.
 */
export const READING_LASTS_MS = 10_000;

/** Reads some issues with edits by one call, writes them one by one, and reads them back by one call. */
export async function pushBatch(
  context: SyncContext,
  batch: readonly StoredIssue[],
  progress: PushProgress,
  created: ReadonlySet<string>,
): Promise<void> {
  const waiting = batch.filter((stored) => {
    if (isWorthReading(context, stored)) return true;
    tellUnwritable(context, stored, progress);
    progress.counts.skipped++;
    return false;
  });
  const written: SentIssue[] = [];
  let readings = await readAll(context, waiting);
  for (const [at, { issue: { ref: { id }, title } }] of waiting.entries()) {
    await context.checkStop?.();
    if (readings.isOld()) readings = await readAll(context, waiting.slice(at));
    await progress.isolated(id, title, async () => {
      const reading = await readings.of(id);
      const sent = await writeEdits(context, id, reading, progress, created.has(id));
      if (sent !== null) written.push(sent);
    });
  }
  const after = await readAll(context, written.map(({ stored }) => stored));
  for (const sent of written) {
    const { ref: { id }, title } = sent.stored.issue;
    await progress.isolated(id, title, async () => {
      readBack(context, sent, await after.of(id), progress, created.has(id));
    });
  }
}

/** What the tool has of some issues. */
interface Readings {
  /** Whether too much time has passed to write on what was read. */
  isOld(): boolean;
  /** An issue as it was read with the others, else as it is read now. */
  of(id: string): Promise<Reading>;
}

async function readAll(
  { connector, clock }: SyncContext,
  wanted: readonly StoredIssue[],
): Promise<Readings> {
  const readAt = clock.now();
  let together: ReadonlyMap<string, NormalizedIssue> = new Map();
  let unanswered: TrackerError | null = null;
  if (wanted.length > 1 && connector.batch > 1) {
    try {
      together = await connector.getAll(wanted.map(({ issue }) => issue.ref.id));
    } catch (error) {
      if (!(error instanceof TrackerError) || !UNANSWERED_CODES.includes(error.code)) throw error;
      unanswered = error;
    }
  }
  return {
    isOld() {
      const age = clock.now() - readAt;
      return together.size > 0 && (age < 0 || age > READING_LASTS_MS);
    },
    async of(id) {
      // It counts as the failure of one issue: for the next ones the tool may answer.
      if (unanswered !== null) {
        const error = unanswered;
        unanswered = null;
        throw error;
      }
      const theirs = together.get(id);
      if (theirs !== undefined) return { readAt, theirs };
      return { readAt: clock.now(), theirs: await connector.get(id) };
    },
  };
}

/** Whether reading the issue can lead to a change on either side. */
function isWorthReading(context: SyncContext, stored: StoredIssue): boolean {
  const { rules, store, connector } = context;
  const { writable, refused } = pendingFields({ store, side: connector }, stored);
  // A held field that was edited since may be the newer one by now.
  const isEditedSince = store.conflicts.open(stored.issue.ref.id).some(({ field, times }) =>
    times.ours !== (stored.edits[field]?.at ?? null)
  );
  return writable.length > 0 || isEditedSince ||
    refused.some(({ field }) => rules.ownership[field] === "external") ||
    Object.values(stored.edits).some(({ sent }) => sent !== undefined);
}
