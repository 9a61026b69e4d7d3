import assert from "node:assert/strict";
import {
  bucketsOf,
  holdersIn,
  ISSUES_IN_SEGMENT,
  partOf,
  PARTS,
  SegmentBuilder,
} from "../../src/store/word_segments.ts";
import fc from "../support/properties.ts";

/** The places of the issues that a built segment gives for a sequence. */
function held(parts: readonly Uint8Array[], bucket: number, count: number): readonly number[] {
  const holders = holdersIn(parts[partOf(bucket)] ?? new Uint8Array(), bucket);
  return holders === "all" ? Array.from({ length: count }, (_, place) => place) : holders;
}

Deno.test("a segment tells of each sequence which issues hold it, or that most do", () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.string({ maxLength: 12 }), { maxLength: 3 }), { maxLength: 40 }),
      fc.string({ minLength: 3, maxLength: 3 }),
      (issues, strange) => {
        const builder = new SegmentBuilder();
        for (const texts of issues) builder.add(texts);
        const parts = builder.parts();
        assert.equal(parts.length, PARTS);
        const sequences = issues.map((texts) => new Set(texts.flatMap(bucketsOf)));
        for (
          const bucket of new Set([...sequences.flatMap((one) => [...one]), ...bucketsOf(strange)])
        ) {
          const holding = sequences.flatMap((one, place) => one.has(bucket) ? [place] : []);
          const isCommon = 2 * holding.length > issues.length;
          assert.deepEqual(
            held(parts, bucket, issues.length),
            isCommon ? issues.map((_, place) => place) : holding,
          );
        }
      },
    ),
  ));

Deno.test("places far from each other are told, too", () => {
  const builder = new SegmentBuilder();
  const holding = [0, 127, 128, 300, 1023];
  for (let place = 0; place < ISSUES_IN_SEGMENT; place++) {
    assert.equal(builder.isFull, false);
    builder.add([holding.includes(place) ? "Needle" : "hay"]);
  }
  assert.equal(builder.isFull, true);
  const parts = builder.parts();
  for (const bucket of bucketsOf("nEEDLE")) {
    assert.deepEqual(held(parts, bucket, ISSUES_IN_SEGMENT), holding);
  }
});

Deno.test("a segment takes no more issues when it has many sequences already", () => {
  const builder = new SegmentBuilder();
  // Different characters in each, as in a text of a million words.
  let issues = 0;
  for (; !builder.isFull; issues++) {
    const from = 0x4e00 + (issues * 7) % 100;
    builder.add([
      String.fromCharCode(...Array.from({ length: 60_000 }, (_, at) => from + (at * at) % 20_000)),
    ]);
  }
  assert.ok(issues < ISSUES_IN_SEGMENT, `${issues}`);
  for (const part of builder.parts()) assert.ok(part.length > 0);
});

Deno.test("letters of ASCII count in either case, and others as they are", () => {
  assert.deepEqual(bucketsOf("ABC xyz"), bucketsOf("abc XYZ"));
  assert.notDeepEqual(bucketsOf("É%_"), bucketsOf("é%_"));
  assert.deepEqual(bucketsOf("ab"), []);
  assert.deepEqual(bucketsOf("ab\0cde"), [], "there a comparison of SQLite ends");
  assert.equal(bucketsOf("aaaaaa").length, 1);
  assert.deepEqual(bucketsOf("ab\ud800ab\uffffab"), [], "LIKE takes other characters for these");
});
