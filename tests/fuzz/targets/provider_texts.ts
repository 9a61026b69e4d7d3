/** Long texts as providers keep them: what is shown of them, and what becomes of an edit. */
import assert from "node:assert/strict";
import { withCommands, withoutCommands } from "../../../src/providers/gitlab/quick_actions.ts";
import { isDocument } from "../../../src/providers/jira/adf/document.ts";
import { documentAfter } from "../../../src/providers/jira/adf/edited.ts";
import { markdownOf } from "../../../src/providers/jira/adf/shown.ts";
import { wikiAfter } from "../../../src/providers/jira/wiki/edited.ts";
import { wikiMarkdown } from "../../../src/providers/jira/wiki/shown.ts";
import { withoutMarker } from "../../../src/providers/marker.ts";
import { commandsIn } from "../../standins/gitlab/commands.ts";
import fc from "../../support/properties.ts";
import { mutatedJson, mutatedText } from "../mutation.ts";
import { type Target, target } from "../target.ts";

/** One more than a provider takes, of texts of two bytes a character. */
const LONGEST = 65_537;

/** What opens something, ends it or does neither, repeated until a text is as long as can be. */
const PARTS: readonly string[] = [
  ..."*_`~[](){}<>!|\\#-:\n \t\0a",
  ...["{code}", "{quote}", "{color:red}", "{{a", "[a|b]", "[~a]", "!a!", "* ", "||", "|a", "h1. "],
  ...["```\n", "\n/close\n", "\\/", "coding:", "---\n", "\r\n", "\r", "<!-- tracker:", "-->"],
  ...["[a](", "> ", "- ", "a*", "**a*", "<b>", "&#0;", "\u{1F600}", "\ud800", "\u202e"],
];

const LONG: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom(...PARTS),
  fc.constantFrom("", "x", "\n"),
  fc.constantFrom(100, 4_000, LONGEST),
).map(([part, last, length]) =>
  part.repeat(Math.ceil(length / part.length)).slice(0, length - last.length) + last
);

/** Texts of any of the seeds that were changed, any others, and now and then one that is as long as can be. */
function texts(seeds: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: mutatedText(seeds) },
    { weight: 3, arbitrary: fc.string({ unit: "binary" }) },
    { weight: 1, arbitrary: LONG },
  );
}

const NOTHING = { open: () => Promise.resolve(null), close: () => Promise.resolve() };

const GITLAB_TEXTS: readonly string[] = [
  "Text\n/close\n\n```js\n/close\n```\n\\/reopen\r\n~~~\n/confidential\n~~~\n",
  "---\ntitle: x\n---\n/close\n",
  "# coding: utf-8\n\n+++\n```\n+++\n/close\n<!-- tracker:01234567-89ab-4def-8123-456789abcdef -->",
];

/** Descriptions at GitLab: no line of what is sent is a command, and it is read as it was. */
export const quickActions: Target = target({
  name: "quick-actions",
  input: texts(GITLAB_TEXTS),
  ...NOTHING,
  attempt(text) {
    const sent = withoutCommands(text);
    assert.deepEqual(commandsIn(sent).commands, []);
    assert.equal(withCommands(sent), text.replaceAll(/\r\n?/g, "\n"));
    assert.equal(typeof withoutMarker(text), "string");
    return Promise.resolve();
  },
});

const WIKI_TEXTS: readonly string[] = [
  "h2. Title\n\n* one\n** two\n# three\n\nbq. said\n\n||a||b||\n|c|{{d}}|\n\n----\n",
  "{panel:title=x}\n{quote}\n*b* _i_ -s- +u+ ^p^ ~q~ ??c??\n{quote}\n{panel}\n{color:red}r{color}",
  "{code:java}\nint a;\n{code}\n{noformat}\nx\n{noformat}\n[a|https://b.c] [~ada] !p.png|width=3! \\\\ x",
];

/** Wiki markup: shown without a failure, and kept as it is where nobody edited it. */
export const wikiMarkup: Target = target({
  name: "wiki-markup",
  input: texts(WIKI_TEXTS),
  ...NOTHING,
  attempt(text) {
    const shown = wikiMarkdown(text);
    const same = wikiAfter(shown, text);
    if (same !== null) assert.equal(same.text, text);
    const edited = wikiAfter(`${shown}\n\nMore`, text);
    if (edited !== null) assert.equal(typeof wikiMarkdown(edited.text), "string");
    return Promise.resolve();
  },
});

const text = (words: string, ...marks: readonly object[]) => ({ type: "text", text: words, marks });

const DOCUMENTS: readonly unknown[] = [
  {
    type: "doc",
    version: 1,
    content: [
      { type: "heading", attrs: { level: 2 }, content: [text("Title")] },
      {
        type: "paragraph",
        content: [
          text("a", { type: "strong" }, { type: "textColor", attrs: { color: "#ff0000" } }),
          { type: "mention", attrs: { id: "5b1", text: "@Ada" } },
          { type: "hardBreak" },
          { type: "status", attrs: { text: "DONE", color: "green" } },
        ],
      },
      {
        type: "bulletList",
        content: [{ type: "listItem", content: [{ type: "paragraph", content: [text("one")] }] }],
      },
      { type: "codeBlock", attrs: { language: "js" }, content: [{ type: "text", text: "x()" }] },
      { type: "panel", attrs: { panelType: "info" }, content: [{ type: "paragraph" }] },
      {
        type: "table",
        content: [{
          type: "tableRow",
          content: [{ type: "tableCell", content: [{ type: "paragraph", content: [text("c")] }] }],
        }],
      },
      { type: "extension", attrs: { extensionKey: "toc", extensionType: "com.x" } },
    ],
  },
];

/** Documents of Atlassian's: shown without a failure, and the very same where nobody edited them. */
export const documents: Target = target({
  name: "atlassian-documents",
  input: mutatedJson(DOCUMENTS),
  ...NOTHING,
  attempt(document) {
    const shown = markdownOf(document);
    if (!isDocument(document)) return Promise.resolve();
    const same = documentAfter(shown, document);
    if (same !== null) assert.equal(same.document, document);
    const edited = documentAfter(`${shown}\n\nMore`, document);
    if (edited !== null) assert.match(markdownOf(edited.document), /More/);
    return Promise.resolve();
  },
});

const MARKDOWN: readonly string[] = [
  "# Title\n\n- one\n  - [ ] two\n\n> [!NOTE]\n> said\n\n|a|b|\n|-|-|\n|c|d|\n\n```js\nx()\n```\n",
  "**b** _i_ ~~s~~ `c` <u>u</u> [a](https://b.c) ![p](jira:media/1) [@a](jira:mention/a) \\* &amp;\n1. x\n",
];

/** Markdown that people write, on its way to both forms of Jira. */
export const writtenMarkdown: Target = target({
  name: "written-markdown",
  input: texts(MARKDOWN),
  ...NOTHING,
  attempt(markdown) {
    const written = documentAfter(markdown, null);
    if (written !== null) {
      assert.equal(isDocument(written.document), true);
      const shown = markdownOf(written.document);
      assert.equal(documentAfter(shown, written.document)?.document, written.document);
    }
    const wiki = wikiAfter(markdown, "");
    if (wiki !== null) assert.equal(typeof wikiMarkdown(wiki.text), "string");
    return Promise.resolve();
  },
});
