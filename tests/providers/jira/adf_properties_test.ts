import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { documentAfter } from "../../../src/providers/jira/adf/edited.ts";
import { markdownOf } from "../../../src/providers/jira/adf/shown.ts";
import { keyOf } from "../../../src/providers/jira/markdown/draft.ts";
import { readMarkdown } from "../../../src/providers/jira/markdown/read.ts";
import { adfSchema } from "./adf_schema.ts";
import { DOCUMENTS } from "./documents.ts";
import { MARKDOWNS } from "./drafts.ts";

const SCHEMA = await adfSchema();

/** What Markdown says, whatever its form. */
function meaning(markdown: string): string {
  return keyOf(readMarkdown(markdown));
}

Deno.test("documents are made as Atlassian's schema allows them, and of every kind of node", () => {
  if (SCHEMA === null) return;
  const kinds = new Set<string>(["doc"]);
  fc.assert(
    fc.property(DOCUMENTS, (document) => {
      for (const [, kind] of JSON.stringify(document).matchAll(/"type":"(\w+)"/g)) {
        kinds.add(kind ?? "");
      }
      const fault = SCHEMA.fault(document);
      assert.equal(fault, null, `${fault} ${JSON.stringify(document)}`);
    }),
    { numRuns: 1500 },
  );
  assert.deepEqual([...SCHEMA.kinds].filter((kind) => !kinds.has(kind)), []);
});

Deno.test("a document whose Markdown was not edited is the very document", () => {
  fc.assert(
    fc.property(DOCUMENTS, (document) => {
      const markdown = markdownOf(document);
      const after = documentAfter(markdown, document);
      assert.equal(after?.document, document, markdown);
      assert.deepEqual(after.lost, []);
    }),
    { numRuns: 1500 },
  );
});

Deno.test("a new document says what its Markdown says, as the schema allows it", () => {
  fc.assert(
    fc.property(MARKDOWNS, (markdown) => {
      const after = documentAfter(markdown, null);
      if (after === null) return;
      const fault = SCHEMA?.fault(after.document) ?? null;
      assert.equal(fault, null, `${fault} ${JSON.stringify(after.document)}`);
      if (after.lost.length > 0) return;
      assert.equal(meaning(markdownOf(after.document)), meaning(markdown));
    }),
    { numRuns: 1500 },
  );
});

/** An edit: the lines of one text, with some taken away, some of another one put in, and words changed. */
const EDITS = fc.array(
  fc.record({
    at: fc.nat(30),
    take: fc.nat(2),
    put: fc.oneof(fc.constant(""), fc.constant("edited words"), MARKDOWNS),
    isWithin: fc.boolean(),
  }),
  { maxLength: 3 },
);

Deno.test("an edited document says what its Markdown says, as the schema allows it", () => {
  let [changed, refused, lossy] = [0, 0, 0];
  fc.assert(
    fc.property(DOCUMENTS, EDITS, (document, edits) => {
      let lines = markdownOf(document).split("\n");
      for (const { at, take, put, isWithin } of edits) {
        if (isWithin) lines = lines.with(at % lines.length, `${lines[at % lines.length]}${put}`);
        else lines = lines.toSpliced(at % lines.length, take, put);
      }
      const markdown = lines.join("\n");
      const after = documentAfter(markdown, document);
      if (after === null) {
        refused++;
        return;
      }
      if (after.document !== document) changed++;
      const fault = SCHEMA?.fault(after.document) ?? null;
      assert.equal(fault, null, `${fault} ${JSON.stringify(after.document)}`);
      const again = markdownOf(after.document);
      assert.equal(documentAfter(again, after.document)?.document, after.document);
      if (after.lost.length > 0) {
        lossy++;
        return;
      }
      assert.equal(meaning(again), meaning(markdown), `${markdown}\n=====\n${again}`);
    }),
    { numRuns: 1500 },
  );
  assert.ok(
    changed > 500 && changed > 2 * refused && changed > 2 * lossy,
    `${changed} ${refused} ${lossy}`,
  );
});
