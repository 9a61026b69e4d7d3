/** Processes that die: the job that kills them is found out, and the jobs that waited beside it are not blamed. */
import assert from "node:assert/strict";
import { type HostContext, hostContext } from "../../src/server/context/host_context.ts";
import type { JobKind, JobRun } from "../../src/server/jobs/job_kind.ts";
import { JOBS_CHANNEL } from "../../src/server/jobs/queue.ts";
import { Worker } from "../../src/server/jobs/worker.ts";
import { integer } from "../../src/server/store/row.ts";
import { listJobs } from "../../src/server/store/shown_jobs.ts";
import type { TestPlatform } from "../support/platform.ts";
import { onEachDatabase } from "./each_database.ts";
import { add, states, working, workOff } from "./jobs_support.ts";
import { watchStatements } from "./statements.ts";

type Test = (context: HostContext, platform: TestPlatform) => Promise<void>;

/** Runs a test on each kind of database; the leases on it end when the test says so. */
function onEach(name: string, test: Test): void {
  onEachDatabase(
    name,
    async (open, platform) => await test(hostContext(platform, await open(), "quick"), platform),
  );
}

/** Never answers. */
const silence = new Promise<never>(() => {});

/** A process that can die: from then on the store hears and tells it nothing. */
interface Mortal {
  readonly context: HostContext;
  die(): void;
  /** It has died, and what the store had heard of it until then is done. */
  readonly died: Promise<void>;
}

function mortal(context: HostContext): Mortal {
  const { store } = context;
  const death = Promise.withResolvers<void>();
  let isDead = false;
  const asked = new Set<Promise<unknown>>();
  const done = async () => {
    while (asked.size > 0) await Promise.allSettled(asked);
  };
  const living = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (isDead) return await silence;
    const asking = ask();
    asked.add(asking);
    try {
      const answer = await asking.finally(() => asked.delete(asking));
      return isDead ? await silence : answer;
    } catch (error) {
      if (isDead) return await silence;
      throw error;
    }
  };
  return {
    context: {
      ...context,
      store: {
        one: (sql, ...values) => living(() => store.one(sql, ...values)),
        all: (sql, ...values) => living(() => store.all(sql, ...values)),
        run: (sql, ...values) => living(() => store.run(sql, ...values)),
        transaction: (work, options) => living(() => store.transaction(work, options)),
        notify: (channel) => living(() => store.notify(channel)),
        listen: (channel, wake) => living(() => store.listen(channel, wake)),
        version: () => store.version(),
        figures: () => store.figures(),
        dialect: store.dialect,
        close: () => Promise.resolve(),
      },
    },
    die() {
      isDead = true;
      death.resolve();
    },
    // What it asked for may take effect after its death: a job that is taken then waits for the end of its lease.
    died: death.promise.then(done),
  };
}

/** Ends the leases of processes that have died, of one job or all. */
async function endLeases({ store }: HostContext, key = "%"): Promise<void> {
  await store.run(
    "UPDATE jobs SET lease_until = 0 WHERE lease_owner IS NOT NULL AND key LIKE ?",
    key,
  );
}

async function countedAttempts({ store }: HostContext, key: string): Promise<number> {
  const row = await store.one("SELECT attempt FROM jobs WHERE key = ?", key);
  assert.ok(row !== null);
  return integer(row, "attempt");
}

onEach(
  "a job that three dead processes in turn had in their queue is done",
  async (context) => {
    for (let death = 0; death < 3; death++) {
      const process = mortal(context);
      await add(context, `long ${death}`);
      const begun = {
        innocent: Promise.withResolvers<void>(),
        long: Promise.withResolvers<void>(),
      };
      const kind = working(async ({ job, turn, slice }) => {
        if (job.key === "innocent") {
          begun.innocent.resolve();
          return await slice(() => Promise.resolve());
        }
        await turn(() => {
          begun.long.resolve();
          return silence;
        });
      });
      const worker = new Worker(process.context, { operation: kind });
      await worker.start();
      await begun.long.promise;
      if (death === 0) await add(context, "innocent");
      else await endLeases(context, "innocent");
      await context.store.notify(JOBS_CHANNEL);
      await begun.innocent.promise;
      // It waits for its turn, and that is no attempt.
      for (let looks = 0; await countedAttempts(context, "innocent") > 1; looks++) {
        assert.ok(looks < 5_000, "waiting counts as an attempt");
      }
      process.die();
      await process.died;
      // Its lease may end at any moment where the machine is busy: it would be taken by the next process, and hold it up.
      await context.store.run("UPDATE jobs SET state = 'done' WHERE key = ?", `long ${death}`);
    }
    await endLeases(context);
    await workOff(context, working(({ slice }) => slice(() => Promise.resolve())));
    assert.deepEqual(await states(context), ["4 done"]);
  },
);

/** Where work can kill its process. */
const DEADLY: Readonly<Record<string, (run: JobRun, die: () => void) => Promise<void>>> = {
  "in a transaction": ({ slice }, die) =>
    slice(() => {
      die();
      throw new Error("The transaction ends with the process");
    }),
  "in a step of its turn": ({ turn }, die) =>
    turn(() => {
      die();
      return silence;
    }),
  "while it asks others": (_, die) => {
    die();
    return silence;
  },
};

/** Asks others, and is answered after a while. */
async function answers({ platform: { clock } }: HostContext): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await clock.sleep(0);
}

for (const [where, kill] of Object.entries(DEADLY)) {
  for (const place of [0, 3]) {
    onEach(
      `a job that kills three processes ${where} has failed, and no job beside it, behind ${place} others`,
      async (context) => {
        const innocent = ["a", "b", "c"];
        const keys = innocent.toSpliced(place, 0, "deadly");
        for (const key of keys) await add(context, key);
        let deaths = 0;
        const failed: string[] = [];
        const kindOf = (die: () => void): JobKind => ({
          ...working(async (run) => {
            await run.turn(() => Promise.resolve());
            if (run.job.key === "deadly") await kill(run, die);
            await answers(context);
            await run.slice(() => Promise.resolve());
          }),
          failed: (_, { key }) => Promise.resolve(void failed.push(key)),
        });
        while ((await states(context)).some((one) => /waiting|running/.test(one))) {
          const process = mortal(context);
          const worker = new Worker(process.context, { operation: kindOf(process.die) });
          await worker.start();
          const isOver = await Promise.race([
            process.died.then(() => false),
            worker.idle().then(() => true),
          ]);
          if (isOver) await worker.stop();
          else deaths += 1;
          assert.ok(deaths <= 3, "it is tried too often");
          await endLeases(context);
        }
        assert.equal(deaths, 3);
        assert.deepEqual(failed, ["deadly"]);
        assert.deepEqual(await states(context), ["3 done", "1 failed"]);
        const [job] = await listJobs(context.store, { state: "failed", limit: 9 });
        assert.equal(job?.error, "3 processes in turn took it up and ended before it was done");
      },
    );
  }
}

onEach("what waits for the store is not blamed when its process dies", async (context) => {
  await add(context, "a");
  const { store } = context;
  await store.run("UPDATE jobs SET attempt = 2");
  const counts: number[] = [];
  let faults = 2;
  const stop = watchStatements(store, (sql) => {
    if (sql.includes("SET attempt = 0") && faults-- > 0) throw new Error("database is locked");
  });
  const sleeping: HostContext = {
    ...context,
    platform: {
      ...context.platform,
      clock: {
        ...context.platform.clock,
        async sleep(ms, options) {
          if (ms > 0) counts.push(await countedAttempts(context, "a"));
          await context.platform.clock.sleep(ms, options);
        },
      },
    },
  };
  await workOff(sleeping, working(({ slice }) => slice(() => Promise.resolve())));
  stop();
  assert.deepEqual(counts, [2, 2]);
  assert.deepEqual(await states(context), ["1 done"]);
});

onEach("what was tried in vain and then gets on does not hold up the others", async (context) => {
  const keys = ["a", "b", "c"];
  for (const key of keys) await add(context, key);
  await context.store.run("UPDATE jobs SET attempt = 2");
  const others = Promise.withResolvers<void>();
  const ended: string[] = [];
  const kind = working(async ({ job, slice }) => {
    await slice(() => Promise.resolve());
    if (job.key === "a") await others.promise;
    ended.push(job.key);
    if (ended.length === keys.length - 1) others.resolve();
  });
  await workOff(context, kind);
  assert.deepEqual(ended.toSorted(), keys);
  assert.deepEqual(await states(context), ["3 done"]);
});
