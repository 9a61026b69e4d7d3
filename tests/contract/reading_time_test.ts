import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { readTime } from "../../src/contract/reading/time.ts";

const SAME: readonly (readonly [unknown, string])[] = [
  ["2026-03-04T09:30:00Z", "2026-03-04T09:30:00Z"],
  ["2026-03-04T09:30:00.123456789+01:00", "2026-03-04T09:30:00.123456789+01:00"],
  ["2026-03-04T09:30:00+0100", "2026-03-04T09:30:00+01:00"],
  ["2026-03-04T09:30:00z", "2026-03-04T09:30:00Z"],
  ["2026-03-04t09:30:00-0530", "2026-03-04T09:30:00-05:30"],
  ["2026-03-04 09:30:00+00:00", "2026-03-04T09:30:00+00:00"],
  ["2026-03-04 09:30:00.5+00", "2026-03-04T09:30:00.5+00:00"],
  ["2026-03-04 09:30:00 UTC", "2026-03-04T09:30:00Z"],
  ["2026-03-04T09:30Z", "2026-03-04T09:30:00Z"],
  ["2026-03-04T09:30:00.123456789012Z", "2026-03-04T09:30:00.123456789Z"],
  ["Wed, 04 Mar 2026 09:30:00 GMT", "2026-03-04T09:30:00.000Z"],
  ["4 Mar 2026 10:30:00 +0100", "2026-03-04T09:30:00.000Z"],
  [1_772_616_600, "2026-03-04T09:30:00.000Z"],
  [1_772_616_600.25, "2026-03-04T09:30:00.250Z"],
  [1_772_616_600_000, "2026-03-04T09:30:00.000Z"],
  ["1772616600", "2026-03-04T09:30:00.000Z"],
  ["1772616600000", "2026-03-04T09:30:00.000Z"],
];

for (const [written, read] of SAME) {
  Deno.test(`the time ${JSON.stringify(written)} is read as ${read}`, () => {
    assert.equal(readTime(written), read);
  });
}

const NONE: readonly unknown[] = [
  "2026-03-04T09:30:00",
  "2026-03-04",
  "yesterday",
  "2026-02-30T09:30:00Z",
  "2026-03-04T24:00:00Z",
  "2026-03-04T09:30:00+25:00",
  "Wed, 04 Mar 2026 09:30:00",
  "",
  "12",
  -5,
  1e300,
  Number.NaN,
  1_772_616_600_000_000,
  null,
  true,
  {},
];

for (const written of NONE) {
  Deno.test(`${JSON.stringify(written)} names no instant`, () => {
    assert.equal(readTime(written), null);
  });
}

Deno.test("a time that ends in Z names an instant when the same one with an offset does", () => {
  const number = (most: number) => fc.integer({ min: 0, max: most });
  const parts = fc.tuple(number(9999), number(14), number(33), number(25), number(61), number(61));
  const ends = fc.constantFrom("", ".0", ".000", ".999", ".1234", " ", ".0x0", "Z");
  fc.assert(fc.property(parts, ends, ([year, ...others], end) => {
    const [month, day, hour, minute, second] = others.map((part) => String(part).padStart(2, "0"));
    const text = `${
      String(year).padStart(4, "0")
    }-${month}-${day}T${hour}:${minute}:${second}${end}`;
    const [inUtc, withOffset] = [readTime(`${text}Z`), readTime(`${text}+00:00`)];
    assert.equal(inUtc?.replace(/Z$/, "+00:00") ?? null, withOffset, text);
  }));
});
