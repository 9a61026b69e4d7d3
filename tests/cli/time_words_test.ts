import assert from "node:assert/strict";
import { ago, day, number, plural, span, stopwatch } from "../../src/cli/terminal/format.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 1, 12);

Deno.test("a time in the past is told in its largest unit", () => {
  const cases: [number, string][] = [
    [0, "just now"],
    [59 * SECOND, "just now"],
    [MINUTE, "1 minute ago"],
    [59 * MINUTE, "59 minutes ago"],
    [HOUR, "1 hour ago"],
    [23 * HOUR, "23 hours ago"],
    [DAY, "1 day ago"],
    [400 * DAY, "400 days ago"],
    [-30 * SECOND, "just now"],
    [-2 * MINUTE, "in the future"],
  ];
  for (const [elapsed, words] of cases) assert.equal(ago(NOW - elapsed, NOW), words);
});

Deno.test("a length of time is told in its largest unit", () => {
  assert.deepEqual(
    [-5, 1_499, MINUTE, 90 * MINUTE, 6 * DAY + HOUR].map(span),
    ["0 seconds", "1 second", "1 minute", "1 hour", "6 days"],
  );
});

Deno.test("a running time counts minutes and seconds", () => {
  assert.deepEqual([0, 7_999, 65_000, 3_750_000].map(stopwatch), ["0:00", "0:07", "1:05", "62:30"]);
});

Deno.test("a day carries its year when it is not this year's; what is no date stays", () => {
  assert.equal(day("2026-01-31T23:00:00Z", NOW), "31 Jan");
  assert.equal(day("2024-12-01T00:00:00Z", NOW), "1 Dec 2024");
  assert.equal(day("soon", NOW), "soon");
});

Deno.test("counts have commas and their noun's number", () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
  assert.deepEqual([0, 1, 2_310].map((n) => plural(n, "issue")), [
    "0 issues",
    "1 issue",
    "2,310 issues",
  ]);
});
