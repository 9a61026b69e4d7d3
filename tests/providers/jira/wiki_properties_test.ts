import assert from "node:assert/strict";
import fc from "../../support/properties.ts";
import { type Block, keyOf } from "../../../src/providers/jira/markdown/draft.ts";
import { readMarkdown } from "../../../src/providers/jira/markdown/read.ts";
import { writeMarkdown } from "../../../src/providers/jira/markdown/write.ts";
import { wikiAfter } from "../../../src/providers/jira/wiki/edited.ts";
import { readWiki } from "../../../src/providers/jira/wiki/read.ts";
import { wikiMarkdown } from "../../../src/providers/jira/wiki/shown.ts";
import { DRAFTS, MARKDOWNS, TEXTS } from "./drafts.ts";

/** Wiki markup as people write it, and worse. */
const WIKIS: fc.Arbitrary<string> = fc.array(
  fc.oneof(
    TEXTS,
    fc.constantFrom(
      "\n",
      "\r\n",
      "\n\n",
      "\r\n\r\n",
      "\n* ",
      "\n** ",
      "\n# ",
      "\n#* ",
      "\n- ",
      "\n----\n",
    ),
    fc.constantFrom(
      "\nh2. ",
      "\nbq. ",
      "\n{quote}\n",
      "\n{quote}",
      "\n{code:java}\n",
      "{code}",
      "{noformat}",
    ),
    fc.constantFrom(
      "\n||h||i||\n|a|b|\n",
      "\n|a|",
      "|",
      "||",
      "\n{panel:title=T}\n",
      "{panel}",
      "\n{info}\n",
    ),
    fc.constantFrom(
      "*a* ",
      "_b_",
      "-c-",
      "{*}d{*}",
      "{{e}}",
      "[f|http://x.y]",
      "[~ada]",
      "[^g.txt]",
      "!h.png!",
    ),
    fc.constantFrom(
      "{color:red}",
      "{color}",
      "\\\\",
      "\\*",
      "&#42;",
      "!http://x.y/i.png!",
      "[http://x.y]",
      "??z??",
    ),
  ),
  { maxLength: 14 },
).map((parts) => parts.join(""));

function meaning(markdown: string): string {
  return keyOf(readMarkdown(markdown));
}

Deno.test("wiki markup whose Markdown was not edited is the very text", () => {
  fc.assert(
    fc.property(WIKIS, (wiki) => {
      const markdown = wikiMarkdown(wiki);
      assert.deepEqual(wikiAfter(markdown, wiki), { text: wiki, lost: [] }, markdown);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("wiki markup that is written says what its Markdown says", () => {
  let told = 0;
  fc.assert(
    fc.property(fc.oneof(DRAFTS.map(writeMarkdown), MARKDOWNS), (markdown) => {
      const after = wikiAfter(markdown, "");
      if (after === null || after.lost.length > 0) return;
      told++;
      assert.equal(meaning(wikiMarkdown(after.text)), meaning(markdown), after.text);
    }),
    { numRuns: 2000 },
  );
  assert.ok(told > 500, String(told));
});

/** Texts of one block, and another text to put beside it. */
Deno.test("an edit keeps the very text of the other blocks", () => {
  fc.assert(
    fc.property(
      WIKIS,
      fc.nat(20),
      fc.constantFrom("words", "# head", "- item", "**strong** x_y"),
      (wiki, at, put) => {
        const { blocks } = readWiki(wiki);
        const drafts: Block[] = blocks.map(({ draft }) => draft);
        const written = readMarkdown(put) ?? [];
        const place = at % (drafts.length + 1);
        const markdown = writeMarkdown(drafts.toSpliced(place, 0, ...written));
        const after = wikiAfter(markdown, wiki);
        assert.ok(after !== null);
        for (const { source } of blocks) assert.ok(after.text.includes(source), source);
        assert.deepEqual(after.lost, []);
      },
    ),
    { numRuns: 2000 },
  );
});
