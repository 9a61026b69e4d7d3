import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import {
  afterCycle,
  CYCLE_SIZE,
  MAX_CYCLES,
  MAX_GUESSED_CYCLES,
  NO_CYCLES,
  type RunState,
} from "../../src/client/run_plan.ts";
import type { RunResult } from "../../src/contract/results.ts";
import { EMPTY_RUN, NO_ITEMS } from "./support.ts";

/** A cycle that pulled and pushed so many; `more` is what the host says, if it does. */
function cycle(pulled: number, pushed: number, more?: boolean | null): RunResult {
  return {
    ...EMPTY_RUN,
    pull: { summary: { ...NO_ITEMS, total: pulled } },
    push: { summary: { ...NO_ITEMS, total: pushed } },
    ...(more == null ? {} : { has_more: more }),
  };
}

for (
  const [name, before, result, limit, next, hasMore] of [
    ["nothing left", NO_CYCLES, cycle(2, 0, false), undefined, "stop", false],
    ["more, as the host says", NO_CYCLES, cycle(2, 0, true), undefined, "again", true],
    ["more, with a limit", NO_CYCLES, cycle(2, 0, true), 2, "stop", true],
    ["as many pulled as asked for", NO_CYCLES, cycle(CYCLE_SIZE, 0), undefined, "again", true],
    ["as many pushed as asked for", NO_CYCLES, cycle(0, CYCLE_SIZE), undefined, "again", true],
    ["as many as the limit", NO_CYCLES, cycle(2, 0), 2, "stop", true],
    ["fewer than asked for", NO_CYCLES, cycle(2, 2), undefined, "stop", false],
    [
      "all asked for, and the host says that it is done",
      NO_CYCLES,
      cycle(CYCLE_SIZE, 0, false),
      undefined,
      "stop",
      false,
    ],
    ["one idle cycle", NO_CYCLES, cycle(0, 0, true), undefined, "again", true],
    [
      "two idle cycles in a row",
      { cycles: 1, idle: 1 },
      cycle(0, 0, true),
      undefined,
      "fail",
      true,
    ],
    [
      "an idle cycle that ends the work",
      { cycles: 1, idle: 1 },
      cycle(0, 0, false),
      undefined,
      "stop",
      false,
    ],
    [
      "so many cycles that they never end",
      { cycles: MAX_CYCLES - 1, idle: 0 },
      cycle(1, 0, true),
      undefined,
      "fail",
      true,
    ],
    [
      "so many cycles that only seem to have more",
      { cycles: MAX_GUESSED_CYCLES - 1, idle: 0 },
      cycle(CYCLE_SIZE, 0),
      undefined,
      "stop",
      true,
    ],
  ] as const satisfies readonly (readonly [
    string,
    RunState,
    RunResult,
    number | undefined,
    string,
    boolean,
  ])[]
) {
  Deno.test(`what follows from ${name}`, () => {
    const step = afterCycle(before, result, limit);
    assert.equal(step.next, next);
    assert.equal(step.hasMore, hasMore);
  });
}

Deno.test("a cycle that did something ends a row of idle ones", () => {
  const { state } = afterCycle({ cycles: 1, idle: 1 }, cycle(0, 1, true), undefined);
  assert.equal(state.idle, 0);
});

Deno.test("a full sync ends whatever a host answers", () => {
  const anyCycle = fc.tuple(
    fc.constantFrom(0, 1, CYCLE_SIZE),
    fc.constantFrom(0, 1, CYCLE_SIZE),
    fc.constantFrom(true, true, null),
  ).map(([pulled, pushed, more]) => cycle(pulled, pushed, more));
  fc.assert(
    fc.property(fc.infiniteStream(anyCycle), (cycles) => {
      let state = NO_CYCLES;
      for (;;) {
        const step = afterCycle(state, cycles.next().value, undefined);
        if (step.next !== "again") return;
        ({ state } = step);
        assert.ok(state.cycles < MAX_CYCLES);
      }
    }),
    { numRuns: 20 },
  );
});
