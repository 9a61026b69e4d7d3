import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { sanitize, sanitizeJson, sanitizeLines } from "../../src/cli/terminal/sanitize.ts";

const ESC = "\u001b";

Deno.test("escape sequences vanish whole, with colour codes, titles and links", () => {
  assert.equal(sanitize(`${ESC}[31mred${ESC}[0m`), "red");
  assert.equal(sanitize(`${ESC}]0;title\u0007text`), "text");
  assert.equal(sanitize(`${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`), "link");
  assert.equal(sanitize(`a${ESC}cb`), "ab");
});

Deno.test("line breaks and tabs become blanks in one line, and stay in several", () => {
  assert.equal(sanitize("a\r\nb\tc"), "a b c");
  assert.equal(sanitizeLines("a\r\nb\tc\rd"), "a\nb\tc\nd");
});

Deno.test("characters that reorder or hide text go, letters of all scripts and emoji stay", () => {
  assert.equal(sanitize("ab\u202Ecd\u200Be\uFEFF"), "abcde");
  assert.equal(sanitize("Ünïcödé 漢字 עברית 🎉"), "Ünïcödé 漢字 עברית 🎉");
});

Deno.test("no control character survives, whatever the text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotMatch(sanitize(text), /\p{Cc}/u);
    assert.doesNotMatch(sanitizeLines(text).replace(/[\n\t]/g, ""), /\p{Cc}/u);
  }));
});

Deno.test("every way to a terminal keeps the joiners of emoji and Persian, and lets no tag or soft hyphen through", () => {
  const kept = "می‌خواهم 👩‍💻";
  for (const clean of [sanitize, sanitizeLines]) {
    assert.equal(clean(kept), kept);
    assert.equal(clean("a\u00ADb\u061Cc\u{E0041}"), "abc");
  }
});

Deno.test("JSON escapes what hides, in halves where it needs two, and still says the same", () => {
  const value = { text: "a\u202Eb\u{E0041}\u00ADc\u001b[31m می‌خواهم" };
  const json = sanitizeJson(JSON.stringify(value, null, 2));
  assert.match(json, /a\\u202eb\\udb40\\udc41\\u00adc\\u001b/);
  assert.match(json, /می‌خواهم/);
  assert.deepEqual(JSON.parse(json), value);
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.deepEqual(JSON.parse(sanitizeJson(JSON.stringify([text], null, 2))), [text]);
  }));
});
