import { requireAdmin } from "../context/admin.ts";
import { type HostContext, inTransaction } from "../context/host_context.ts";
import { type JobOptions, syncKinds } from "../jobs/kinds.ts";
import { syncNow } from "../jobs/start_syncing.ts";
import { Worker } from "../jobs/worker.ts";
import type { Actor } from "../model/actor.ts";
import { listConnections, type ListedConnection } from "../store/connections.ts";
import { countByStatus } from "../store/issue_counts.ts";
import { isAnyJobDue } from "../store/shown_jobs.ts";
import { type SyncedResource, syncedResources } from "../store/sync_state.ts";
import { showConnection } from "./admin.ts";

/** What is to be read now. */
export interface SyncRequest {
  /** Name or id of a connection; `null` for all. */
  readonly name: string | null;
  /** Whether all issues are compared, beside what has changed. */
  readonly sweep: boolean;
}

/** How far a resource is. */
export interface SyncedPlace {
  readonly label: string;
  /** Issues of it that the host has. */
  readonly issues: number;
  /** Whether all was read that was asked for. */
  readonly isRead: boolean;
  /** Why the provider does not let the host read it; `null` when it does. */
  readonly error: string | null;
}

/** How far a connection is. */
export interface SyncedConnection {
  readonly connection: ListedConnection;
  readonly places: readonly SyncedPlace[];
}

/** Milliseconds between two looks at the work. */
const LOOK_MS = 250;

/**
 * Reads connections now, until all is read or cannot be. A host that serves the same data meanwhile takes part of the
 * work. `onProgress` is told how far it is.
 *
 * @throws {TrackerError} `admin_only`, `connection_not_found`, `connection_ambiguous`.
 */
export async function syncConnections(
  context: HostContext,
  actor: Actor,
  { name, sweep }: SyncRequest,
  options: JobOptions,
  onProgress: (places: readonly SyncedPlace[]) => void,
): Promise<SyncedConnection[]> {
  await requireAdmin(context, actor, null);
  const { store, platform: { clock } } = context;
  const chosen = name === null
    ? await listConnections(store, null)
    : [await showConnection(context, actor, { name, teamId: null })];
  const ids = chosen.map(({ id }) => id);
  const since = context.now();
  await inTransaction(context, async (context) => {
    for (const id of ids) await syncNow(context, id, { sweep });
  });
  const worker = new Worker(context, syncKinds(options));
  await worker.start();
  try {
    for (;;) {
      const resources = await resourcesOf(context, ids);
      onProgress(await placesOf(context, resources, { since, sweep }));
      const keys = resources.map(({ resource }) => resource.id);
      const now = context.now();
      // What was changed without a connection is sent first; the reading waits for it.
      const isWork = await isAnyJobDue(store, { kinds: ["deliver"], keys: ids, now }) ||
        await isAnyJobDue(store, { kinds: ["sync.changes", "sync.sweep"], keys, now });
      if (!isWork) break;
      await clock.sleep(LOOK_MS);
    }
  } finally {
    await worker.stop();
  }
  const after = await listConnections(store, null);
  const resources = await resourcesOf(context, ids);
  return await Promise.all(
    after.filter(({ id }) => ids.includes(id)).map(async (connection) => ({
      connection,
      places: await placesOf(
        context,
        resources.filter(({ connectionId }) => connectionId === connection.id),
        { since, sweep },
      ),
    })),
  );
}

async function resourcesOf(
  { store }: HostContext,
  ids: readonly string[],
): Promise<SyncedResource[]> {
  return (await Promise.all(ids.map((id) => syncedResources(store, id)))).flat();
}

async function placesOf(
  { store }: HostContext,
  resources: readonly SyncedResource[],
  { since, sweep }: { readonly since: number; readonly sweep: boolean },
): Promise<SyncedPlace[]> {
  return await Promise.all(resources.map(async (one) => ({
    label: one.resource.label,
    issues: (await countByStatus(store, one.resource.id))["total"] ?? 0,
    isRead: isSince(one.lastRoundAt, since) && (!sweep || isSince(one.lastSweepAt, since)),
    error: one.error,
  })));
}

function isSince(at: number | null, since: number): boolean {
  return at !== null && at >= since;
}
