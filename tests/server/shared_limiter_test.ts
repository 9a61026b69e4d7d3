/** Limits that several processes share: limiters of their own on one store stand for the processes. */
import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { LeasedLimiter } from "../../src/server/context/leased_limiter.ts";
import { SharedLimiter } from "../../src/server/context/shared_limiter.ts";
import type { RateLimit } from "../../src/server/model/rate_limit.ts";
import { forgetLimits } from "../../src/server/store/limits.ts";
import type { HostStore } from "../../src/server/store/store.ts";
import { type TestClock, testClock } from "../support/clock.ts";
import { temporaryHostData } from "../support/host_data.ts";
import { testPlatform } from "../support/platform.ts";
import { watchStatements } from "./statements.ts";

const PROCESSES = [0, 1, 2] as const;

async function withStore(
  test: (store: HostStore, clock: TestClock) => Promise<void>,
): Promise<void> {
  const { store } = await temporaryHostData(testPlatform("/nowhere"));
  try {
    await test(store, testClock());
  } finally {
    await store.close();
  }
}

function leased(store: HostStore, clock: TestClock, limit: RateLimit): LeasedLimiter {
  return new LeasedLimiter(clock, { store, name: "calls", limit, now: () => clock.now() });
}

function shared(store: HostStore, clock: TestClock, limit: RateLimit): SharedLimiter {
  return new SharedLimiter({ store, name: "guesses", limit, now: () => clock.now() });
}

Deno.test("all processes together take no more than a burst and what has come back since", () =>
  withStore(async (store, clock) => {
    const turns = fc.array(fc.record({ process: fc.nat(2), pause: fc.nat(2_000) }), {
      maxLength: 60,
    });
    const limits = fc.record({
      burst: fc.integer({ min: 1, max: 10 }),
      perSecond: fc.integer({ min: 1, max: 10 }),
    });
    let run = 0;
    await fc.assert(fc.asyncProperty(limits, turns, async (limit, steps) => {
      run += 1;
      const limiters = PROCESSES.map(() => shared(store, clock, limit));
      let taken = 0;
      let elapsed = 0;
      for (const { process, pause } of steps) {
        const { wait } = await limiters[process]!.take(`key ${run}`);
        if (wait === 0) taken += 1;
        clock.advance(pause);
        elapsed += pause;
      }
      assert.ok(taken <= limit.burst + elapsed / 1000 * limit.perSecond + 1e-6);
    }));
  }));

Deno.test("a shared bucket tells how long to wait, and waiting that long is enough", () =>
  withStore(async (store, clock) => {
    const [one, other] = [0, 1].map(() => shared(store, clock, { burst: 2, perSecond: 0.3 }));
    assert.deepEqual(await one!.take("key"), { wait: 0, used: 1 });
    assert.deepEqual(await other!.take("key"), { wait: 0, used: 2 });
    const { wait } = await one!.take("key");
    assert.equal(wait, 4);
    clock.advance(wait * 1000);
    assert.equal((await other!.take("key")).wait, 0);
    await one!.giveBack("key");
    assert.equal((await other!.take("key")).wait, 0);
  }));

Deno.test("a key may be any text", () =>
  withStore(async (store, clock) => {
    const limiter = shared(store, clock, { burst: 1, perSecond: 1 });
    for (const key of ["\0", "\ud800", "x".repeat(100_000), "'; --"]) {
      assert.equal((await limiter.take(key)).wait, 0);
      assert.equal((await limiter.take(key)).wait, 1);
    }
  }));

Deno.test("leases let through the burst, what comes back, and a batch for each process at most", () =>
  withStore(async (store, clock) => {
    const limit = { burst: 200, perSecond: 20 };
    const limiters = PROCESSES.map(() => leased(store, clock, limit));
    const batch = limiters[0]!.batch;
    assert.equal(batch, 4);
    const turns = fc.array(
      fc.record({ process: fc.nat(2), calls: fc.nat(40), pause: fc.nat(3_000) }),
      { maxLength: 40 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(turns, async (steps) => {
        run += 1;
        const taken: { at: number; count: number }[] = [];
        for (const { process, calls, pause } of steps) {
          const limiter = limiters[process]!;
          const answers = await Promise.all(
            Array.from({ length: calls }, () => limiter.take(`user ${run}`)),
          );
          taken.push({ at: clock.now(), count: answers.filter(({ wait }) => wait === 0).length });
          clock.advance(pause);
        }
        for (const [first, from] of taken.entries()) {
          let count = 0;
          for (const step of taken.slice(first)) {
            count += step.count;
            const seconds = (step.at - from.at) / 1000;
            const bound: number = limit.burst + seconds * limit.perSecond +
              PROCESSES.length * batch;
            assert.ok(count <= bound + 1e-6, `${count} calls in ${seconds} s`);
          }
        }
      }),
      { numRuns: 50 },
    );
  }));

Deno.test("a user gets the whole burst but what other processes have not used", () =>
  withStore(async (store, clock) => {
    const limit = { burst: 200, perSecond: 20 };
    const limiters = PROCESSES.map(() => leased(store, clock, limit));
    let taken = 0;
    for (let turn = 0; turn < 300; turn++) {
      if ((await limiters[turn % 2 === 0 ? 0 : 1]!.take("user")).wait === 0) taken += 1;
    }
    assert.ok(taken >= 200 - 4 && taken <= 200, String(taken));
  }));

Deno.test("calls of one user ask the database once for a fiftieth of the burst, refused ones not at all", () =>
  withStore(async (store, clock) => {
    const limiter = leased(store, clock, { burst: 2_000, perSecond: 200 });
    let statements = 0;
    watchStatements(store, (sql) => {
      if (sql.includes("limits")) statements += 1;
    });
    for (let call = 0; call < 2_000; call++) assert.equal((await limiter.take("user")).wait, 0);
    assert.equal(statements, 50);
    const refused = await limiter.take("user");
    assert.equal(refused.wait, 1);
    for (let call = 0; call < 100; call++) await limiter.take("user");
    assert.equal(statements, 51);
    clock.advance(5);
    assert.equal((await limiter.take("user")).wait, 0);
  }));

Deno.test("calls of one user that come together share one question, and none is asked for another user", () =>
  withStore(async (store, clock) => {
    const limiter = leased(store, clock, { burst: 500, perSecond: 50 });
    let statements = 0;
    watchStatements(store, (sql) => {
      if (sql.includes("limits")) statements += 1;
    });
    const answers = await Promise.all(Array.from({ length: 600 }, () => limiter.take("user")));
    assert.equal(answers.filter(({ wait }) => wait === 0).length, 500);
    assert.ok(statements <= 4, String(statements));
    assert.equal((await limiter.take("another user")).wait, 0);
  }));

Deno.test("a failure of the database fails the calls that wait for it, and no later one", () =>
  withStore(async (store, clock) => {
    const limiter = leased(store, clock, { burst: 50, perSecond: 5 });
    let isBroken = true;
    watchStatements(store, (sql) => {
      if (isBroken && sql.includes("limits")) throw new Error("no database");
    });
    const answers = await Promise.allSettled([limiter.take("user"), limiter.take("user")]);
    assert.deepEqual(answers.map(({ status }) => status), ["rejected", "rejected"]);
    isBroken = false;
    assert.equal((await limiter.take("user")).wait, 0);
  }));

Deno.test("buckets that are full again are forgotten", () =>
  withStore(async (store, clock) => {
    const limiter = shared(store, clock, { burst: 10, perSecond: 1 });
    for (let key = 0; key < 100; key++) await limiter.take(`key ${key}`);
    clock.advance(9_000);
    await limiter.take("key 99");
    await forgetLimits(store, clock.now());
    assert.equal((await store.all("SELECT 1 FROM limits")).length, 100);
    clock.advance(1_000);
    await forgetLimits(store, clock.now());
    assert.equal((await store.all("SELECT 1 FROM limits")).length, 1);
  }));
