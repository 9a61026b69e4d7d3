import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { insertJob } from "../store/jobs.ts";
import { orphanedOperations } from "../store/operations.ts";

/** The channel that wakes the workers. */
export const JOBS_CHANNEL = "jobs";

/** A job to be done. */
export interface NewJob {
  readonly kind: JobName;
  /** What it works on: one job of a kind is open for it. */
  readonly key: string;
  /** Whose work it is; `null` for what concerns the whole host. */
  readonly teamId: string | null;
  /** Milliseconds until it is due; 0 unless given. */
  readonly afterMs?: number;
}

/** The kinds of job. */
export type JobName =
  | "operation"
  | "deliver"
  | "tidy"
  | "index"
  | "packages"
  | "sync.changes"
  | "sync.sweep"
  | "webhook"
  | "refresh-webhook";

/** Adds a job, in the caller's transaction, and wakes the workers once it is committed; see {@link insertJob}. */
export async function enqueue(context: TransactionContext, job: NewJob): Promise<void> {
  const { store, newId, now } = context;
  await insertJob(store, { id: newId("job"), afterMs: 0, ...job, now: now() });
  await store.notify(JOBS_CHANNEL);
}

/** Operations that are adopted at a time. */
const AT_ONCE = 500;

/**
 * Gives a job to each open operation that has none: a process of the version before, which may run beside this one,
 * stores operations without. Returns how many there were.
 *
 * @param olderThanMs Leaves younger ones to the process that stored them.
 */
export async function adoptOperations(
  context: HostContext,
  olderThanMs: number,
): Promise<number> {
  const before = context.now() - olderThanMs;
  if ((await orphanedOperations(context.store, before, 1)).length === 0) return 0;
  return await inTransaction(context, async (context) => {
    const orphans = await orphanedOperations(context.store, before, AT_ONCE);
    for (const { id, teamId } of orphans) {
      await enqueue(context, { kind: "operation", key: id, teamId });
    }
    return orphans.length;
  });
}
