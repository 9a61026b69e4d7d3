import assert from "node:assert/strict";
import { run } from "../../scripts/run.ts";
import { stuckTests, watchForStuck } from "../../scripts/stuck_tests.ts";

const MINUTE = 60_000;

Deno.test("a run is stuck when no test has ended for eight minutes, however long one takes", () => {
  let now = 0;
  const isStuck = watchForStuck(() => now);
  const after = (minutes: number, part: string) => {
    now += minutes * MINUTE;
    return isStuck(part);
  };
  assert.equal(after(7, "./a_test.ts => one ... ok (5ms)\n"), false);
  assert.equal(after(7, "'a list, read' has been running for over (8m0s)\n"), false);
  // A line may come in two parts.
  assert.equal(after(0, "./a_test.ts => two ... FAI"), false);
  assert.equal(after(0, "LED (1s)\n"), false);
  assert.equal(after(8, "'a list, read' has been running for over (16m0s)\n"), false);
  assert.equal(after(1, ""), true);
});

Deno.test("tests that do not end are those that run for long and are not told to have ended", () => {
  const output = [
    "'a list, read' has been running for over (1m0s)",
    "'a => b is read' has been running for over (1m0s)",
    "./a_test.ts => another ... ok (5ms)",
    "'a list, read' has been running for over (2m0s)",
    "./a_test.ts => a => b is read ... ok (1m12s)",
  ].join("\n");
  assert.deepEqual(stuckTests(output), ["a list, read"]);
});

Deno.test("a run that is stuck is ended", async () => {
  const program = "console.log('waits'); setInterval(() => {}, 1_000)";
  const ended = await run(["eval", program], {}, "captured", (part) => part.includes("waits"));
  assert.equal(ended.code, 124);
});

Deno.test("a run that prints nothing any more is looked at, and its output is whole", async () => {
  const program = "console.log('begins'); setTimeout(() => console.log('ends'), 20)";
  const parts: string[] = [];
  const { code, output } = await run(["eval", program], {}, "captured", (part) => {
    parts.push(part);
    return false;
  });
  assert.deepEqual([code, output, parts.join("")], [0, "begins\nends\n", output]);
  const silent = await run(["eval", "setInterval(() => {}, 1_000)"], {}, "captured", () => true);
  assert.deepEqual(silent, { code: 124, output: "" });
});
