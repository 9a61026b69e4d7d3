import assert from "node:assert/strict";
import { PartedText } from "../../src/contract/parted_text.ts";
import { recordsOf } from "../../src/server/import/records.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import fc from "../support/properties.ts";

function noPause(): Promise<void> {
  return Promise.resolve();
}

/** Cuts a text into parts of so many characters. */
function inParts(text: string, length: number): PartedText {
  const parts: string[] = [];
  for (let at = 0; at < text.length; at += length) parts.push(text.slice(at, at + length));
  return new PartedText(parts);
}

/** What a file is read as, or the line of the first mark of a conflict in it. */
async function read(text: PartedText): Promise<unknown> {
  try {
    return await recordsOf(text, "file", noPause);
  } catch (error) {
    assert.ok(error instanceof TrackerError, String(error));
    return [error.code, error.details];
  }
}

Deno.test("a file that was decoded in parts is read as the whole file is", async () => {
  const line = fc.constantFrom(
    "",
    " ",
    "\r",
    '{"id": "a"}',
    '\uFEFF{"id": "b"}\r',
    "[1, 2]",
    "[",
    "]",
    "{",
    "<<<<<<<",
    "======= x",
    "=======x",
    "text",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 6 }),
      fc.boolean(),
      fc.integer({ min: 1, max: 12 }),
      async (lines, isMarked, length) => {
        const text = (isMarked ? "\uFEFF" : "") + lines.join("\n");
        const marked = lines.findIndex((one) => /^(<{7}|={7})([ \r]|$)/.test(one));
        const result = await read(inParts(text, length));
        assert.deepEqual(result, await read(new PartedText([text])));
        if (marked < 0 || (isMarked && marked === 0)) assert.ok(!Array.isArray(result));
        else assert.deepEqual(result, ["import_unmerged", { file: "file", line: marked + 1 }]);
      },
    ),
  );
});

Deno.test("others have their turn while a file without an end of a line is looked through, and while one of lines alone is", async () => {
  const list = `[${
    Array.from({ length: 40_000 }, (_, index) => `{"id":${index},"x":"${"y".repeat(40)}"}`)
  }]`;
  for (const [text, records] of [[list, 40_000], ["\n".repeat(100_000), 0]] as const) {
    let pauses = 0;
    const read = await recordsOf(inParts(text, 1024 * 1024), "file", () => {
      pauses++;
      return Promise.resolve();
    });
    assert.equal(read.records.length, records);
    assert.ok(pauses > 100, `${pauses} pauses`);
  }
});
