import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { keyOf } from "../../../src/providers/jira/markdown/draft.ts";
import { readMarkdown } from "../../../src/providers/jira/markdown/read.ts";
import { writeMarkdown } from "../../../src/providers/jira/markdown/write.ts";
import { DRAFTS, MARKDOWNS } from "./drafts.ts";

Deno.test("what Markdown can show is read back as it was", () => {
  fc.assert(
    fc.property(DRAFTS, (drafts) => {
      const markdown = writeMarkdown(drafts);
      const read = readMarkdown(markdown) ?? [];
      if (keyOf(read) === keyOf(drafts)) return;
      assert.deepEqual(read, drafts, markdown);
    }),
    { numRuns: 1500 },
  );
});

Deno.test("any Markdown that is read and written says the same", () => {
  fc.assert(
    fc.property(MARKDOWNS, (markdown) => {
      const read = readMarkdown(markdown) ?? [];
      const again = readMarkdown(writeMarkdown(read)) ?? [];
      if (keyOf(read) === keyOf(again)) return;
      assert.deepEqual(again, read, writeMarkdown(read));
    }),
    { numRuns: 1500 },
  );
});
