import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { backoff, type CycleOutcome, LOOP_TIMING, runLoop } from "../../src/daemon/loop.ts";
import { Wake } from "../../src/daemon/wake.ts";
import { testClock } from "../support/clock.ts";
import { countingRandom } from "../support/platform.ts";

const random = countingRandom();

/** Runs the loop over the outcomes given, then stops it. */
async function over(outcomes: readonly CycleOutcome[]) {
  const clock = testClock();
  const wake = new Wake();
  const start = clock.monotonic();
  const cyclesAt: number[] = [];
  let beats = 0;
  const reason = await runLoop({
    clock,
    random,
    wake,
    cycle() {
      cyclesAt.push(clock.monotonic() - start);
      const outcome = outcomes[cyclesAt.length - 1] ?? { kind: "idle" };
      if (cyclesAt.length > outcomes.length) wake.stop("asked");
      return Promise.resolve(outcome);
    },
    onLook() {
      beats++;
      return Promise.resolve();
    },
  });
  return { cyclesAt, beats, reason, clock };
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

Deno.test("the queue is uploaded every 30 s", async () => {
  const { cyclesAt } = await over(times(3, { kind: "worked", count: 1 }));
  assert.deepEqual(cyclesAt, [0, 30_000, 60_000, 90_000]);
});

Deno.test("failures in a row wait 0.5 s, doubled up to 300 s, and a success starts over", async () => {
  const { cyclesAt } = await over([
    ...times(11, { kind: "failed", reason: "offline" } as const),
    { kind: "worked", count: 1 },
    { kind: "failed", reason: "offline" },
  ]);
  const waits = cyclesAt.slice(1).map((at, place) => at - (cyclesAt[place] ?? 0));
  assert.deepEqual(waits, [
    500,
    1_000,
    2_000,
    4_000,
    8_000,
    16_000,
    32_000,
    64_000,
    128_000,
    256_000,
    300_000,
    30_000,
    500,
  ]);
});

Deno.test("every wait is spread by chance and stays between 0.5 s and 300 s", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: 0.999999, noNaN: true }),
      (
        failures,
        fraction,
      ) => {
        const wait = backoff(failures, { ...random, fraction: () => fraction }, LOOP_TIMING);
        const base = Math.min(500 * 2 ** Math.min(failures - 1, 30), 300_000);
        assert.ok(wait >= 500 && wait <= 300_000);
        assert.ok(wait >= base * 0.79 && wait <= base * 1.21);
      },
    ),
  );
});

Deno.test("15 idle minutes end the loop", async () => {
  const { reason, cyclesAt } = await over(times(100, { kind: "idle" }));
  assert.equal(reason, "idle");
  assert.equal(cyclesAt.length, 30);
});

Deno.test("waiting for a person is idle, waiting for the network is not", async () => {
  const blocked = await over(times(100, { kind: "blocked", reason: "signed out" }));
  assert.equal(blocked.reason, "idle");
  const offline = await over(times(100, { kind: "failed", reason: "offline" }));
  assert.equal(offline.reason, "asked");
});

Deno.test("there is a sign of life at least every 30 s, in long waits too", async () => {
  const { beats, clock } = await over(times(20, { kind: "failed", reason: "offline" }));
  assert.ok(Math.max(...clock.sleeps) <= 30_000);
  assert.ok(beats >= clock.sleeps.length);
});

Deno.test("a cycle that throws is a failure, not the end", async () => {
  const clock = testClock();
  const wake = new Wake();
  const outcomes: CycleOutcome[] = [];
  await runLoop({
    clock,
    random,
    wake,
    cycle: () => outcomes.length === 0 ? Promise.reject(new Error("boom")) : stopped(wake),
    onCycle: (outcome) => outcomes.push(outcome),
  });
  assert.deepEqual(outcomes, [{ kind: "failed", reason: "boom" }, { kind: "idle" }]);
});

Deno.test("a trigger ends the wait, also when it comes during the work", async () => {
  const clock = testClock();
  const wake = new Wake();
  const at: number[] = [];
  await runLoop({
    clock,
    random,
    wake,
    cycle() {
      at.push(clock.monotonic());
      if (at.length === 1) wake.trigger();
      return at.length === 3 ? stopped(wake) : Promise.resolve({ kind: "idle" });
    },
  });
  assert.deepEqual(at.map((time) => time - (at[0] ?? 0)), [0, 0, 30_000]);
});

Deno.test("a trigger wakes a sleep that is on, and a stop does too", async () => {
  const wake = new Wake();
  const clock = sleepingClock();
  const woken = wake.sleep(clock, 30_000);
  wake.trigger();
  assert.equal(await woken, true);
  const slept = wake.sleep(clock, 30_000);
  wake.stop("SIGTERM");
  wake.stop("asked");
  assert.equal(await slept, false);
  assert.equal(wake.stopReason, "SIGTERM");
  assert.equal(await wake.during((signal) => Promise.resolve(signal.aborted)), true);
});

Deno.test("a stop tells the work that is on", async () => {
  const wake = new Wake();
  const aborted = await wake.during((signal) => {
    wake.stop("SIGTERM");
    return Promise.resolve(signal.aborted);
  });
  assert.equal(aborted, true);
});

function stopped(wake: Wake): Promise<CycleOutcome> {
  wake.stop("asked");
  return Promise.resolve({ kind: "idle" });
}

/** A clock whose sleep ends by its signal alone. */
function sleepingClock() {
  return {
    ...testClock(),
    sleep: (_ms: number, options?: { signal?: AbortSignal }) =>
      new Promise<void>((_resolve, reject) => {
        const { signal } = options ?? {};
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
}
