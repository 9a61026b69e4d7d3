import assert from "node:assert/strict";
import { type Bench, measure, table, times, tooSlow } from "../../scripts/bench/bench.ts";

/** A benchmark whose baseline takes 10 ms, its cases 15 and 40, by the returned clock. */
function scripted() {
  let time = 0;
  const log: string[] = [];
  const take = (name: string, ms: number) => ({
    name,
    run: () => {
      log.push(name);
      time += ms;
    },
  });
  const bench: Bench = {
    name: "scripted",
    what: "",
    rounds: 2,
    prepare: () =>
      Promise.resolve({
        baseline: take("base", 10),
        cases: [{ ...take("fine", 15), limit: 2 }, { ...take("slow", 40), limit: 3 }],
        facts: () => ({ "resident bytes": 7 }),
        clean: () => Promise.resolve(void log.push("clean")),
      }),
  };
  return { bench, log, now: () => time };
}

Deno.test("A benchmark runs its cases in turn, warms up once, and cleans up", async () => {
  const { bench, log, now } = scripted();
  await measure(bench, 2, now);
  const round = ["base", "fine", "slow"];
  assert.deepEqual(log, [...round, ...round, ...round, "clean"]);
});

Deno.test("Ratios are those of the medians, and limits are judged by them", async () => {
  const { bench, now } = scripted();
  const result = await measure(bench, 2, now);
  assert.ok(result !== null);
  assert.deepEqual(result.cases.map((one) => one.ratio), [1, 1.5, 4]);
  assert.deepEqual(tooSlow(result).map((one) => one.name), ["slow"]);
  assert.match(table(result), /^slow +40\.0 +40\.0 +40\.0 +4\.00x +3x {2}TOO SLOW$/m);
  assert.match(table(result), /^resident bytes: 7$/m);
});

Deno.test("A case that fails fails the benchmark, after cleaning up", async () => {
  const { bench, log } = scripted();
  const broken: Bench = {
    ...bench,
    async prepare() {
      const prepared = await bench.prepare();
      assert.ok(prepared !== null);
      return { ...prepared, cases: [{ name: "x", run: () => Promise.reject(new Error("No")) }] };
    },
  };
  await assert.rejects(measure(broken), /No/);
  assert.equal(log.at(-1), "clean");
});

Deno.test("What cannot be measured here has no result", async () => {
  const { bench } = scripted();
  assert.equal(await measure({ ...bench, prepare: () => Promise.resolve(null) }), null);
});

Deno.test("The middle of an even number of samples is between the two", () => {
  assert.deepEqual(times([4, 1, 3, 2]), { min: 1, median: 2.5, max: 4 });
  assert.deepEqual(times([3]), { min: 3, median: 3, max: 3 });
});
