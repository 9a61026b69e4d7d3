/** Jobs: added once, done in order, tried again, and counted. */
import assert from "node:assert/strict";
import { inTransaction } from "../../src/server/context/host_context.ts";
import type { JobKind } from "../../src/server/jobs/job_kind.ts";
import { adoptOperations, enqueue } from "../../src/server/jobs/queue.ts";
import { POLL_MS, Worker } from "../../src/server/jobs/worker.ts";
import { insertJob, LEASE_MS, nextDueMs, releaseJob } from "../../src/server/store/jobs.ts";
import { listJobs, oldestDueJobMs } from "../../src/server/store/shown_jobs.ts";
import { add, states, take, withScene, working, workOff } from "./jobs_support.ts";
import { watchStatements } from "./statements.ts";
import { withHost } from "./support.ts";

Deno.test("a job is open once for its kind and key, and can be added again after its end", () =>
  withScene(async ({ contexts: [one] }) => {
    await add(one, "a");
    await add(one, "a");
    assert.deepEqual(await states(one), ["1 waiting"]);
    await workOff(one, working(() => Promise.resolve()));
    await add(one, "a");
    assert.deepEqual(await states(one), ["1 done", "1 waiting"]);
  }));

Deno.test("a job whose transaction fails was never added", () =>
  withScene(async ({ contexts: [one] }) => {
    const failing = inTransaction(one, async (context) => {
      await enqueue(context, { kind: "operation", key: "a", teamId: null });
      throw new Error("no room");
    });
    await assert.rejects(failing, /no room/);
    assert.deepEqual(await states(one), []);
  }));

Deno.test("jobs are taken in the order in which they are due, and none before its time", () =>
  withScene(async ({ platform, contexts: [one] }) => {
    await add(one, "late", 2_000);
    await add(one, "soon", 1_000);
    assert.equal(await take(one), null);
    assert.equal(await nextDueMs(one.store, one.now()), 1_000);
    platform.clock.advance(3_000);
    assert.equal(await oldestDueJobMs(one.store, one.now()), 2_000);
    assert.equal((await take(one))?.key, "soon");
    assert.equal((await take(one))?.key, "late");
  }));

Deno.test("a job that is put off for years comes back after a day, and not at once", () =>
  withScene(async ({ platform, contexts: [one] }) => {
    const DAY_MS = 24 * 60 * 60_000;
    await add(one, "far", 200 * 365 * DAY_MS);
    assert.equal(await take(one), null);
    platform.clock.advance(DAY_MS);
    const job = await take(one);
    assert.equal(job?.key, "far");
    if (job === null) return;
    const again = { now: one.now(), afterMs: 200 * 365 * DAY_MS, tried: 0, error: null };
    await one.store.transaction((tx) => releaseJob(tx, job, again));
    assert.equal(await take(one), null);
    platform.clock.advance(DAY_MS);
    assert.equal((await take(one))?.key, "far");
  }));

Deno.test("a job that fails is tried three times, with growing waits, and keeps its reason", () =>
  withScene(async ({ platform, contexts: [one] }) => {
    await add(one, "bad");
    await add(one, "good");
    const tried: number[] = [];
    const failed: string[] = [];
    const kind: JobKind = {
      ...working(({ job }) => {
        if (job.key === "good") return Promise.resolve();
        tried.push(one.now());
        return Promise.reject(new Error("of no use"));
      }),
      failed: (_context, { key }) => Promise.resolve(void failed.push(key)),
    };
    const worker = new Worker(one, { operation: kind });
    await worker.start();
    for (let second = 0; second < 20; second++) {
      await worker.idle();
      platform.clock.advance(1_000);
    }
    await worker.stop();
    const [begun = 0] = tried;
    assert.deepEqual(tried.map((at) => at - begun), [0, 1_000, 5_000]);
    assert.deepEqual(failed, ["bad"]);
    assert.deepEqual(await states(one), ["1 done", "1 failed"]);
    assert.equal((await listJobs(one.store, { state: "failed", limit: 9 }))[0]?.error, "of no use");
    assert.match(platform.stderr(), /The job "operation" of bad failed, attempt 3: of no use\n$/);
  }));

Deno.test("work that is to be done for ever is tried again later when it has failed", () =>
  withScene(async ({ platform, contexts: [one] }) => {
    await add(one, "mirror");
    const tried: number[] = [];
    const failed: string[] = [];
    const kind: JobKind = {
      ...working(() => {
        tried.push(one.now());
        return tried.length > 3 ? Promise.resolve() : Promise.reject(new Error("of no use"));
      }),
      retryMs: 60_000,
      failed: (_context, { key }) => Promise.resolve(void failed.push(key)),
    };
    const worker = new Worker(one, { operation: kind });
    await worker.start();
    for (let second = 0; second < 80; second++) {
      await worker.idle();
      platform.clock.advance(1_000);
    }
    await worker.stop();
    const [begun = 0] = tried;
    assert.deepEqual(tried.map((at) => at - begun), [0, 1_000, 5_000, 65_000]);
    assert.deepEqual(failed, ["mirror"]);
    assert.deepEqual(await states(one), ["1 done"]);
  }));

Deno.test("a store that is at fault is waited for, and that is no failure of the job", () =>
  withScene(async ({ platform, contexts: [one] }) => {
    await add(one, "a");
    let faults = 5;
    const stop = watchStatements(one.store, (sql) => {
      if (sql.includes("SET attempt = 0") && faults-- > 0) throw new Error("database is locked");
    });
    await workOff(one, working(({ slice }) => slice(() => Promise.resolve())));
    stop();
    assert.deepEqual(await states(one), ["1 done"]);
    assert.deepEqual(
      platform.clock.sleeps.filter((ms) => ms > 0),
      [1, 2, 4, 8, 16].map((s) => s * 1_000),
    );
  }));

Deno.test("a job that is added while it is worked on is done once more", () =>
  withScene(async ({ contexts: [one, other] }) => {
    await add(one, "a");
    let runs = 0;
    await workOff(
      one,
      working(async () => {
        runs += 1;
        if (runs === 1) await add(other, "a");
      }),
    );
    assert.equal(runs, 2);
    assert.deepEqual(await states(one), ["1 done"]);
  }));

Deno.test("a job that another process has added is found by looking, without being told", () =>
  withScene(async ({ platform, contexts: [one, other] }) => {
    const done: string[] = [];
    const worker = new Worker(one, {
      operation: working(({ job }) => Promise.resolve(void done.push(job.key))),
    });
    await worker.start();
    await worker.idle();
    const job = { id: "job_1", kind: "operation", key: "a", teamId: null, afterMs: 0 };
    await other.store.transaction((tx) => insertJob(tx, { ...job, now: other.now() }));
    await worker.idle();
    assert.deepEqual(done, []);
    platform.clock.advance(POLL_MS);
    await worker.idle();
    assert.deepEqual(done, ["a"]);
    await worker.stop();
  }));

Deno.test("an operation of a process of the version before, which knows no jobs, gets one", () =>
  withHost(async (host) => {
    const ref = await host.bind("linear", "Engineering (ENG)");
    const accepted = await host.call(
      "POST",
      "/api/v1/tracker/run/",
      { provider: "linear", binding_ref: ref, limit: 3 },
      { prefer: "respond-async" },
    );
    await host.ended(accepted.text("operation_id"));
    await host.host.worker.idle();
    await host.store.run(
      `INSERT INTO operations (id, team_id, user_id, binding_ref, request, state, created_at)
       SELECT 'op_old', team_id, user_id, binding_ref, request, 'running', created_at
       FROM operations`,
    );
    // Its own process may still be at work on it.
    assert.equal(await adoptOperations(host.context, LEASE_MS), 0);
    host.platform.clock.advance(LEASE_MS + POLL_MS);
    await host.host.worker.idle();
    assert.equal((await host.ended("op_old")).at("status"), "completed");
  }));
