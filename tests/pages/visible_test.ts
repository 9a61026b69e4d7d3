import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { visible, visibleStart } from "../../src/pages/visible.ts";

Deno.test("control and reordering characters are named, line breaks become blanks", () => {
  assert.equal(visible("a\u001b[31mb\u0007"), "a‹U+001B›[31mb‹U+0007›");
  assert.equal(visible("gnp.\u202Eexe\u009b"), "gnp.‹U+202E›exe‹U+009B›");
  assert.equal(visible("one\r\n\ttwo"), "one two");
  assert.equal(visible("soft\u00adhyphen\u{e0041}"), "soft‹U+00AD›hyphen‹U+E0041›");
  assert.equal(visible("zero\u200bwidth\ufeff"), "zero‹U+200B›width‹U+FEFF›");
});

Deno.test("markup, scripts of all kinds and joined emoji stay as they are", () => {
  for (const text of ["<b>&amp;</b>", "Grüße, 你好, שלום", "👩‍💻", "می‌خواهم"]) {
    assert.equal(visible(text), text);
  }
});

Deno.test("no text has a control or reordering character left, and short ones are never cut", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
    assert.doesNotMatch(visible(text), /\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
    assert.equal(visibleStart(text, 1000), visible(text));
    assert.ok([...visibleStart(text, 10)].length <= 11);
  }));
});

Deno.test("a long text is cut between characters, with a sign", () => {
  assert.equal(visibleStart("👍👍👍👍", 2), "👍👍…");
  assert.equal(visibleStart("abc", 3), "abc");
  assert.equal(visibleStart("abcd", 3), "abc…");
});
