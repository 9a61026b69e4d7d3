/** Jobs on PostgreSQL: several processes, each with connections of its own, on one database. */
import assert from "node:assert/strict";
import {
  type HostContext,
  hostContext,
  inTransaction,
} from "../../src/server/context/host_context.ts";
import { enqueue } from "../../src/server/jobs/queue.ts";
import { Worker } from "../../src/server/jobs/worker.ts";
import { nextDueMs, renewJob, takeJob } from "../../src/server/store/jobs.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { countJobs, oldestDueJobMs } from "../../src/server/store/shown_jobs.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";
import { untilSo } from "../support/until.ts";
import { add, states, take, working } from "./jobs_support.ts";

/** Runs a test with as many processes on one database; skips it where PostgreSQL is not to be had. */
async function withProcesses(
  count: number,
  test: (contexts: readonly HostContext[]) => Promise<void>,
): Promise<void> {
  await withDatabase(migratedDatabase, async (url) => {
    const contexts: HostContext[] = [];
    try {
      for (let index = 0; index < count; index++) {
        const platform = systemPlatform();
        const store = await openPostgresStore(platform, parsePostgresUrl(url));
        contexts.push(hostContext(platform, store, "quick"));
      }
      await test(contexts);
    } finally {
      for (const { store } of contexts) await store.close();
    }
  });
}

/** A process that never looks for jobs of itself, however long it has waited. */
function withoutLooks(context: HostContext): HostContext {
  const { platform } = context;
  const deadline = () => ({ signal: new AbortController().signal, clear: () => {} });
  return { ...context, platform: { ...platform, clock: { ...platform.clock, deadline } } };
}

const quiet = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "on PostgreSQL three processes do a thousand jobs, each once",
  quiet,
  () =>
    withProcesses(3, async (contexts) => {
      const [first] = contexts;
      assert.ok(first !== undefined);
      await first.store.run("CREATE TABLE effects (job TEXT)");
      await inTransaction(first, async (context) => {
        for (let n = 0; n < 1_000; n++) {
          await enqueue(context, { kind: "operation", key: `${n}`, teamId: null });
        }
      });
      const by = contexts.map(() => 0);
      const workers = contexts.map((context, index) =>
        new Worker(context, {
          operation: working(({ job, slice }) =>
            slice(async ({ store }) => {
              await store.run("INSERT INTO effects (job) VALUES (?)", job.key);
              by[index] = (by[index] ?? 0) + 1;
            })
          ),
        })
      );
      await Promise.all(workers.map((worker) => worker.start()));
      while ((await states(first)).join() !== "1000 done") {
        await first.platform.clock.sleep(50);
      }
      await Promise.all(workers.map((worker) => worker.stop()));
      const row = await first.store.one(
        "SELECT COUNT(*) AS all_of_them, COUNT(DISTINCT job) AS different FROM effects",
      );
      assert.deepEqual([row?.["all_of_them"], row?.["different"]], [1_000, 1_000]);
      assert.ok(by.every((count) => count > 0), by.join());
    }),
);

Deno.test(
  "on PostgreSQL the job of a dead process is another's once its lease has run out",
  quiet,
  () =>
    withProcesses(2, async ([one, other]) => {
      assert.ok(one !== undefined && other !== undefined);
      await add(one, "a");
      const first = await take(one);
      assert.ok(first !== null);
      assert.equal(await take(other), null);
      assert.equal(await renewJob(one.store, first, 0), true);
      await one.store.run("UPDATE jobs SET lease_until = lease_until - 20000");
      assert.equal((await take(other))?.tried, 1);
      assert.equal(await renewJob(one.store, first, 0), false);
    }),
);

Deno.test(
  "on PostgreSQL a process that is told of a job takes it at once",
  quiet,
  () =>
    withProcesses(2, async ([one, other]) => {
      assert.ok(one !== undefined && other !== undefined);
      let isDone = false;
      const worker = new Worker(withoutLooks(one), {
        operation: working(() => Promise.resolve(void (isDone = true))),
      });
      await worker.start();
      await worker.idle();
      await add(other, "a");
      await untilSo(() => isDone);
      await worker.stop();
    }),
);

Deno.test(
  "on PostgreSQL a job that is put off, and the clocks of the processes, do not matter",
  quiet,
  () =>
    withProcesses(1, async ([one]) => {
      assert.ok(one !== undefined);
      await add(one, "later", 60_000);
      const skewed = { ...one, now: () => 0 };
      assert.equal(await take(skewed), null);
      const due = await nextDueMs(one.store, 0);
      assert.ok(due !== null && due > 50_000 && due <= 60_000, `${due}`);
      await add(one, "now");
      assert.equal((await oldestDueJobMs(one.store, 0) ?? -1) >= 0, true);
      assert.deepEqual(await countJobs(one.store), [
        { kind: "operation", state: "waiting", count: 2 },
      ]);
      assert.equal((await take(skewed))?.key, "now");
    }),
);

Deno.test(
  "on PostgreSQL a share that is full is passed over, one that yields only where others have jobs",
  quiet,
  () =>
    withProcesses(1, async (contexts) => {
      const [context] = contexts;
      assert.ok(context !== undefined);
      const { store, now } = context;
      const wanted = { kinds: ["operation"], mayBeTried: true, lease: "l", now: now() };
      const share = { kind: "operation", share: "a" };
      await add(context, "a");
      assert.equal(await takeJob(store, { ...wanted, full: [share] }), null);
      await add(context, "b", 60 * 60_000);
      assert.equal(await takeJob(store, { ...wanted, yielding: [share] }), null);
      await store.run("DELETE FROM jobs WHERE key = 'b'");
      const taken = await takeJob(store, { ...wanted, yielding: [share] });
      assert.deepEqual([taken?.key, taken?.share], ["a", "a"]);
    }),
);
