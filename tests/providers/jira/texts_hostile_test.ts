/** Texts that would take for ever, or too much of the stack, where each character or level costs more than the last. */
import assert from "node:assert/strict";
import type { AdfDocument } from "../../../src/providers/jira/adf/document.ts";
import { documentAfter } from "../../../src/providers/jira/adf/edited.ts";
import { wikiAfter } from "../../../src/providers/jira/wiki/edited.ts";
import { wikiMarkdown } from "../../../src/providers/jira/wiki/shown.ts";
import { markdownOf } from "../../../src/providers/jira/adf/shown.ts";

/** Characters that Jira takes for a text. */
const MOST = 32_767;

/** Milliseconds for one text: some hundred times what it takes, and far less than what grows with a power would. */
const ENOUGH = 120_000;

function repeated(part: string): string {
  return part.repeat(Math.ceil(MOST / part.length)).slice(0, MOST);
}

const PARTS: readonly string[] = [
  ..."*_`~[]()<>!&\\|#->+.:@^{}\"'\n \t\0\x1b",
  ...[
    "**",
    "__",
    "~~",
    "```",
    "``` `",
    "[a](",
    "![",
    "[[",
    "]]",
    "[](",
    "<a",
    "<b>",
    "</b>",
    "<br>",
  ],
  ...[
    "*a ",
    "a*",
    "_a",
    "**a*",
    "*a**",
    "`a",
    "a`",
    "``a",
    "[a]",
    "](b)",
    "a\n",
    "\n\n",
    "> ",
    "- ",
  ],
  ...["1. ", "# ", "|a", "|-|\n", "- [ ] ", "\\\n", "&amp;", "&#0;", "<https://x", "[x](jira:a/b)"],
  ...[
    "![x](jira:media/1)",
    "[@a](jira:mention/a) ",
    "😀",
    "\ud800",
    "\u200b",
    "\u202e",
    "a\u0301",
    ":a:",
  ],
];

/** Runs something, and tells how long it took. */
function timed(name: string, run: () => void): void {
  const start = performance.now();
  run();
  const took = performance.now() - start;
  assert.ok(took < ENOUGH, `${name}: ${took} ms`);
}

Deno.test("no text of the longest length takes for ever", () => {
  for (const part of PARTS) {
    const markdown = repeated(part);
    timed(JSON.stringify(part), () => {
      const written = documentAfter(markdown, null);
      if (written === null) return;
      const shown = markdownOf(written.document);
      assert.equal(documentAfter(shown, written.document)?.document, written.document);
      documentAfter(`${shown.slice(0, MOST / 2)} x ${shown.slice(MOST / 2)}`, written.document);
    });
  }
});

Deno.test("no words of the longest length take for ever", () => {
  for (const part of PARTS) {
    const words = repeated(part);
    timed(JSON.stringify(part), () => {
      const content = [{ type: "paragraph", content: [{ type: "text", text: words }] }];
      const before: AdfDocument = { type: "doc", version: 1, content };
      const shown = markdownOf(before);
      assert.equal(documentAfter(shown, before)?.document, before);
      assert.notEqual(documentAfter(`${shown}\n\nmore`, before)?.document, before);
    });
  }
});

const WIKI_PARTS: readonly string[] = [
  ..."*_-+^~?{}[]!|\\#&\n\0 ",
  ...[
    "{{",
    "}}",
    "{{a",
    "{{a}",
    "{*}",
    "{_}a",
    "[a|",
    "[a|b]",
    "[~",
    "!a",
    "!a|",
    "!a!",
    "||",
    "|a",
    "|\n",
  ],
  ...[
    "*a ",
    "a*",
    "*a* ",
    "_a*",
    "h1. \n",
    "bq. a\n",
    "* a\n",
    "** ",
    "*#",
    "----\n",
    "{code}",
    "{code}\n",
  ],
  ...[
    "{quote}\n",
    "{panel}\n",
    "{panel:a}\n",
    "{info}\n{note}\n",
    "{noformat}\n",
    "{a:",
    "{a}",
    "&#1;",
  ],
  ...["\\\\", "\\*", "http://", "http://a", "http://a ", "a\n", "\r\n", "\r"],
];

Deno.test("no wiki markup of the longest length takes for ever, however it is edited", () => {
  for (const part of WIKI_PARTS) {
    const wiki = repeated(part);
    timed(JSON.stringify(part), () => {
      const shown = wikiMarkdown(wiki);
      assert.equal(wikiAfter(shown, wiki)?.text, wiki, JSON.stringify(part));
      wikiAfter(`${shown.slice(0, MOST / 2)} x ${shown.slice(MOST / 2)}`, wiki);
    });
  }
  for (const part of PARTS) {
    timed(JSON.stringify(part), () => wikiAfter(repeated(part), ""));
  }
});

const NESTING: readonly (readonly [string, (within: unknown) => unknown])[] = [
  ["lists", (one) => ({ type: "bulletList", content: [{ type: "listItem", content: [one] }] })],
  [
    "ordered lists",
    (one) => ({ type: "orderedList", content: [{ type: "listItem", content: [one] }] }),
  ],
  ["quotes", (one) => ({ type: "blockquote", content: [one] })],
  ["panels", (one) => ({ type: "panel", attrs: { panelType: "info" }, content: [one] })],
  ["what opens", (one) => ({ type: "expand", attrs: { title: "t" }, content: [one] })],
  ["unknown nodes", (one) => ({ type: "other", content: [one] })],
  ["attributes", (one) => ({ type: "other", attrs: { deep: one } })],
  ["paragraphs", (one) => ({ type: "paragraph", content: [one] })],
  [
    "tasks",
    (one) => ({ type: "taskList", content: [{ type: "taskItem", content: [] }, one] }),
  ],
  [
    "tables",
    (one) => ({
      type: "table",
      content: [{ type: "tableRow", content: [{ type: "tableCell", content: [one] }] }],
    }),
  ],
];

for (const [name, around] of NESTING) {
  Deno.test(`ten thousand ${name} within each other are shown, kept and edited`, () => {
    let deep: unknown = { type: "paragraph", content: [{ type: "text", text: "bottom" }] };
    for (let level = 0; level < 10_000; level++) deep = around(deep);
    timed(name, () => {
      const last = { type: "paragraph", content: [{ type: "text", text: "last" }] };
      const before = { type: "doc", version: 1, content: [deep, last] };
      const shown = markdownOf(before);
      assert.match(shown, /last$/);
      if (!isDoc(before)) return;
      assert.equal(documentAfter(shown, before)?.document, before);
      const after = documentAfter(`${shown} of all`, before);
      assert.equal(after?.document.content?.[0], deep);
      assert.equal(after?.document.content?.[1]?.content?.[0]?.text, "last of all");
    });
  });
}

function isDoc(value: { readonly type: string }): value is AdfDocument {
  return value.type === "doc";
}

Deno.test("lists and quotes of Markdown that are nested too deeply are refused", () => {
  for (const mark of ["> ", "- ", "1. ", "> - "]) {
    timed(mark, () => assert.equal(documentAfter(`${mark.repeat(10_000)}x`, null), null));
  }
  const stairs = Array.from({ length: 200 }, (_, level) => `${"  ".repeat(level)}- x`).join("\n");
  assert.equal(documentAfter(stairs, null), null);
});

Deno.test("wide documents are edited in a moment", () => {
  const line = (words: string) => ({ type: "paragraph", content: [{ type: "text", text: words }] });
  const cell = (words: string) => ({ type: "tableCell", content: [line(words)] });
  const wide = [
    ...Array.from({ length: 4_000 }, (_, at) => line(`line ${at % 7}`)),
    {
      type: "table",
      content: Array.from({ length: 300 }, (_, at) => ({
        type: "tableRow",
        content: [cell("same"), cell(`row ${at}`), cell("")],
      })),
    },
    {
      type: "bulletList",
      content: Array.from({ length: 3_000 }, (_, at) => ({
        type: "listItem",
        content: [line(`item ${at % 5}`)],
      })),
    },
    {
      type: "table",
      content: [{ type: "tableRow", content: [{ ...cell("x"), attrs: { colspan: 1e9 } }] }],
    },
  ];
  const before: AdfDocument = { type: "doc", version: 1, content: wide };
  timed("wide", () => {
    const lines = markdownOf(before).split("\n");
    const edited = lines.map((one, at) => at % 3 === 0 ? one.replace(/\d/, "x") : one).reverse();
    assert.notEqual(documentAfter(edited.join("\n"), before)?.document, before);
    const after = documentAfter(lines.with(3000, "an edit").join("\n"), before);
    assert.equal(after?.document.content?.[4_000], wide[4_000]);
  });
});

Deno.test("odd values where Jira has others are shown without a failure, and kept", () => {
  const odd = [null, 0, "x", [], {}, [[]], { type: "text" }, { type: "text", text: 1 }, true];
  const types = [
    "paragraph",
    "heading",
    "codeBlock",
    "table",
    "tableRow",
    "taskList",
    "panel",
    "mediaSingle",
  ];
  for (
    const type of [...types, "orderedList", "mention", "date", "status", "emoji", "text", "expand"]
  ) {
    for (const value of odd) {
      const node = { type, attrs: value, content: value, marks: value, text: value };
      const inner = {
        type,
        attrs: {
          level: value,
          order: value,
          timestamp: value,
          text: value,
          id: value,
          color: value,
        },
        content: [node, value],
        marks: [value, { type: "link", attrs: value }],
      };
      const before = { type: "doc", version: 1, content: [node, inner, value] };
      const shown = markdownOf(before);
      const given: unknown = before;
      assert.equal(documentAfter(shown, isGiven(given) ? given : null)?.document, before);
      documentAfter(`${shown}x\n\ny`, isGiven(given) ? given : null);
    }
  }
});

function isGiven(value: unknown): value is AdfDocument {
  return typeof value === "object";
}
