import assert from "node:assert/strict";
import {
  type Bench,
  type Case,
  goalHere,
  measure,
  spread,
  tooSlow,
} from "../../scripts/bench/bench.ts";

/** A benchmark whose baseline takes 10 ms, its cases 15 and 40, by the returned clock. */
function scripted(changed: readonly Partial<Case>[] = []) {
  let time = 0;
  const log: string[] = [];
  const pass = (ms: number) => void (time += ms);
  const take = (name: string, ms: number): Case => ({
    name,
    run: () => {
      log.push(name);
      pass(ms);
    },
  });
  const cases = [take("fine", 15), take("slow", 40)];
  const bench: Bench = {
    name: "scripted",
    what: "",
    rounds: 2,
    prepare: () =>
      Promise.resolve({
        baseline: take("base", 10),
        cases: cases.map((one, index) => ({ ...one, ...changed[index] })),
        clean: () => Promise.resolve(void log.push("clean")),
      }),
  };
  return { bench, log, pass, now: () => time };
}

const ROUND = ["base", "fine", "slow"];

Deno.test("A benchmark runs its cases in turn, warms up once, and cleans up", async () => {
  const { bench, log, now } = scripted();
  await measure(bench, 2, now);
  assert.deepEqual(log, [...ROUND, ...ROUND, ...ROUND, "clean"]);
});

Deno.test("Ratios are those of each round, and limits are judged by their median", async () => {
  const { bench, now } = scripted([{ limit: 2 }, { limit: 3 }]);
  const result = await measure(bench, 2, now);
  assert.ok(result !== null);
  assert.deepEqual(result.cases.map((one) => one.ratio.median), [1, 1.5, 4]);
  assert.deepEqual(result.cases.map((one) => one.of), ["base", "base", "base"]);
  assert.deepEqual(tooSlow(result), ["slow"]);
});

Deno.test("A case may be compared with another than the baseline", async () => {
  const { bench, now } = scripted([{}, { of: "fine" }]);
  const result = await measure(bench, 1, now);
  assert.equal(result?.cases[2]?.of, "fine");
  assert.equal(result?.cases[2]?.ratio.median, 40 / 15);
});

Deno.test("A comparison with a case that does not exist is refused", async () => {
  const { bench, now } = scripted([{ of: "nothing" }]);
  await assert.rejects(measure(bench, 1, now), /No case is called "nothing"/);
});

Deno.test("What makes a case ready is not measured", async () => {
  const world = scripted();
  const { bench } = scripted();
  const slowToPrepare: Bench = {
    ...bench,
    prepare: () =>
      Promise.resolve({
        baseline: { name: "base", before: () => world.pass(500), run: () => world.pass(10) },
        cases: [],
      }),
  };
  const result = await measure(slowToPrepare, 1, world.now);
  assert.equal(result?.cases[0]?.times.median, 10);
});

Deno.test("What looks too slow is measured on, for as many rounds again", async () => {
  let runs = 0;
  const world = scripted([{ limit: 2 }, {
    limit: 3,
    run: () => world.pass(++runs <= 3 ? 90 : 20),
  }]);
  const result = await measure(world.bench, 2, world.now);
  assert.equal(result?.rounds, 4);
  assert.deepEqual(result?.cases[2]?.ratio, { min: 2, median: 5.5, max: 9 });
  const calm = scripted([{ limit: 2 }]);
  assert.equal((await measure(calm.bench, 2, calm.now))?.rounds, 2);
});

Deno.test("A figure above its limit is too much", async () => {
  const { bench, now } = scripted();
  const heavy: Bench = {
    ...bench,
    async prepare() {
      const prepared = await bench.prepare();
      assert.ok(prepared !== null);
      const figure = (name: string, value: number) => ({ name, value, unit: "MB", limit: 200 });
      return { ...prepared, figures: () => [figure("light", 200), figure("heavy", 201)] };
    },
  };
  const result = await measure(heavy, 1, now);
  assert.ok(result !== null);
  assert.deepEqual(tooSlow(result), ["heavy"]);
});

Deno.test("A case that fails fails the benchmark, after cleaning up", async () => {
  const { bench, log, now } = scripted([{ run: () => Promise.reject(new Error("No")) }]);
  await assert.rejects(measure(bench, 1, now), /No/);
  assert.equal(log.at(-1), "clean");
});

Deno.test("What cannot be measured here has no result", async () => {
  const { bench } = scripted();
  assert.equal(await measure({ ...bench, prepare: () => Promise.resolve(null) }), null);
});

Deno.test("The middle of an even number of samples is between the two", () => {
  assert.deepEqual(spread([4, 1, 3, 2]), { min: 1, median: 2.5, max: 4 });
  assert.deepEqual(spread([3]), { min: 3, median: 3, max: 3 });
});

Deno.test("a goal in milliseconds holds as it is on a fast machine, and as a ratio on a slower one", () => {
  const goal = { ms: 100, floorMs: 33 };
  assert.deepEqual([goalHere(goal, 20), goalHere(goal, 25), goalHere(goal, 33)], [100, 100, 100]);
  assert.equal(goalHere(goal, 66), 200);
});
