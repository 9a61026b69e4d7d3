import assert from "node:assert/strict";
import { wikiAfter } from "../../../src/providers/jira/wiki/edited.ts";
import { wikiMarkdown } from "../../../src/providers/jira/wiki/shown.ts";

/** What Jira has, how it is shown, and how it is written. */
const BOTH_WAYS: readonly (readonly [string, string, string])[] = [
  ["a heading", "h2. A head", "## A head"],
  ["strong words", "a *b* c", "a **b** c"],
  ["emphasised words", "_b_", "_b_"],
  ["struck words", "-b-", "~~b~~"],
  ["underlined words", "+b+", "<u>b</u>"],
  ["words above and below the line", "x ^2^ ~i~", "x <sup>2</sup> <sub>i</sub>"],
  ["strong words within a word", "a{*}b{*}c", "a**b**c"],
  ["a struck address", "{-}https://x.y/z{-} b", "~~https://x.y/z~~ b"],
  ["a line that ends with a break", "* a\\\\\n* b", "- a<br>\n- b"],
  ["code in a line", "see {{f(x)}}", "see `f(x)`"],
  ["a link", "[here|https://x.y/z]", "[here](https://x.y/z)"],
  ["an address", "[https://x.y/z]", "<https://x.y/z>"],
  ["a mention", "[~ada] said", "[@ada](jira:mention/ada) said"],
  ["an attached file", "[^log.txt]", "[log.txt](jira:attachment/log.txt)"],
  ["an attached picture", "!p.png|width=300!", "![p.png](jira:image/p.png%7Cwidth%3D300)"],
  ["a picture from elsewhere", "!https://x.y/p.png!", "![](https://x.y/p.png)"],
  ["a bullet list", "* one\n** two\n* three", "- one\n  - two\n- three"],
  ["an ordered list", "# one\n#* two\n# three", "1. one\n   - two\n2. three"],
  ["a table", "||h||i||\n|a|b|", "| h | i |\n| --- | --- |\n| a | b |"],
  ["a block of code", "{code:java}\nint a;\n{code}", "```java\nint a;\n```"],
  ["a quote", "{quote}\nsaid\n{quote}", "> said"],
  ["a panel", "{info}\nmind\n{info}", "> [!NOTE]\n> mind"],
  ["a panel with a title", "{panel:title=T}\nmind\n{panel}", "> [!EXPAND] T\n> mind"],
  ["a rule", "a\n\n----\n\nb", "a\n\n---\n\nb"],
  ["a broken line", "a\nb", "a\\\nb"],
  ["code in an item", "* one\n{code}\nx\n{code}\n* two", "- one\n\n  ```\n  x\n  ```\n- two"],
];

for (const [name, wiki, markdown] of BOTH_WAYS) {
  Deno.test(`${name} of wiki markup is shown, and written`, () => {
    assert.equal(wikiMarkdown(wiki), markdown);
    assert.deepEqual(wikiAfter(markdown, ""), { text: wiki, lost: [] });
  });
}

Deno.test("a quoted line, code without a language and odd lists are shown", () => {
  assert.equal(wikiMarkdown("bq. said"), "> said");
  assert.equal(wikiMarkdown("{noformat}\na *b*\n{noformat}"), "```\na *b*\n```");
  assert.equal(wikiMarkdown("- a\n- b"), "- a\n- b");
  assert.equal(wikiMarkdown("|a\nb|c|"), "|  |  |\n| --- | --- |\n| a<br>b | c |");
});

Deno.test("a macro that Markdown does not know stays as words, and is written as it was", () => {
  const before = "a {color:red}red{color} word\r\n\r\nother";
  assert.equal(wikiMarkdown(before), "a {color:red}red{color} word\n\nother");
  assert.equal(
    wikiAfter("a {color:red}red{color} thing\n\nother", before)?.text,
    "a {color:red}red{color} thing\r\n\r\nother",
  );
  assert.equal(wikiAfter("a {color:red}", "")?.text, "a \\{color:red}");
});

Deno.test("blocks that were not edited keep their very text, and what stands between them", () => {
  const before = "\n- odd\n- list\n\n\n\nbq. said\nwords\n\n|| a || b ||\n| c | d |\n\n";
  const after = wikiAfter(wikiMarkdown(before).replace("words", "other words"), before);
  assert.deepEqual(after, { text: before.replace("words", "other words"), lost: [] });
});

Deno.test("words that look like wiki markup are words", () => {
  for (
    const words of [
      "*a* _b_ -c- +d+ ^e^ ~f~ {{g}} [h|http://i] !j.png! {code} # k",
      "h1. no head",
      "bq. no quote",
      "* no list",
      "---- no rule",
      "|no|table|",
      "a\\*b \\\\ c &#42; {quote}",
    ]
  ) {
    const escaped = words.replace(/[\\*_~`[\]{}<>#+\-!|&.]/g, "\\$&");
    const after = wikiAfter(escaped, "");
    assert.equal(
      wikiMarkdown(after?.text ?? "").replace(/\\(?=[^\n])/g, "").replaceAll("\n", " "),
      words.replaceAll("\\", ""),
      after?.text ?? "refused",
    );
  }
});

Deno.test("what wiki markup cannot hold is refused or said", () => {
  assert.equal(wikiAfter("- a\n\n  | b |\n  |---|\n  | c |", ""), null);
  assert.equal(wikiAfter(`${"> ".repeat(200)}deep`, ""), null);
  assert.equal(wikiAfter("```\n{code} {noformat}\n```", ""), null);
  assert.deepEqual(wikiAfter("- [x] done\n\n3. three", "")?.lost, [
    "tasks become a list with brackets",
    "the first number of a list: it begins with 1",
  ]);
  assert.deepEqual(wikiAfter("[a chart](jira:extension/0)", "")?.lost, [
    "“a chart” stands for something that is not here: its words stay",
  ]);
});

Deno.test("a script is no link in wiki markup", () => {
  assert.equal(wikiMarkdown("[x|javascript:alert(1)]"), "\\[x|javascript:alert(1)]");
  assert.equal(wikiAfter("[x](javascript:alert(1))", "")?.text, "\\[x](javascript:alert(1))");
});
