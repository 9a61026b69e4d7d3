import { type HostContext, inTransaction } from "../context/host_context.ts";
import type { Transaction } from "../store/store.ts";
import { indexChanges, mergeParts, unindexedPlaces } from "../store/word_index.ts";
import type { JobKind } from "./job_kind.ts";
import { FAILED_WORK_MS } from "./run_job.ts";
import { enqueue } from "./queue.ts";

/** Milliseconds between two looks for changes that are not in the index: until then a search reads them. */
const INDEX_EVERY_MS = 30_000;

/** Adds changed issues to the index of words, a few at a time, and then merges the parts that this makes. */
export function indexJob(): JobKind {
  return {
    atOnce: 1,
    retryMs: FAILED_WORK_MS,
    async run(run) {
      const { store, platform: { clock } } = run.context;
      const untilDone = async (step: (tx: Transaction) => Promise<boolean>) => {
        while (await run.slice((context) => step(context.store))) {
          // Requests that have come meanwhile get their turn.
          await clock.sleep(0, { signal: run.signal });
        }
      };
      for (const place of await unindexedPlaces(store)) {
        await untilDone((tx) => indexChanges(tx, place));
      }
      // Those of an earlier run, too, which may have ended within.
      await untilDone(mergeParts);
      return { kind: "again", afterMs: INDEX_EVERY_MS };
    },
  };
}

/** Has the host keep its index of words, once it has started; PostgreSQL keeps its own. */
export async function startIndexing(context: HostContext): Promise<void> {
  if (context.store.dialect === "postgres") return;
  await inTransaction(
    context,
    (context) =>
      enqueue(context, { kind: "index", key: "host", teamId: null, afterMs: INDEX_EVERY_MS }),
  );
}
