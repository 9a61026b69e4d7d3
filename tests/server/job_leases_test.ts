/** Leases: a job is one process's at a time, survives the death of that process, and has its effect once. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { enqueue } from "../../src/server/jobs/queue.ts";
import { POLL_MS, Worker } from "../../src/server/jobs/worker.ts";
import { LEASE_MS, renewJob } from "../../src/server/store/jobs.ts";
import { add, states, take, withScene, working, workOff } from "./jobs_support.ts";

Deno.test("of many jobs each is taken once, by whichever process comes first", () =>
  withScene(async ({ contexts: [one, other] }) => {
    await inTransaction(one, async (context) => {
      for (let n = 0; n < 300; n++) {
        await enqueue(context, { kind: "operation", key: `${n}`, teamId: null });
      }
    });
    const done: string[] = [];
    const by = { one: 0, other: 0 };
    const kind = (who: keyof typeof by) =>
      working(async ({ job, turn }) => {
        await turn(() => Promise.resolve());
        by[who] += 1;
        done.push(job.key);
      });
    await Promise.all([workOff(one, kind("one")), workOff(other, kind("other"))]);
    assert.equal(done.length, 300);
    assert.equal(new Set(done).size, 300);
    assert.ok(by.one > 0 && by.other > 0, JSON.stringify(by));
    assert.deepEqual(await states(one), ["300 done"]);
  }));

Deno.test("the job of a dead process is another's once the lease has run out, and not before", () =>
  withScene(async ({ platform, contexts: [one, other] }) => {
    await add(one, "a");
    const first = await take(one);
    platform.clock.advance(LEASE_MS - 1);
    assert.equal(await take(other), null);
    platform.clock.advance(1);
    const second = await take(other);
    assert.equal(second?.tried, 1);
    assert.ok(first !== null);
    assert.equal(await renewJob(one.store, first, one.now()), false);
  }));

Deno.test("a lease that is renewed is kept for as long as the work continues", () =>
  withScene(async ({ platform, contexts: [one, other] }) => {
    await add(one, "a");
    const release = Promise.withResolvers<void>();
    const worker = new Worker(one, { operation: working(() => release.promise) });
    await worker.start();
    for (let second = 0; second < 60; second += 5) {
      platform.clock.advance(5_000);
      // The renewal is a statement of the other store: it is done once this one has read it.
      for (let turn = 0; turn < 50; turn++) await Promise.resolve();
      assert.equal(await take(other), null, `${second} s`);
    }
    release.resolve();
    await worker.idle();
    await worker.stop();
    assert.deepEqual(await states(one), ["1 done"]);
  }));

Deno.test("a clock that is set back does not keep a dead process's job from the others", () =>
  withScene(async ({ platform, contexts: [one, other] }) => {
    await add(one, "a");
    await take(one);
    platform.clock.setWallTime(platform.clock.now() - 2 * 24 * 3_600_000);
    assert.equal((await take(other))?.key, "a");
  }));

Deno.test("what a process does after it has lost its lease has no effect", () =>
  withScene(async ({ contexts: [one, other] }) => {
    await one.store.transaction((tx) => tx.run("CREATE TABLE effects (who TEXT)"));
    await add(one, "a");
    const effect = (who: string) =>
      working(({ slice }) =>
        slice(async ({ store }) => {
          await store.run("INSERT INTO effects (who) VALUES (?)", who);
        })
      );
    const stalled = working(async (run) => {
      // As if the process had slept for longer than its lease: another does the job.
      await one.store.transaction((tx) => tx.run("UPDATE jobs SET lease_until = 0"));
      await workOff(other, effect("other"));
      await effect("one").run(run);
    });
    await workOff(one, { ...stalled, atOnce: 1 });
    const effects = await one.store.all("SELECT who FROM effects");
    assert.deepEqual(effects.map(({ who }) => who), ["other"]);
    assert.deepEqual(await states(one), ["1 done"]);
  }));

Deno.test("a worker that is stopped gives its jobs back, and that was no attempt", () =>
  withScene(async ({ contexts: [one, other] }) => {
    await add(one, "a");
    const begun = Promise.withResolvers<void>();
    const kind = working(({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        begun.resolve();
      })
    );
    const worker = new Worker(one, { operation: kind });
    await worker.start();
    await begun.promise;
    await worker.stop();
    assert.equal((await take(other))?.tried, 0);
  }));

Deno.test("a job that gets on with each process is not counted out, however many of them die", () =>
  withScene(async ({ platform, contexts: [one] }) => {
    await add(one, "long");
    for (let death = 0; death < 10; death++) {
      const worker = new Worker(one, {
        operation: working(async ({ slice }) => {
          await slice(() => Promise.resolve());
          throw new Error("as if it had died");
        }),
      });
      await worker.start();
      await worker.idle();
      await worker.stop();
      platform.clock.advance(60_000);
    }
    assert.deepEqual(await states(one), ["1 waiting"]);
  }));

Deno.test("whichever processes die when, every job is done once", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ deaths: fc.nat({ max: 2 }), slices: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 6,
      }),
      (plans) =>
        withScene(async ({ platform, contexts }) => {
          await contexts[0].store.transaction((tx) =>
            tx.run("CREATE TABLE effects (job TEXT, place INTEGER)")
          );
          for (const index of plans.keys()) await add(contexts[0], `${index}`);
          const left = plans.map(({ deaths }) => deaths);
          const kind = working(async ({ job, slice }) => {
            const index = Number(job.key);
            const { slices } = plans[index] ?? { slices: 0 };
            for (let isOver = false; !isOver;) {
              isOver = await slice(async ({ store }) => {
                const row = await store.one(
                  "SELECT COUNT(*) AS done FROM effects WHERE job = ?",
                  job.key,
                );
                const done = Number(row?.["done"]);
                if (done >= slices) return true;
                await store.run("INSERT INTO effects (job, place) VALUES (?, ?)", job.key, done);
                if ((left[index] ?? 0) > 0) {
                  left[index] = (left[index] ?? 0) - 1;
                  throw new Error("killed before the commit");
                }
                return false;
              });
            }
          });
          const workers = contexts.map((context) => new Worker(context, { operation: kind }));
          for (const worker of workers) await worker.start();
          for (let step = 0; step < 30; step++) {
            for (const worker of workers) await worker.idle();
            platform.clock.advance(POLL_MS);
          }
          for (const worker of workers) await worker.stop();
          assert.deepEqual(await states(contexts[0]), [`${plans.length} done`]);
          const rows = await contexts[0].store.all(
            "SELECT job, place FROM effects ORDER BY job, place",
          );
          const expected = plans.flatMap(({ slices }, index) =>
            Array.from({ length: slices }, (_, place) => ({ job: `${index}`, place }))
          );
          assert.deepEqual(rows.map((row) => ({ ...row })), expected);
        }),
    ),
    { numRuns: 25 },
  ));
