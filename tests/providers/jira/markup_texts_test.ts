/** Texts of a server of a team's own, as the provider shows and writes them. */
import assert from "node:assert/strict";
import { MARKUP_TEXTS } from "../../../src/providers/jira/markup_texts.ts";

const BEFORE = "h2. Steps\r\n\r\n{panel:title=Note}Ask [~ada]{panel}\r\n\r\nOld *words*.";

Deno.test("a text that says nothing is none, and one that is no text, too", () => {
  for (const text of [null, undefined, "", { type: "doc" }]) {
    assert.equal(MARKUP_TEXTS.shown(text), null);
  }
});

Deno.test("markup is shown as Markdown, and what was not edited is not written", async () => {
  const shown = MARKUP_TEXTS.shown(BEFORE) ?? "";
  assert.match(shown, /^## Steps\n/);
  assert.match(shown, /Old \*\*words\*\*\.$/);
  assert.deepEqual(await MARKUP_TEXTS.edited(shown, BEFORE), { kind: "same" });
});

Deno.test("an edit of one paragraph leaves the rest of the markup as it was", async () => {
  const shown = MARKUP_TEXTS.shown(BEFORE) ?? "";
  const edited = await MARKUP_TEXTS.edited(shown.replace("Old", "New"), BEFORE);
  assert.deepEqual(edited, {
    kind: "changed",
    text: BEFORE.replace("Old", "New"),
    lost: [],
  });
});

Deno.test("a new text is markup, and what markup cannot hold is refused", async () => {
  assert.deepEqual(await MARKUP_TEXTS.edited("Some **words**.", null), {
    kind: "changed",
    text: "Some *words*.",
    lost: [],
  });
  const table = "- item\n\n  | a | b |\n  | - | - |\n  | 1 | 2 |\n";
  assert.deepEqual(await MARKUP_TEXTS.edited(table, null), { kind: "refused" });
});
