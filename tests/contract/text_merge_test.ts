import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { bothTexts, hasArrived, mergeTexts } from "../../src/contract/text_merge.ts";

/** Lines, one for each letter. */
function lines(letters: string, end = "\n"): string {
  return [...letters].join(end);
}

for (
  const [name, base, ours, theirs, merged] of [
    ["lines that are apart", "abcde", "Abcde", "abcdE", "AbcdE"],
    ["lines that were added and removed apart", "abcde", "xabcde", "abcd", "xabcd"],
    ["one change that both made, beside one of theirs", "abcde", "Abcde", "AbcdE", "AbcdE"],
    ["the same lines", "abc", "aBc", "axc", null],
    ["neighbouring lines", "abcd", "aBcd", "abCd", null],
    ["a line removed here and changed there", "abc", "ac", "aBc", null],
    ["lines added at one place", "ab", "axb", "ayb", null],
    ["lines added at the end by both", "ab", "abx", "aby", null],
    ["a text that was emptied here and changed there", "abc", "", "abC", null],
    ["a text that was emptied here and added to there", "abc", "", "abcd", null],
    ["two texts where there was none", "", "ab", "cd", null],
    ["a line repeated", "aaa", "aaab", "caaa", "caaab"],
  ] as const
) {
  Deno.test(`of ${name} ${merged === null ? "nothing is made" : "both are kept"}`, () => {
    const wanted = merged === null ? null : lines(merged);
    assert.equal(mergeTexts(lines(base), lines(ours), lines(theirs)), wanted);
    assert.equal(mergeTexts(lines(base), lines(theirs), lines(ours)), wanted);
  });
}

Deno.test("no text and an empty one are the same", () => {
  assert.equal(mergeTexts(null, "a", "b"), null);
  assert.equal(mergeTexts("a\nb\nc", null, "a\nb\nC"), null);
});

Deno.test("how lines end is no change, and the tracker's line ends are kept", () => {
  assert.equal(
    mergeTexts("a\nb\nc", "A\nb\nc", lines("abC", "\r\n")),
    lines("AbC", "\r\n"),
  );
  assert.equal(mergeTexts(lines("abc", "\r\n"), lines("Abc", "\r\n"), "a\nb\nC"), "A\nb\nC");
  assert.equal(mergeTexts("a\r\nb", "a\r\nb", "a"), "a");
});

Deno.test("a line end at the very end is taken from the side that changed it", () => {
  assert.equal(mergeTexts("a\nb\nc", "a\nb\nc\n", "A\nb\nc"), "A\nb\nc\n");
  assert.equal(mergeTexts("a\nb\nc\n", "A\nb\nc\n", "a\nb\nc"), "A\nb\nc");
  assert.equal(mergeTexts("a\nb\nc", "a\nb\nC\n", "A\nb\nc"), "A\nb\nC\n");
});

Deno.test("lines named like members of an object are lines like others", () => {
  const base = "constructor\nb\n__proto__";
  assert.equal(mergeTexts(base, `x\n${base}`, `${base}\ny`), `x\n${base}\ny`);
});

Deno.test("a megabyte is merged where both changed little, and left alone where they changed much", () => {
  const many = Array.from({ length: 80_000 }, (_, index) => `line ${index}`);
  const base = many.join("\n");
  assert.ok(base.length > 800_000);
  const changed = (at: number) => many.with(at, "changed").join("\n");
  assert.equal(
    mergeTexts(base, changed(40_000), changed(40_500)),
    many.with(40_000, "changed").with(40_500, "changed").join("\n"),
  );
  const began = performance.now();
  assert.equal(mergeTexts(base, changed(1), changed(79_998)), null);
  const half = "x\n".repeat(500_000);
  assert.equal(mergeTexts(half, `a\n${half}b\n`, `b\n${half}a\n`), null);
  assert.equal(bothTexts(half, `a\n${half}b\n`, `b\n${half}c`), `a\n${half}b\n\nb\n${half}c`);
  // Every line held against every other would take much longer.
  assert.ok(performance.now() - began < 120_000);
});

Deno.test("both texts are ours and then theirs where they differ, without a mark", () => {
  assert.equal(bothTexts(lines("abc"), lines("aXc"), lines("aYc")), lines("aXYc"));
  assert.equal(bothTexts(lines("abcde"), lines("Abcde"), lines("abcdE")), lines("AbcdE"));
  assert.equal(bothTexts(null, "one", "two"), "one\ntwo");
  assert.equal(bothTexts("a\nb", null, "a\nB"), "a\nB");
});

for (
  const [name, before, sent, theirs, arrived] of [
    ["itself", "abc", "aBc", "aBc", true],
    ["itself with a line more beside it", "abc", "aBc", "aBxc", true],
    ["itself with a change elsewhere", "abcde", "aBcde", "aBcdE", true],
    ["the text from before", "abc", "aBc", "abc", false],
    ["the text from before, changed elsewhere", "abcde", "aBcde", "abcdE", false],
    ["one of two changes", "abcdefg", "aBcdefG", "aBcdefg", false],
    ["a change without the removal beside it", "abcdefg", "aBcde", "aBcdefg", false],
    ["the change beside another, and the removal", "abcdefgh", "aBcde", "ABcde", true],
    ["a change of a line that was removed", "abc", "ac", "aBc", false],
    ["another change of the same line", "abc", "aBc", "axc", false],
  ] as const
) {
  Deno.test(`a text that was sent has ${arrived ? "" : "not "}arrived where there is ${name}`, () => {
    assert.equal(hasArrived(lines(before), lines(sent), lines(theirs)), arrived);
  });
}

Deno.test("what was sent and says what was there before proves nothing", () => {
  assert.equal(hasArrived("a", "a", "b"), false);
});

const texts = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 8 })
  .map((some) => some.join("\n"));

Deno.test("merged texts: a change of one side alone is taken, and both sides come to the same text", () => {
  fc.assert(
    fc.property(texts, texts, texts, (base, ours, theirs) => {
      assert.equal(mergeTexts(base, base, theirs), theirs);
      assert.equal(mergeTexts(base, ours, base), ours);
      assert.equal(mergeTexts(base, ours, ours), ours);
      assert.equal(mergeTexts(base, ours, theirs), mergeTexts(base, theirs, ours));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("both texts hold every line of either side", () => {
  fc.assert(
    fc.property(texts, texts, texts, (base, ours, theirs) => {
      const both = bothTexts(base, ours, theirs).split("\n");
      const from = new Set(base.split("\n"));
      for (const line of [...ours.split("\n"), ...theirs.split("\n")]) {
        // A line from before may have been removed by the other side.
        if (line !== "" && !from.has(line)) assert.ok(both.includes(line), line);
      }
    }),
    { numRuns: 1_000 },
  );
});
