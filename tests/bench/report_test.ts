import assert from "node:assert/strict";
import type { BenchResult } from "../../scripts/bench/bench.ts";
import { changes, ratiosOf, table, unknown } from "../../scripts/bench/report.ts";

function result(ratio: number): BenchResult {
  const spread = (value: number) => ({ min: value, median: value, max: value });
  return {
    name: "pull",
    rounds: 3,
    cases: [
      { name: "bare loop", of: "bare loop", times: spread(10), ratio: spread(1), limit: null },
      {
        name: "tracker",
        of: "bare loop",
        times: spread(10 * ratio),
        ratio: { min: ratio / 2, median: ratio, max: ratio * 2 },
        limit: 3,
      },
      { name: "again", of: "tracker", times: spread(10), ratio: spread(1 / ratio), limit: null },
    ],
    figures: [{ name: "peak", value: 260, unit: "MB", limit: 250 }],
  };
}

Deno.test("The table shows the least, middle and greatest ratio, and what is above its limit", () => {
  const lines = table(result(4)).split("\n");
  assert.match(lines[2] ?? "", /^tracker +40\.0 +2\.00x +4\.00x +8\.00x +3x +TOO SLOW$/);
  assert.match(lines[3] ?? "", /^again .* of: tracker$/);
  assert.match(lines[4] ?? "", /^peak +260 MB +250 MB +TOO MUCH$/);
  assert.doesNotMatch(table(result(3)), /TOO SLOW/);
});

Deno.test("What is committed is the ratios alone, those of other benchmarks kept", () => {
  const before = { sync: { "first pull": 2 }, pull: { gone: 9 } };
  assert.deepEqual(ratiosOf([result(1.234)], before, ["pull", "sync"]), {
    pull: { tracker: 1.23, again: 0.81 },
    sync: { "first pull": 2 },
  });
});

Deno.test("A committed benchmark that is gone is named, and no longer committed", () => {
  const before = { sync: { "first pull": 2 }, pull: { tracker: 9 } };
  assert.deepEqual(unknown(before, ["pull"]), [
    "sync: in the baseline, and there is no such benchmark",
  ]);
  assert.deepEqual(ratiosOf([result(2)], before, ["pull"]), { pull: { tracker: 2, again: 0.5 } });
  assert.deepEqual(unknown(before, ["pull", "sync"]), []);
});

Deno.test("A case is named that is only measured, or only in the baseline", () => {
  assert.deepEqual(changes(result(2), { pull: { tracker: 2, before: 1 } }), [
    "again: not in the baseline",
    "before: in the baseline, not measured",
  ]);
  assert.deepEqual(changes(result(2), {}), ["pull: not in the baseline"]);
});

Deno.test("A ratio is told of when it is notably another than the committed one", () => {
  assert.deepEqual(changes(result(3), { pull: { tracker: 2, again: 0.33 } }), [
    "tracker: 50 % slower than the baseline's 2x",
  ]);
  assert.deepEqual(changes(result(1), { pull: { tracker: 2, again: 1 } }), [
    "tracker: 50 % faster than the baseline's 2x",
  ]);
  assert.deepEqual(changes(result(2.1), { pull: { tracker: 2, again: 0.5 } }), []);
});
