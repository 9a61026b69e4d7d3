import { ProviderError } from "../../providers/mod.ts";
import { setLastChange } from "../store/connections.ts";
import { resourceOfPlace } from "../store/sync_state.ts";
import { openWebhooks, setHandled, type StoredHint } from "../store/webhooks.ts";
import { readIssues, storeRead } from "../sync/read_issue.ts";
import type { AtProvider, Providers } from "./at_provider.ts";
import { DONE, type JobEnd, type JobKind, type JobRun } from "./job_kind.ts";
import { FAILED_WORK_MS } from "./run_job.ts";

/** Deliveries that are handled together: several of one issue cost one call. */
const AT_ONCE = 50;

/** Reads the issues at the provider of which its webhooks told. */
export function webhookJob(providers: Providers): JobKind {
  return {
    atOnce: 8,
    retryMs: FAILED_WORK_MS,
    async run(run) {
      const { job: { key: connectionId }, context: { store } } = run;
      if ((await openWebhooks(store, connectionId, 1)).length === 0) return DONE;
      return await providers.reach(run, connectionId, (at) => followHints(run, at));
    },
  };
}

async function followHints(run: JobRun, at: AtProvider): Promise<JobEnd> {
  const { job: { key: connectionId }, context: { store } } = run;
  for (;;) {
    const deliveries = await openWebhooks(store, connectionId, AT_ONCE);
    if (deliveries.length === 0) return DONE;
    const hints = new Map(
      deliveries.flatMap(({ hints }) => hints)
        .map((hint) => [JSON.stringify([hint.placeId, hint.issueId]), hint] as const),
    );
    for (const hint of hints.values()) await followHint(run, at, hint);
    await at.slice(async ({ store, now }) => {
      for (const { id } of deliveries) await setHandled(store, connectionId, id, now());
    });
  }
}

/** Reads one issue. One that the provider does not let the host read is left to the rounds, which say so. */
async function followHint(run: JobRun, at: AtProvider, hint: StoredHint): Promise<void> {
  const { remote, access, connection } = at;
  const { store } = run.context;
  const place = await resourceOfPlace(store, connection.id, hint.placeId);
  if (place === null) return;
  try {
    const reached = { store, resourceId: place.id, place, remote, access, slice: at.slice };
    const changes = await storeRead(reached, [await readIssues(reached, [hint.issueId])]);
    if (changes > 0) {
      await at.slice(({ store, now }) => setLastChange(store, connection.id, now()));
    }
  } catch (error) {
    if (!(error instanceof ProviderError) || error.fault.kind !== "rejected") throw error;
  }
}
