import assert from "node:assert/strict";
import { type Block, markdownView } from "../../src/pages/markdown.ts";
import type { Inline } from "../../src/pages/markdown_inline.ts";

/** Blocks as short text: `h1(…)`, `p(…)`, `ul[x(…)|…]`, so that a whole document is one line. */
function drawn(blocks: readonly Block[]): string {
  return blocks.map((block) => {
    switch (block.kind) {
      case "heading":
        return `h${block.level}(${words(block.text)})`;
      case "paragraph":
        return `p(${words(block.text)})`;
      case "code":
        return `pre(${block.code})`;
      case "quote":
        return `quote[${drawn(block.blocks)}]`;
      case "rule":
        return "hr";
      case "table": {
        const rows = [block.head, ...block.rows].map((row) => row.map(words).join(","));
        const sides = block.alignments.map((side) => side?.[0] ?? "-").join("");
        return `table${sides}[${rows.join("|")}]`;
      }
      case "list": {
        const items = block.items.map(({ checked, blocks: inside }) =>
          `${checked === null ? "" : checked ? "x" : "o"}${drawn(inside)}`
        );
        return `${block.start === null ? "ul" : `ol${block.start}`}[${items.join("|")}]`;
      }
    }
  }).join(" ");
}

function words(parts: readonly Inline[]): string {
  return parts.map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "code":
        return `\`${part.text}\``;
      case "break":
        return "/";
      case "link":
        return `<${part.host}:${words(part.parts)}>`;
      default:
        return `${part.kind}{${words(part.parts)}}`;
    }
  }).join("");
}

const shown = (text: string) => drawn(markdownView(text).blocks);

Deno.test("blocks of Markdown are told apart", () => {
  for (
    const [text, expected] of [
      ["One\ntwo\n\nthree", "p(One/two) p(three)"],
      ["# A\n## B ##\ntext", "h1(A) h2(B) p(text)"],
      ["#hash and C#", "p(#hash and C#)"],
      ["- a\n- b\n  more\n\n- c", "ul[p(a)|p(b/more)|p(c)]"],
      ["* a\n  * b\n    * c\n* d", "ul[p(a) ul[p(b) ul[p(c)]]|p(d)]"],
      ["3. a\n4. b\n   - c", "ol3[p(a)|p(b) ul[p(c)]]"],
      ["- [ ] a\n- [x] b\n- [X] c", "ul[op(a)|xp(b)|xp(c)]"],
      ["> a\n> > b\n\nc", "quote[p(a) quote[p(b)]] p(c)"],
      ["```ts\n# no *heading*\n\n```\nafter", "pre(# no *heading*\n) p(after)"],
      ["~~~\n``` inside\n~~~", "pre(``` inside)"],
      ["```\nnever closed", "pre(never closed)"],
      ["a\n\n---\n\nb", "p(a) hr p(b)"],
      ["a\r\nb\rc", "p(a/b/c)"],
      ["\ta\tb", "p(a    b)"],
      ["- a\n\n  ```\n  code\n  ```\n- b", "ul[p(a) pre(code)|p(b)]"],
      ["", ""],
    ] as const
  ) assert.equal(shown(text), expected, text);
});

Deno.test("a table needs a line of titles and one of as many dashes", () => {
  for (
    const [text, expected] of [
      ["| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | *4* |", "table--[a,b|1,2|3,emphasis{4}]"],
      ["a | b | c\n:-- | :-: | --:\n1", "tablelcr[a,b,c|1,,]"],
      ["text\n| a |\n| - |\n| 1 | too many |\n\nafter", "p(text) table-[a|1] p(after)"],
      ["| a \\| b | `c \\| d` |\n| - | - |", "table--[a | b,`c | d`]"],
      ["| a | b |\n| - | - |\n- c", "table--[a,b] ul[p(c)]"],
      ["> | a |\n> | - |\n> | 1 |", "quote[table-[a|1]]"],
      ["a | b\n---\nc", "p(a | b) hr p(c)"],
      ["| a | b |\n| - |", "p(| a | b |/| - |)"],
      ["a | b", "p(a | b)"],
    ] as const
  ) assert.equal(shown(text), expected, text);
});

Deno.test("what stands in a line is told apart", () => {
  for (
    const [text, expected] of [
      ["a **b** __c__ *d* _e_ ~~f~~", "a strong{b} strong{c} emphasis{d} emphasis{e} struck{f}"],
      ["**a *b* c**", "strong{a emphasis{b} c}"],
      ["snake_case_name, 2 * 3 * 4, **", "snake_case_name, 2 * 3 * 4, **"],
      ["`a *b*` and ``c ` d``", "`a *b*` and `c ` d`"],
      ["`never closed", "`never closed"],
      [String.raw`\*no\* \[x\]`, "*no* [x]"],
      ["see https://linear.app/a_b_c.", "see <linear.app:https://linear.app/a_b_c>."],
      ["<https://linear.app/x>", "<linear.app:https://linear.app/x>"],
      ["[the **site**](https://linear.app/x)", "<linear.app:the **site**>"],
      ["![shot](https://cdn.dev/x.png)", "<cdn.dev:shot>"],
    ] as const
  ) assert.equal(shown(text), `p(${expected})`, text);
});

Deno.test("an address that a browser must not follow stays text", () => {
  for (
    const text of [
      "[x](javascript:alert(1))",
      "[x](data:text/html,y)",
      "[x](//evil.dev)",
      "[x](https://tracker.invalid/1)",
      "[x](https://user@evil.dev/)",
      "https://a.test/1",
    ]
  ) assert.equal(shown(text), `p(${text})`);
});

Deno.test("a link says where it leads, whatever its words say", () => {
  const { blocks } = markdownView("[https://bank.dev](https://evil.dev/x)");
  assert.equal(drawn(blocks), "p(<evil.dev:https://bank.dev>)");
});

Deno.test("HTML is text, and a character that is not seen is named", () => {
  const html = "<img src=x onerror=alert(1)> <script>a</script> &amp;";
  assert.equal(shown(html), `p(${html})`);
  assert.equal(shown("a\u202eb\u0000\n    \u001b[31m"), "p(a‹U+202E›b‹U+0000›/‹U+001B›[31m)");
});

Deno.test("headings are an outline without gaps, whatever levels were written", () => {
  assert.equal(shown("### A\n###### B\n# C\n## D"), "h1(A) h2(B) h1(C) h2(D)");
  assert.equal(shown("> # A\n\n- ## B"), "quote[p(strong{A})] ul[p(strong{B})]");
});

Deno.test("a text that is too long is cut, and says so", () => {
  assert.equal(markdownView("a".repeat(50_000)).cut, true);
  assert.equal(markdownView("a\n".repeat(3_000)).cut, true);
  assert.equal(markdownView(`${"a\n".repeat(1_000)}${" ".repeat(90_000)}`).cut, false);
});

Deno.test("nesting ends at a depth that can be drawn", () => {
  const depthOf = (value: unknown): number =>
    typeof value === "object" && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;
  for (const text of ["> ".repeat(500), "- ".repeat(500), "*_".repeat(500), "[".repeat(500)]) {
    assert.ok(depthOf(markdownView(`${text}x`).blocks) < 60, text.slice(0, 4));
  }
});

Deno.test("a long text of nothing but marks is read to its end", () => {
  for (
    const part of [
      "*",
      "_",
      "**a ",
      "`",
      "`a``",
      "[",
      "[a](",
      "- ",
      "> ",
      " ",
      "#",
      "~~",
      "\\",
      "http://",
    ]
  ) {
    const text = part.repeat(40_000 / part.length);
    for (const whole of [text, `# ${text}`, `x${text}y`]) {
      assert.ok(markdownView(whole).blocks.length <= 2_000, part);
    }
  }
});
