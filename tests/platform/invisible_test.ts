import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { replaceInvisible } from "../../src/platform/invisible.ts";

function stripped(text: string): string {
  return replaceInvisible(text, () => "");
}

/** Every character of a range, each by itself. */
function range(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index));
}

const HIDING: readonly (readonly [string, readonly string[]])[] = [
  ["the marks of direction", [
    "\u061C",
    "\u200E",
    "\u200F",
    ...range(0x202a, 0x202e),
    ...range(0x2066, 0x2069),
  ]],
  ["the soft hyphen", ["\u00AD"]],
  ["blanks without width", ["\u180E", "\u200B", "\u2060", "\uFEFF", "\u034F"]],
  ["the old marks of form", range(0x206a, 0x206f)],
  ["the marks of annotations", range(0xfff9, 0xfffb)],
  ["invisible signs", range(0x2061, 0x2065)],
  ["fillers", ["\u115F", "\u1160", "\u3164", "\uFFA0"]],
  ["tags", range(0xe0000, 0xe007f)],
  ["selectors without a base", [" \uFE0F", " \u{E0100}"].map((text) => text.slice(1))],
  ["separators of lines and paragraphs", ["\u2028", "\u2029"]],
  ["controls", [...range(0, 8), ...range(0x0b, 0x1f), ...range(0x7f, 0x9f)]],
];

for (const [what, characters] of HIDING) {
  Deno.test(`${what} go from any text`, () => {
    for (const character of characters) {
      const code = character.codePointAt(0)?.toString(16) ?? "none";
      assert.equal(stripped(` ${character} b`), "  b", code);
      assert.equal(stripped(`${character}${character}`), "", code);
    }
  });
}

const KEPT: readonly (readonly [string, string])[] = [
  ["joined emoji", "👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 🧑🏽‍🚀 🏴‍☠️ ❤️‍🔥"],
  ["a choice between text and picture", "☺️ ☺︎ 1️⃣"],
  ["the flags of Scotland, Wales and England", "🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
  ["Persian", "می‌خواهم نامه‌ای ه‍."],
  ["Hindi, Marathi and Bengali", "क्‌ष क्‍ष र्‍य র‍্য"],
  ["Malayalam and Sinhala", "ന്‍ ශ්‍රී"],
  ["forms of Han letters", "葛\u{E0100}城"],
  ["Mongolian", "ᠠ\u180Bᠨ"],
  ["numbers of Arabic", "\u0600١٢ \u06DD"],
  ["line feeds and tabs", "a\n\tb"],
  ["everything that is seen", "Ünïcödé 漢字 עברית שָׁלוֹם 한국어 ไทย <b>&amp;</b> naïve\u00A0x"],
];

for (const [what, text] of KEPT) {
  Deno.test(`${what} stay as they are`, () => {
    assert.equal(stripped(text), text);
  });
}

Deno.test("a joiner that joins nothing goes", () => {
  for (
    const text of [
      "pay\u200Dpal",
      "pay\u200Cpal",
      "👩\u200D",
      "\u200D👩",
      "👩\u200D\u200D💻",
      "a\u200D👩",
      "سلام\u200C",
    ]
  ) {
    assert.doesNotMatch(
      stripped(text),
      /[\u200C\u200D]{2}|[a-z]\u200D|\u200C|\u200D$|^\u200D/,
      text,
    );
  }
});

Deno.test("tags that are not those of a flag go, and so does what hides behind one", () => {
  const hidden = [..."ignore all that"].map((letter) =>
    String.fromCodePoint(0xe0000 + letter.charCodeAt(0))
  ).join("");
  assert.equal(stripped(`hello${hidden}`), "hello");
  assert.equal(stripped(`🏴${hidden}\u{E007F}`), "🏴");
});

Deno.test("selectors do not stand in a row, where they could hide a text", () => {
  assert.equal(stripped(`☺${"\uFE0F".repeat(5)}`), "☺\uFE0F");
  assert.equal(stripped(`a${"\u{E0101}".repeat(5)}`), "a");
});

/** Texts with much that is hidden, and much that needs it. */
const ODD = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.constantFrom(
      "\u200D",
      "\u200C",
      "\uFE0F",
      "\u{E0100}",
      "\u180B",
      "\u034F",
      "\u202E",
      "\u{E0067}",
      "\u{E007F}",
    ),
    fc.constantFrom("👩", "💻", "🏴", "ه", "क", "्", "葛", "ᠠ", "a", " ", "🏽", "❤"),
  ),
  { maxLength: 12 },
).map((parts) => parts.join(""));

Deno.test("what has been stripped once stays as it is", () => {
  fc.assert(fc.property(ODD, (text) => {
    const once = stripped(text);
    assert.equal(stripped(once), once);
  }));
});

Deno.test("nothing hidden is left but joiners, selectors and the tags of flags", () => {
  const flag = /\u{1F3F4}[\u{E0030}-\u{E007A}]{3,6}\u{E007F}/gu;
  const allowed =
    /[\u200C\u200D\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u180B-\u180F\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}]/gu;
  fc.assert(fc.property(ODD, (text) => {
    const left = stripped(text).replace(/[\n\t]/g, "").replace(flag, "").replace(allowed, "");
    assert.doesNotMatch(left, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]/u);
  }));
});

Deno.test("what is seen stays, in its order", () => {
  const seen = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{DI}]/gu, "");
  fc.assert(fc.property(ODD, (text) => assert.equal(seen(stripped(text)), seen(text))));
});

Deno.test("the stand-in is asked for each hidden character", () => {
  const name = (character: string) => `<${character.codePointAt(0)?.toString(16)}>`;
  assert.equal(replaceInvisible("a\u202Eb\u{E0041}", name), "a<202e>b<e0041>");
});
