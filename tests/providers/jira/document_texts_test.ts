/** Texts of Jira in the cloud, as the provider shows and writes them. */
import assert from "node:assert/strict";
import { DOCUMENT_TEXTS } from "../../../src/providers/jira/document_texts.ts";

const PANEL = {
  type: "panel",
  attrs: { panelType: "warning", localId: "p1" },
  content: [{
    type: "paragraph",
    content: [
      { type: "text", text: "Ask " },
      { type: "mention", attrs: { id: "5b10ac8d", text: "@Ada" } },
    ],
  }],
};

const BEFORE = {
  type: "doc",
  version: 1,
  content: [PANEL, { type: "paragraph", content: [{ type: "text", text: "Old words." }] }],
};

Deno.test("a text that says nothing is none", () => {
  for (const text of [null, undefined, { type: "doc", version: 1, content: [] }]) {
    assert.equal(DOCUMENT_TEXTS.shown(text), null);
  }
});

Deno.test("a text that was not edited is not written", async () => {
  const shown = DOCUMENT_TEXTS.shown(BEFORE);
  assert.ok(shown !== null);
  assert.deepEqual(await DOCUMENT_TEXTS.edited(shown, BEFORE), { kind: "same" });
});

Deno.test("an edit of one paragraph leaves the panel and the mention as they were", async () => {
  const shown = DOCUMENT_TEXTS.shown(BEFORE) ?? "";
  assert.match(shown, /Old words\./);
  const edited = await DOCUMENT_TEXTS.edited(shown.replace("Old words.", "New words."), BEFORE);
  assert.deepEqual(edited, {
    kind: "changed",
    lost: [],
    text: {
      ...BEFORE,
      content: [PANEL, { type: "paragraph", content: [{ type: "text", text: "New words." }] }],
    },
  });
});

Deno.test("a new text is a document, and what a document cannot hold is refused", async () => {
  const edited = await DOCUMENT_TEXTS.edited("Some *words*.", null);
  assert.equal(edited.kind, "changed");
  assert.match(JSON.stringify(edited), /"type":"doc".*"type":"em"/);
  const table = "- item\n\n  | a | b |\n  | - | - |\n  | 1 | 2 |\n";
  assert.deepEqual(await DOCUMENT_TEXTS.edited(table, null), { kind: "refused" });
});
