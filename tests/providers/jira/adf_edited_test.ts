import assert from "node:assert/strict";
import type { AdfDocument, AdfNode } from "../../../src/providers/jira/adf/document.ts";
import { documentAfter } from "../../../src/providers/jira/adf/edited.ts";
import { markdownOf } from "../../../src/providers/jira/adf/shown.ts";
import { doc, of, p, text } from "./nodes.ts";

/** Returns what comes of an edit of a document's Markdown. */
function edit(before: AdfDocument, from: string | RegExp, to: string) {
  const markdown = markdownOf(before);
  const edited = markdown.replace(from, to);
  assert.notEqual(edited, markdown);
  return documentAfter(edited, before);
}

const RED = { type: "textColor", attrs: { color: "#ff0000" } };
const ADA = { type: "mention", attrs: { id: "1", text: "@Ada", localId: "m", accessLevel: "" } };
const CHART = { type: "extension", attrs: { extensionKey: "chart", extensionType: "x.y" } };

Deno.test("blocks that were not edited are the very nodes", () => {
  const before = doc(
    { ...p(text("first")), marks: [{ type: "alignment", attrs: { align: "center" } }] },
    CHART,
    p(text("second")),
    of("panel", [p(text("third"))], { panelType: "custom", panelColor: "#123456" }),
  );
  const after = edit(before, "second", "changed");
  const [a, b, c, d] = after?.document.content ?? [];
  assert.equal(a, before.content?.[0]);
  assert.equal(b, CHART);
  assert.deepEqual(c, p(text("changed")));
  assert.equal(d, before.content?.[3]);
  assert.deepEqual(after?.lost, []);
});

Deno.test("an edited paragraph keeps its alignment, and its words their colour", () => {
  const before = doc({
    ...p(text("one "), text("two three", RED), text(" four "), ADA),
    marks: [{ type: "alignment", attrs: { align: "end" } }],
  });
  const after = edit(before, "three", "3");
  assert.deepEqual(after, {
    document: doc({
      ...p(text("one "), text("two 3", RED), text(" four "), ADA),
      marks: [{ type: "alignment", attrs: { align: "end" } }],
    }),
    lost: [],
  });
});

Deno.test("what an edit takes away beside what is seen is said", () => {
  const note = { type: "annotation", attrs: { id: "n", annotationType: "inlineComment" } };
  const before = doc(p(text("red", RED), text(" noted", note), text(" plain")));
  assert.deepEqual(edit(before, "red noted plain", "other")?.lost, [
    "the colour of “red”",
    "a comment of “noted”",
  ]);
});

Deno.test("a block that takes the place of another one of another kind says what goes", () => {
  const before = doc(p(text("red", RED)), p(text("stays")));
  assert.deepEqual(edit(before, "red", "```\nred\n```")?.lost, ["the colour"]);
  assert.deepEqual(edit(before, "red\n\n", "")?.lost, []);
});

Deno.test("empty paragraphs stay behind what they followed", () => {
  const before = doc(p(), p(text("a")), p(), p(text("b")), p());
  assert.deepEqual(
    edit(before, "a", "c")?.document,
    doc(p(), p(text("c")), p(), p(text("b")), p()),
  );
  assert.deepEqual(edit(before, "b", "b\n\nd")?.document.content?.length, 6);
});

Deno.test("a block that was moved is the node that it was", () => {
  const before = doc(CHART, p(text("a")), p(text("b")));
  const [chart, a, b] = markdownOf(before).split("\n\n");
  const after = documentAfter([a, b, chart].join("\n\n"), before);
  assert.deepEqual(after?.document, doc(p(text("a")), p(text("b")), CHART));
});

Deno.test("a task that is ticked keeps its id, and a new one has its own", () => {
  const before = doc(
    of("taskList", [
      of("taskItem", [text("a")], { localId: "1", state: "TODO" }),
      of("taskItem", [text("b")], { localId: "2", state: "TODO" }),
    ], { localId: "3" }),
  );
  const after = edit(before, "- [ ] b", "- [x] b\n- [ ] c");
  const [list] = after?.document.content ?? [];
  const [a, b, c] = list?.content ?? [];
  assert.equal(a, before.content?.[0]?.content?.[0]);
  assert.deepEqual(b, of("taskItem", [text("b")], { localId: "2", state: "DONE" }));
  assert.deepEqual(c?.content, [text("c")]);
  assert.match(String(c?.attrs?.["localId"]), /^[0-9a-z]{8}-[0-9a-z]+-[0-9a-z]{12}$/);
  assert.deepEqual(edit(before, "- [ ] b", "- [x] b\n- [ ] c"), after);
});

Deno.test("an item of a list that was edited leaves the others alone", () => {
  const item = (words: string, id: string) => of("listItem", [p(text(words))], { localId: id });
  const before = doc(
    of("bulletList", [item("a", "1"), item("b", "2"), item("c", "3")], { localId: "0" }),
  );
  const after = edit(before, "- b", "- bee\n  - within");
  const [list] = after?.document.content ?? [];
  assert.deepEqual(list?.attrs, { localId: "0" });
  assert.equal(list?.content?.[0], before.content?.[0]?.content?.[0]);
  assert.deepEqual(
    list?.content?.[1],
    of("listItem", [p(text("bee")), of("bulletList", [of("listItem", [p(text("within"))])])], {
      localId: "2",
    }),
  );
  assert.equal(list?.content?.[2], before.content?.[0]?.content?.[2]);
  const ordered = documentAfter("1. a\n2. b\n3. c", before)?.document.content?.[0];
  assert.deepEqual([ordered?.type, ordered?.attrs], ["orderedList", { localId: "0", order: 1 }]);
  assert.equal(ordered?.content?.[1], before.content?.[0]?.content?.[1]);
});

function cell(words: string, attrs: Record<string, unknown> = {}): AdfNode {
  return of("tableCell", [p(text(words))], attrs);
}

Deno.test("cells of a table that were not edited are the very nodes", () => {
  const head = of(
    "tableRow",
    ["h", "i"].map((words) => of("tableHeader", [p(text(words))], { colwidth: [9] })),
  );
  const row = of("tableRow", [cell("a", { background: "#fff000" }), cell("b")]);
  const before = doc(of("table", [head, row], { layout: "wide" }));
  const after = edit(before, "| a | b |", "| a | bee |\n| c | d |");
  const [table] = after?.document.content ?? [];
  assert.deepEqual(table?.attrs, { layout: "wide" });
  assert.equal(table?.content?.[0], head);
  assert.equal(table?.content?.[1]?.content?.[0], row.content?.[0]);
  assert.deepEqual(table?.content?.[1]?.content?.[1], cell("bee"));
  assert.deepEqual(table?.content?.[2], of("tableRow", [cell("c"), cell("d")]));
  const narrow = documentAfter("| i |\n|---|\n| b |", before)?.document.content?.[0];
  assert.equal(narrow?.content?.[0]?.content?.[0], head.content?.[1]);
  assert.equal(narrow?.content?.[1]?.content?.[0], row.content?.[1]);
});

Deno.test("joined cells keep their places: their words can be edited, and nothing else", () => {
  const wide = cell("wide", { colspan: 2 });
  const before = doc(of("table", [of("tableRow", [wide]), of("tableRow", [cell("a"), cell("b")])]));
  assert.deepEqual(
    edit(before, "wide", "wider")?.document.content?.[0]?.content?.[0],
    of("tableRow", [cell("wider", { colspan: 2 })]),
  );
  assert.equal(edit(before, "| wide |  |", "| wide | x |"), null);
  assert.equal(edit(before, "| a | b |", "| a | b |\n| c | d |"), null);
  const low = doc(of("table", [of("tableRow", [cell("a", { rowspan: 2 }), cell("b")])]));
  assert.equal(edit(low, "| a | b |", "| a | b |\n| c | d |"), null);
});

Deno.test("a cell with blocks keeps those whose lines were not edited", () => {
  const list = of("bulletList", [of("listItem", [p(text("x"))]), of("listItem", [p(text("y"))])]);
  const picture = of("mediaSingle", [{
    type: "media",
    attrs: { type: "file", id: "1", collection: "", alt: "p" },
  }], { layout: "center" });
  const before = doc(
    of("table", [of("tableRow", [of("tableCell", [p(text("a")), list, picture])])]),
  );
  const after = edit(before, "a<br>", "b<br>");
  const within = after?.document.content?.[0]?.content?.[0]?.content?.[0]?.content ?? [];
  assert.deepEqual(within, [p(text("b")), list, picture]);
  assert.equal(within[1], list);
  assert.deepEqual(after?.lost, []);
  assert.deepEqual(edit(before, "• x", "• z")?.lost, [
    "lists, headings and the like in a cell of a table become lines",
  ]);
});

Deno.test("a panel, a heading and code keep what Markdown does not show", () => {
  const before = doc(
    of("panel", [p(text("mind"))], { panelType: "custom", panelColor: "#123456" }),
    of("codeBlock", [text("a")], { language: "plain text", wrap: true }),
    { ...of("heading", [text("head")], { level: 2, localId: "h" }) },
  );
  const markdown = markdownOf(before)
    .replace("mind", "never mind").replace("\na\n", "\nb\n").replace("## head", "### head");
  assert.deepEqual(documentAfter(markdown, before), {
    document: doc(
      of("panel", [p(text("never mind"))], { panelType: "custom", panelColor: "#123456" }),
      of("codeBlock", [text("b")], { language: "plain text", wrap: true }),
      { ...of("heading", [text("head")], { level: 3, localId: "h" }) },
    ),
    lost: [],
  });
});

Deno.test("people, statuses and dates can be written by hand", () => {
  const written = documentAfter(
    "[@Ada](jira:mention/5b10%3Aa) [DONE](jira:status/green) [2026-03-31](jira:date/0)",
    null,
  );
  assert.deepEqual(written, {
    document: doc(p(
      { type: "mention", attrs: { id: "5b10:a", text: "@Ada" } },
      text(" "),
      { type: "status", attrs: { text: "DONE", color: "green" } },
      text(" "),
      { type: "date", attrs: { timestamp: "1774915200000" } },
    )),
    lost: [],
  });
});

Deno.test("a link to a node that is not there leaves its words, and says so", () => {
  assert.deepEqual(documentAfter("see [a chart](jira:extension/0000000000000)", null), {
    document: doc(p(text("see a chart"))),
    lost: ["“a chart” stands for something that is not in this text: its words stay"],
  });
});

Deno.test("what the format cannot hold is refused or said", () => {
  assert.equal(documentAfter("- a\n\n  | b |\n  |---|\n  | c |", null), null);
  assert.equal(documentAfter(`${"> ".repeat(200)}deep`, null), null);
  assert.equal(documentAfter("x".repeat(600_000), null), null);
  const before = doc(CHART);
  assert.deepEqual(edit(before, /^/, "> ")?.document, doc(of("blockquote", [CHART])));
  assert.equal(edit(before, /$/, " beside"), null);
  const written = documentAfter("> # a\n>\n> ---\n>\n> - [ ] b\n>\n> > c", null);
  assert.equal(markdownOf(written?.document), "> **a**\n>\n> \\---\n>\n> - \\[ ] b\n>\n> c");
  assert.deepEqual(written?.lost, [
    "a heading within another block becomes strong words",
    "a line across another block becomes three hyphens",
    "tasks within another block become a list with brackets",
    "a quote within another block becomes part of that block",
  ]);
});

Deno.test("addresses that touch a link to the same are cards, and stay apart", () => {
  const url = "https://example.com/a";
  const link = text(url, { type: "link", attrs: { href: url } });
  const card = { type: "inlineCard", attrs: { url } };
  const cases: readonly (readonly [string, readonly AdfNode[]])[] = [
    [`<${url}>`, [link]],
    [`<${url}> <${url}>`, [link, text(" "), card]],
    [`<${url}> and <${url}>`, [link, text(" and "), link]],
    [`<${url}><${url}>`, [link, card]],
    [`<${url}><${url}><${url}>`, [link, card, link]],
    [`<${url}>[more](${url})`, [card, { ...link, text: "more" }]],
    [`[more](${url})<${url}>`, [{ ...link, text: "more" }, card]],
    [`<${url}>[more](${url}/b)`, [
      link,
      text("more", { type: "link", attrs: { href: `${url}/b` } }),
    ]],
  ];
  for (const [markdown, content] of cases) {
    const fresh = documentAfter(markdown, null);
    assert.deepEqual(fresh, { document: doc(p(...content)), lost: [] }, markdown);
    assert.equal(markdownOf(fresh?.document), markdown);
    const edited = documentAfter(markdown, doc(p(text("before"))));
    assert.equal(markdownOf(edited?.document), markdown);
  }
});
