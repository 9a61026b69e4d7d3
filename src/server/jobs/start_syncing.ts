import {
  type HostContext,
  inTransaction,
  type TransactionContext,
} from "../context/host_context.ts";
import { isWorkedOn } from "../store/jobs.ts";
import { endSweep, type SyncedResource, syncedResources } from "../store/sync_state.ts";
import { reopenTakenUp } from "../store/taken_up.ts";
import { enqueue } from "./queue.ts";
import { SWEEP_EVERY_MS } from "./sweep_job.ts";

/** Milliseconds after a round within which a start of the host makes no further one. */
const FRESH_MS = 60_000;

/** Has the host read a resource and its sweep; `sweep` says whether all issues are compared at once, too. */
async function enqueueReading(
  context: TransactionContext,
  { resource: { id: key }, teamId, sweep: begun }: SyncedResource,
  { afterMs, sweep }: { readonly afterMs: number; readonly sweep: boolean },
): Promise<void> {
  await enqueue(context, { kind: "sync.changes", key, teamId, afterMs });
  const sweepAfterMs = sweep ? 0 : SWEEP_EVERY_MS;
  const job = { kind: "sync.sweep", key } as const;
  await enqueue(context, { ...job, teamId, afterMs: sweepAfterMs });
  // One that was interrupted has met issues that may be gone by now: it begins once more. One that a process works on
  // is followed by another.
  if (sweep && begun !== null && !await isWorkedOn(context.store, job, context.now())) {
    await endSweep(context.store, key, null);
  }
}

/**
 * Has the host read the resources of a connection now, and do what waits for it, or was made without a connection and not
 * taken by the provider; returns the resources. Runs inside the caller's transaction.
 */
export async function syncNow(
  context: TransactionContext,
  connectionId: string,
  { sweep }: { readonly sweep: boolean } = { sweep: false },
): Promise<readonly SyncedResource[]> {
  const synced = await syncedResources(context.store, connectionId);
  for (const one of synced) await enqueueReading(context, one, { afterMs: 0, sweep });
  await reopenTakenUp(context.store, connectionId);
  await enqueueWaiting(context, synced);
  return synced;
}

async function enqueueWaiting(
  context: TransactionContext,
  synced: readonly SyncedResource[],
): Promise<void> {
  const teams = new Map(synced.map((one) => [one.connectionId, one.teamId]));
  for (const [key, teamId] of teams) {
    await enqueue(context, { kind: "deliver", key, teamId });
    await enqueue(context, { kind: "webhook", key, teamId });
    await enqueue(context, { kind: "refresh-webhook", key, teamId });
  }
}

/** Has a host that starts read what is connected, as it is due. */
export async function startSyncing(context: HostContext): Promise<void> {
  await inTransaction(context, async (context) => {
    const synced = await syncedResources(context.store, null);
    for (const one of synced) {
      const due = one.lastRoundAt === null ? 0 : one.lastRoundAt + FRESH_MS - context.now();
      const afterMs = Math.min(Math.max(due, 0), FRESH_MS);
      await enqueueReading(context, one, { afterMs, sweep: false });
    }
    await enqueueWaiting(context, synced);
  });
}
