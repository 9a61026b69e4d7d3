import assert from "node:assert/strict";
import type { AdfNode } from "../../../src/providers/jira/adf/document.ts";
import { documentAfter } from "../../../src/providers/jira/adf/edited.ts";
import { markdownOf } from "../../../src/providers/jira/adf/shown.ts";
import { doc, of, p, text } from "./nodes.ts";

/** What Jira has, and how it is shown. */
const SHOWN: readonly (readonly [string, AdfNode, string])[] = [
  ["a paragraph", p(text("Some words.")), "Some words."],
  ["a heading", of("heading", [text("A head")], { level: 2 }), "## A head"],
  ["a rule", { type: "rule" }, "---"],
  ["strong words", p(text("a "), text("b", { type: "strong" })), "a **b**"],
  ["emphasised words", p(text("b", { type: "em" })), "_b_"],
  ["struck words", p(text("b", { type: "strike" })), "~~b~~"],
  ["underlined words", p(text("b", { type: "underline" })), "<u>b</u>"],
  ["code in a line", p(text("a`b", { type: "code" })), "``a`b``"],
  [
    "words above the line",
    p(text("2", { type: "subsup", attrs: { type: "sup" } })),
    "<sup>2</sup>",
  ],
  [
    "a link",
    p(text("here", { type: "link", attrs: { href: "https://x.y/z", title: "t" } })),
    '[here](https://x.y/z "t")',
  ],
  [
    "a link that says its address",
    p(text("https://x.y/z", { type: "link", attrs: { href: "https://x.y/z" } })),
    "<https://x.y/z>",
  ],
  [
    "a bullet list",
    of("bulletList", [
      of("listItem", [p(text("one")), of("bulletList", [of("listItem", [p(text("two"))])])]),
      of("listItem", [p(text("three"))]),
    ]),
    "- one\n  - two\n- three",
  ],
  [
    "an ordered list",
    of("orderedList", [of("listItem", [p(text("one"))]), of("listItem", [p(text("two"))])], {
      order: 3,
    }),
    "3. one\n4. two",
  ],
  [
    "a task list",
    of("taskList", [
      of("taskItem", [text("open")], { localId: "1", state: "TODO" }),
      of("taskItem", [text("done")], { localId: "2", state: "DONE" }),
      of("taskList", [of("taskItem", [text("within")], { localId: "3", state: "TODO" })], {
        localId: "4",
      }),
    ], { localId: "5" }),
    "- [ ] open\n- [x] done\n  - [ ] within",
  ],
  [
    "a table",
    of("table", [
      of("tableRow", [of("tableHeader", [p(text("a"))]), of("tableHeader", [p(text("b"))])]),
      of("tableRow", [of("tableCell", [p(text("1|2"))]), of("tableCell", [p()])]),
    ]),
    "| a | b |\n| --- | --- |\n| 1\\|2 |  |",
  ],
  ["a block of code", of("codeBlock", [text("let a;")], { language: "ts" }), "```ts\nlet a;\n```"],
  ["a quote", of("blockquote", [p(text("said"))]), "> said"],
  ["a panel", of("panel", [p(text("mind"))], { panelType: "info" }), "> [!NOTE]\n> mind"],
  [
    "what opens",
    of("expand", [p(text("within"))], { title: "More" }),
    "> [!EXPAND] More\n> within",
  ],
  ["a broken line", p(text("a"), { type: "hardBreak" }, text("b")), "a\\\nb"],
  [
    "a mention",
    p({ type: "mention", attrs: { id: "5b10:a", text: "@Ada" } }),
    "[@Ada](jira:mention/5b10%3Aa)",
  ],
  ["an emoji", p({ type: "emoji", attrs: { shortName: ":smile:", text: "😄" } }), "😄"],
  ["an emoji of the site", p({ type: "emoji", attrs: { shortName: ":ours:" } }), ":ours:"],
  [
    "a date",
    p({ type: "date", attrs: { timestamp: "1774915200000" } }),
    "[2026-03-31](jira:date/1774915200000)",
  ],
  [
    "a status",
    p({ type: "status", attrs: { text: "IN REVIEW", color: "blue" } }),
    "[IN REVIEW](jira:status/blue)",
  ],
  ["a card", p({ type: "inlineCard", attrs: { url: "https://x.y/1" } }), "<https://x.y/1>"],
  [
    "a picture from elsewhere",
    of("mediaSingle", [{
      type: "media",
      attrs: { type: "external", url: "https://x.y/p.png", alt: "a picture" },
    }], { layout: "center" }),
    "![a picture](https://x.y/p.png)",
  ],
];

for (const [name, node, markdown] of SHOWN) {
  Deno.test(`${name} is shown, and written from what is shown`, () => {
    assert.equal(markdownOf(doc(node)), markdown);
    const written = documentAfter(markdown, null);
    assert.equal(markdownOf(written?.document), markdown);
    assert.deepEqual(written?.lost, []);
  });
}

Deno.test("what Markdown cannot express is a link with its words", () => {
  const media = { type: "media", attrs: { type: "file", id: "1", collection: "", alt: "log.txt" } };
  const shown = markdownOf(doc(
    of("mediaSingle", [media], { layout: "center" }),
    of(
      "decisionList",
      [of("decisionItem", [text("We do it")], { localId: "1", state: "DECIDED" })],
      {
        localId: "2",
      },
    ),
    { type: "newNodeOfTomorrow", attrs: { anything: [1] } },
    p(text("see "), { type: "placeholder", attrs: { text: "your name" } }),
  ));
  const hash = String.raw`[0-9a-z]{13}`;
  assert.match(
    shown,
    new RegExp([
      String.raw`^!\[log\.txt\]\(jira:mediaSingle/${hash}\)`,
      String.raw`\[We do it\]\(jira:decisionList/${hash}\)`,
      String.raw`\[newNodeOfTomorrow\]\(jira:newNodeOfTomorrow/${hash}\)`,
      String.raw`see \[your name\]\(jira:placeholder/${hash}\)$`,
    ].join("\n\n")),
  );
});

Deno.test("a link that stands for a node is the same for the same node, whatever the order of its keys", () => {
  const one = { type: "extension", attrs: { extensionKey: "a", extensionType: "b" } };
  const other = { attrs: { extensionType: "b", extensionKey: "a" }, type: "extension" };
  assert.equal(markdownOf(doc(one)), markdownOf(doc(other)));
  assert.notEqual(markdownOf(doc(one)), markdownOf(doc({ type: "extension", attrs: {} })));
});

Deno.test("words that look like Markdown are words", () => {
  const words = "# 1. *a* _b_ [c](d) `e` <u>f</u> &amp; ~~g~~ ![h](i) | j";
  const shown = markdownOf(doc(p(text(words))));
  assert.deepEqual(documentAfter(shown, null)?.document, doc(p(text(words))));
});

Deno.test("emphasis within words, where Markdown has none, is a tag", () => {
  const shown = markdownOf(doc(p(text("un"), text("(believe)", { type: "em" }), text("able"))));
  assert.equal(shown, "un<em>(believe)</em>able");
});

Deno.test("a script is no link", () => {
  const link = { type: "link", attrs: { href: "javascript:alert(1)" } };
  assert.equal(markdownOf(doc(p(text("here", link)))), "here");
  for (const href of ["javascript:alert(1)", "JaVaScript:x", "data:text/html,x", "vbscript:x"]) {
    const written = documentAfter(`[x](${href}) <${href}> ![y](${href})`, null);
    assert.doesNotMatch(JSON.stringify(written), /"type":"(link|media\w*)"/);
  }
});

Deno.test("HTML is words", () => {
  const written = documentAfter('<script>alert(1)</script> <img src=x onerror="y">', null);
  assert.deepEqual(
    written?.document,
    doc(p(text('<script>alert(1)</script> <img src=x onerror="y">'))),
  );
});

Deno.test("what is no document says nothing", () => {
  for (const value of [null, undefined, "x", 1, [], {}, { type: 1 }, { type: "doc" }]) {
    assert.equal(markdownOf(value), "");
  }
  assert.equal(markdownOf({ type: "doc", content: [null, 1, "x", [], {}] }), "");
});
