import assert from "node:assert/strict";
import type { Clock } from "../../src/platform/clock.ts";
import { JobSlices } from "../../src/server/jobs/run_job.ts";
import { testClock } from "../support/clock.ts";
import { testPlatform } from "../support/platform.ts";
import { openTemporaryHostData } from "../../src/server/context/host_context.ts";

/** How a job takes its turns. */
interface Turns {
  /** Does a slice that takes milliseconds. */
  work(ms: number): Promise<void>;
  /** Returns the sleeps since the last question, in milliseconds as they were asked for. */
  slept(): readonly number[];
}

/** Runs a test with a clock on which each sleep lasts as long as requests need meanwhile. */
async function withTurns(
  requestsMs: () => number,
  test: (turns: Turns) => Promise<void>,
): Promise<void> {
  const time = testClock();
  const asked: number[] = [];
  const clock: Clock = {
    ...time,
    sleep(ms) {
      asked.push(ms);
      time.advance(requestsMs());
      return Promise.resolve();
    },
  };
  const context = await openTemporaryHostData({ ...testPlatform("/nowhere"), clock });
  const slices = new JobSlices(context, new AbortController().signal);
  try {
    await test({
      work: (ms) => slices.turn(() => Promise.resolve(time.advance(ms))),
      slept: () => asked.splice(0),
    });
  } finally {
    await context.store.close();
  }
}

Deno.test("jobs give requests as much time as they have worked, while there are any", () =>
  withTurns(() => 4, async ({ work, slept }) => {
    await work(20);
    slept();
    await work(1);
    assert.deepEqual(slept(), [1, 1, 1, 1, 1]);
  }));

Deno.test("jobs continue at once when no request came", () =>
  withTurns(() => 1, async ({ work, slept }) => {
    await work(20);
    slept();
    await work(20);
    assert.deepEqual(slept(), [1]);
  }));

Deno.test("requests have their time after some short slices as after a long one", () =>
  withTurns(() => 2, async ({ work, slept }) => {
    for (const ms of [2, 2, 2]) await work(ms);
    assert.deepEqual(slept(), [0, 0, 0]);
    await work(2);
    assert.deepEqual(slept(), [1, 1, 1]);
    await work(2);
    assert.deepEqual(slept(), [0]);
  }));

Deno.test("jobs wait no longer for requests that never end, or after a slice that waited for its database", () =>
  withTurns(() => 5, async ({ work, slept }) => {
    await work(10_000);
    slept();
    await work(1);
    assert.deepEqual(slept(), [1, 1, 1, 1, 1]);
  }));
