import type { Connection } from "../model/connection.ts";
import { setRound, type SyncedResource, syncedResource } from "../store/sync_state.ts";
import { mirrorRound } from "../sync/mirror_round.ts";
import type { AtProvider, Providers } from "./at_provider.ts";
import { DONE, type JobEnd, type JobKind, type JobRun } from "./job_kind.ts";
import { atResource, DETACHED_MS, tellReadingFailed } from "./at_resource.ts";
import { FAILED_WORK_MS } from "./run_job.ts";

const MINUTE_MS = 60_000;

/** Milliseconds between two rounds at most, as long as nothing changes and no webhook comes. */
const QUIET_MS = 5 * MINUTE_MS;

/** Milliseconds between two quiet rounds, where webhooks tell of changes. */
const TOLD_MS = 15 * MINUTE_MS;

/** Milliseconds that a webhook vouches for those to come. */
const WEBHOOK_COUNTS_MS = 24 * 60 * MINUTE_MS;

/** Reads what has changed in a resource at its provider, and again later. */
export function changesJob(providers: Providers): JobKind {
  return {
    atOnce: 4,
    retryMs: FAILED_WORK_MS,
    failed: tellReadingFailed,
    async run(run) {
      const synced = await syncedResource(run.context.store, run.job.key);
      if (synced === null) return DONE;
      if (synced.isDetached) return { kind: "again", afterMs: DETACHED_MS };
      return await providers.reach(run, synced.connectionId, (at) => readChanges(run, at, synced));
    },
  };
}

async function readChanges(run: JobRun, at: AtProvider, synced: SyncedResource): Promise<JobEnd> {
  const { store, now } = run.context;
  const { resource: { id } } = synced;
  return await atResource(at, synced, {
    isWithin: async () => (await syncedResource(store, id))?.round != null,
    beginAgain: (store) => setRound(store, id, null),
    async work(reached) {
      const { slice } = at;
      const changes = await mirrorRound({ ...reached, store, synced, now, slice });
      const quietRounds = changes === 0 ? synced.quietRounds + 1 : 0;
      return { kind: "again", afterMs: nextRoundMs(quietRounds, at.connection, now()) };
    },
  });
}

/** Returns the milliseconds until the next round: what has changed just now may change soon. */
export function nextRoundMs(
  quietRounds: number,
  { webhookAt }: Pick<Connection, "webhookAt">,
  now: number,
): number {
  if (quietRounds === 0) return MINUTE_MS;
  if (webhookAt !== null && now - webhookAt < WEBHOOK_COUNTS_MS) return TOLD_MS;
  return Math.min(MINUTE_MS * (quietRounds + 1), QUIET_MS);
}
