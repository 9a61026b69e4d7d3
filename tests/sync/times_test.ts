import assert from "node:assert/strict";
import { type ChangeTimes, newerSide, OWN_CLOCK, pastTime } from "../../src/sync/times.ts";

const HOUR = 3_600_000;

function timesOf(changes: Partial<ChangeTimes>): ChangeTimes {
  return {
    edited: 100,
    seen: 50,
    theirs: 80,
    isTold: true,
    theirClock: OWN_CLOCK,
    now: 200,
    ...changes,
  };
}

for (
  const [name, changes, newer] of [
    ["after the other side's last change, on one clock", {}, "ours"],
    ["after it by a clock that nobody has measured", { theirClock: null }, null],
    ["before the old value was last seen, whatever the other clock says", {
      edited: 49,
      theirClock: null,
    }, "theirs"],
    ["after it by a clock that is an hour late", {
      theirs: 150 - HOUR,
      theirClock: { offset: -HOUR, uncertainty: 0 },
    }, null],
    ["before it by a clock that is an hour early, which is after it", {
      theirs: 80 + HOUR,
      theirClock: { offset: HOUR, uncertainty: 10 },
    }, "ours"],
    ["after it by less than the measure may be off", {
      theirClock: { offset: 0, uncertainty: 20 },
    }, null],
    ["after it by more than the measure may be off", {
      theirClock: { offset: 0, uncertainty: 19 },
    }, "ours"],
    ["after it, in a field that moves no time", { isTold: false }, null],
    ["at a time that is yet to come", { now: 99 }, null],
    ["before a reading that is yet to come", { seen: 300, theirs: 120 }, null],
    ["at an unknown time", { edited: undefined }, null],
  ] satisfies readonly (readonly [string, Partial<ChangeTimes>, "ours" | "theirs" | null])[]
) {
  Deno.test(`an edit ${name}: ${newer ?? "nothing"} is proven the newer`, () => {
    assert.equal(newerSide(timesOf(changes)), newer);
  });
}

Deno.test("a time that is yet to come is no time", () => {
  assert.deepEqual([pastTime(5, 5), pastTime(6, 5), pastTime(null, 5)], [5, null, null]);
});
