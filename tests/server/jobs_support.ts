import {
  type HostContext,
  hostContext,
  inTransaction,
} from "../../src/server/context/host_context.ts";
import { DONE, type JobKind, type JobRun } from "../../src/server/jobs/job_kind.ts";
import type { JobOptions } from "../../src/server/jobs/kinds.ts";
import { enqueue } from "../../src/server/jobs/queue.ts";
import { Worker } from "../../src/server/jobs/worker.ts";
import { type LeasedJob, takeJob } from "../../src/server/store/jobs.ts";
import { countJobs } from "../../src/server/store/shown_jobs.ts";
import { openSqliteStore } from "../../src/server/store/sqlite.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";

/** Two processes on one database, and one clock. */
export interface Scene {
  readonly platform: TestPlatform;
  readonly contexts: readonly [HostContext, HostContext];
}

/** Runs a test in a scene of its own. */
export function withScene(test: (scene: Scene) => Promise<void>): Promise<void> {
  return withPlatform({}, async (platform) => {
    // Two connections to one file would wait for each other within this one thread.
    const store = await openSqliteStore(platform, `${platform.home}/host.db`);
    const open = () => hostContext(platform, store, "quick");
    try {
      await test({ platform, contexts: [open(), open()] });
    } finally {
      await store.close();
    }
  });
}

/** Adds a job. */
export function add(context: HostContext, key: string, afterMs = 0): Promise<void> {
  return inTransaction(
    context,
    (context) => enqueue(context, { kind: "operation", key, teamId: null, afterMs }),
  );
}

/** Takes a job, as a process does that may die with it. */
export function take({ store, now, platform }: HostContext): Promise<LeasedJob | null> {
  const lease = platform.random.uuid();
  return takeJob(store, { kinds: ["operation"], mayBeTried: true, lease, now: now() });
}

/** Returns a kind of job whose work is `run`. */
export function working(run: (run: JobRun) => Promise<void>): JobKind {
  return {
    atOnce: 4,
    async run(given) {
      await run(given);
      return DONE;
    },
  };
}

/** Runs a worker until nothing is due, and stops it. */
export async function workOff(context: HostContext, kind: JobKind): Promise<void> {
  const worker = new Worker(context, { operation: kind });
  await worker.start();
  await worker.idle();
  await worker.stop();
}

/** Counts the jobs by state. */
export async function states({ store }: HostContext): Promise<string[]> {
  return (await countJobs(store)).map(({ state, count }) => `${count} ${state}`);
}

/** Work that reaches no provider. */
export const OPERATIONS_ONLY: JobOptions = {
  operationDelayMs: () => 0,
  remotes: {},
  provideKey: () => Promise.reject(new Error("No key")),
  secretOf: ({ id }) => Promise.reject(new Error(`No secret for ${id}`)),
};
