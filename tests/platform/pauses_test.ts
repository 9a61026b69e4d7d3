import assert from "node:assert/strict";
import { pausesOf } from "../../src/platform/pauses.ts";
import type { Clock } from "../../src/platform/clock.ts";
import { testClock } from "../support/clock.ts";

Deno.test("Work pauses once it has computed for long, and counts from there", async () => {
  let now = 0;
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => now,
    deadline: (ms) => testClock().deadline(ms),
    monotonic: () => now,
    sleep(ms) {
      sleeps.push(ms);
      now += 5;
      return Promise.resolve();
    },
  };
  const pause = pausesOf(clock);
  await pause();
  now = 19;
  await pause();
  assert.deepEqual(sleeps, []);
  now = 20;
  await pause();
  assert.deepEqual(sleeps, [0]);
  now = 44;
  await pause();
  assert.deepEqual(sleeps, [0]);
  now = 45;
  await pause();
  assert.deepEqual(sleeps, [0, 0]);
});
