import assert from "node:assert/strict";
import { followLanes, QUIET_MS, waitAfter } from "../../../src/missions/packages/follow_lanes.ts";
import { watchChanges } from "../../../src/platform/watch.ts";
import { until } from "../../support/until.ts";

/** A clock of which each sleep ends when the test says so, and a watch of which the test makes the changes. */
function scene(outcomes: readonly (boolean | Error)[] = []) {
  const sleeps: { readonly ms: number; readonly end: () => void }[] = [];
  const told: [string, number][] = [];
  const controller = new AbortController();
  let pushes = 0;
  let watches = 0;
  let change = () => {};
  const running = followLanes({
    signal: controller.signal,
    clock: {
      sleep: (ms, { signal } = {}) =>
        new Promise((resolve, reject) => {
          sleeps.push({ ms, end: resolve });
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
    },
    watch: (onChange) => {
      change = onChange;
      watches++;
      return () => void watches--;
    },
    push: () => {
      const outcome = outcomes[pushes++] ?? true;
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
    onFailure: (error, waitMs) => void told.push([String(error), waitMs]),
  });
  return {
    told,
    pushes: () => pushes,
    watches: () => watches,
    change: () => change(),
    /** Waits for the sleep of this number, and says how long it is. */
    sleep: (number: number) => until(() => sleeps[number] ?? null),
    async stop() {
      controller.abort();
      await running;
    },
  };
}

Deno.test("It pushes at once, and again when changes have come to rest", async () => {
  const { pushes, change, sleep, stop, watches } = scene();
  await until(() => pushes() === 1 ? true : null);
  change();
  const first = await sleep(0);
  assert.equal(first.ms, QUIET_MS);
  change();
  const second = await sleep(1);
  assert.equal(pushes(), 1);
  second.end();
  await until(() => pushes() === 2 ? true : null);
  await stop();
  assert.equal(watches(), 0);
});

Deno.test("A push that fails is told and tried again, after longer each time", async () => {
  const { pushes, sleep, stop, told } = scene([new Error("no network"), false, true]);
  const first = await sleep(0);
  assert.deepEqual(told, [["Error: no network", 2_000]]);
  first.end();
  (await sleep(1)).end();
  const second = await sleep(2);
  assert.equal(second.ms, 4_000);
  second.end();
  (await sleep(3)).end();
  await until(() => pushes() === 3 ? true : null);
  await stop();
});

Deno.test("The wait after failures has an end", () => {
  assert.deepEqual([1, 2, 3, 50].map(waitAfter), [2_000, 4_000, 8_000, 300_000]);
});

Deno.test("A change of a file below a directory is told, one that is only read is not", async () => {
  const directory = await Deno.makeTempDir({ prefix: "watch-" });
  try {
    await Deno.mkdir(`${directory}/tasks`);
    const seen = Promise.withResolvers<void>();
    const stop = watchChanges(directory, () => seen.resolve());
    await Deno.writeTextFile(`${directory}/tasks/WP01.md`, "text");
    await seen.promise;
    stop();
    stop();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
