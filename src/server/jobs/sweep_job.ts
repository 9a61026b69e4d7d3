import { setLastChange } from "../store/connections.ts";
import { endSweep, syncedResource } from "../store/sync_state.ts";
import { sweepRound } from "../sync/sweep_round.ts";
import type { Providers } from "./at_provider.ts";
import { atResource, DETACHED_MS, tellReadingFailed } from "./at_resource.ts";
import { DONE, type JobKind } from "./job_kind.ts";
import { FAILED_WORK_MS } from "./run_job.ts";

/** Milliseconds between two sweeps of a resource: a day, less what it takes. */
export const SWEEP_EVERY_MS: number = 23 * 60 * 60_000;

/** Compares all issues of a resource with those at its provider, every day. */
export function sweepJob(providers: Providers): JobKind {
  return {
    atOnce: 2,
    retryMs: FAILED_WORK_MS,
    failed: tellReadingFailed,
    async run(run) {
      const { job: { key: id }, context: { store, now } } = run;
      const synced = await syncedResource(store, id);
      if (synced === null) return DONE;
      if (synced.isDetached) return { kind: "again", afterMs: DETACHED_MS };
      const { connectionId } = synced;
      return await providers.reach(run, connectionId, (at) =>
        atResource(at, synced, {
          isWithin: async () => (await syncedResource(store, id))?.sweep?.cursor != null,
          beginAgain: (tx) => endSweep(tx, id, null),
          async work(reached) {
            const { slice } = at;
            const changes = await sweepRound({ ...reached, store, synced, now, slice });
            if (changes > 0) await slice(({ store }) => setLastChange(store, connectionId, now()));
            return { kind: "again", afterMs: SWEEP_EVERY_MS };
          },
        }));
    },
  };
}
