import assert from "node:assert/strict";
import { bytesReader } from "../../src/platform/bytes_reader.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { MAX_RECORD_BYTES } from "../../src/server/import/byte_scanner.ts";
import { NOTHING_YET } from "../../src/server/import/document.ts";
import { BlockReader } from "../../src/server/import/block_reader.ts";
import { RecordFile } from "../../src/server/import/record_file.ts";
import { surveyFile } from "../../src/server/import/survey.ts";
import fc from "../support/properties.ts";
import { normalized } from "./import_records.ts";

function noPause(): Promise<void> {
  return Promise.resolve();
}

const ENCODER = new TextEncoder();

/** What is read of a file: each record with its line, or why there is none. */
async function read(content: string | Uint8Array): Promise<unknown> {
  const bytes = typeof content === "string" ? ENCODER.encode(content) : content;
  const found: unknown[] = [];
  try {
    const file = await RecordFile.open(bytesReader(bytes), { file: "file" }, noPause);
    for (const record of file.records()) {
      if (record === NOTHING_YET) continue;
      const value = record.bytes === null ? undefined : file.parse(record.bytes);
      const fault = value === undefined ? file.faultOf(record) : null;
      if (value === undefined && fault === null) continue;
      found.push([record.line, fault ?? value]);
      if (value !== undefined) assert.deepEqual(file.parse(file.bytesAt(record)), value);
    }
  } catch (error) {
    assert.ok(error instanceof TrackerError, String(error));
    return [error.code, error.details["line"]];
  }
  return found;
}

/** The same by means that need the whole text. */
function readWhole(text: string): unknown {
  const document = parsed(text);
  const list = Array.isArray(document) ? document : listIn(document);
  if (list !== undefined) return list.map((value: unknown, index) => [index + 1, value]);
  const lines = text.split("\n");
  const marked = lines.findIndex((line) => /^(<{7}|={7})([ \r]|$)/.test(line));
  if (marked >= 0) return ["import_unmerged", marked + 1];
  return lines.flatMap((line, index) => {
    const value = parsed(line);
    if (line.trim() === "") return [];
    return [[index + 1, value === undefined ? "The line is not JSON" : value]];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

function listIn(document: unknown): unknown[] | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const members = new Map<string, unknown>(Object.entries(document));
  return ["items", "issues", "data"].map((name) => members.get(name)).find(Array.isArray);
}

Deno.test("a file is read piece by piece as JSON.parse reads all of it, and else by line", async () => {
  const line = fc.constantFrom(
    "",
    " ",
    "\r",
    '{"id": "a"}',
    '\uFEFF{"id": "b"}\r',
    "[1, 2]",
    "[",
    "]",
    ",",
    "{",
    "<<<<<<<",
    "======= x",
    "=======x",
    "text",
    "1 2",
    '"\\"}"',
    '{"items": [{"a": "]"}, 3],',
    '"data": [4]}',
    '{"issues":[ ] , "items": {}}',
    '{"items":[1],"items":2,"data":[5,]}',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 6 }),
      fc.boolean(),
      async (lines, isMarked) => {
        const text = lines.join("\n");
        assert.deepEqual(await read((isMarked ? "\uFEFF" : "") + text), readWhole(text));
      },
    ),
  );
});

Deno.test("any JSON value is read from a list as it was written there, with whatever blanks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 5 }),
      fc.constantFrom(0, 1, "\t", "\r\n"),
      fc.constantFrom("", "items", "issues", "data", "\u0069tems"),
      fc.jsonValue(),
      async (values, blanks, name, other) => {
        const document = name === "" ? values : { before: other, [name]: values, after: other };
        const text = JSON.stringify(document, null, blanks);
        assert.deepEqual(await read(text), readWhole(text));
        // A part of it is no document, and has to be told from one.
        const part = text.slice(0, -1);
        assert.deepEqual(await read(part), readWhole(part));
      },
    ),
  );
});

Deno.test("records larger than what is read at once come in whole, wherever it is cut", async () => {
  for (const length of [262_130, 262_140, 262_144, 524_280, 600_000, 1_500_000]) {
    const values = [
      { a: `${"\\".repeat(7)}${"x".repeat(length)}\\"` },
      "é".repeat(length),
      [1],
      {},
    ];
    for (
      const text of [
        JSON.stringify(values),
        values.map((one) => JSON.stringify(one)).join("\n"),
      ]
    ) {
      assert.deepEqual(await read(text), values.map((value, index) => [index + 1, value]));
    }
  }
});

Deno.test("a record that is too long is left out, and a line that is no JSON is told from it", async () => {
  const long = `"${"x".repeat(MAX_RECORD_BYTES + 300_000)}"`;
  const tooLong = "It is longer than 32 MiB";
  assert.deepEqual(await read(`1\n${long}\n2`), [[1, 1], [2, tooLong], [3, 2]]);
  assert.deepEqual(await read(`[1,${long},2]`), [[1, 1], [2, tooLong], [3, 2]]);
  assert.deepEqual(await read(`[1,${long}`), [[1, "The line is not JSON"]]);
});

Deno.test("a text in another encoding is refused", async () => {
  const latin = Uint8Array.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]);
  assert.deepEqual(await read(latin), ["not_utf8", undefined]);
  assert.deepEqual(await read(latin.subarray(1, 4)), ["not_utf8", undefined]);
});

Deno.test("others have their turn while a file without an end of a line is looked through, and while one of lines alone is", async () => {
  const list = `[${
    Array.from({ length: 40_000 }, (_, index) => `{"id":${index},"x":"${"y".repeat(40)}"}`)
  }]`;
  for (const text of [list, "\n".repeat(100_000)]) {
    let pauses = 0;
    const pause = () => {
      pauses++;
      return Promise.resolve();
    };
    const source = bytesReader(ENCODER.encode(text));
    const survey = await surveyFile(source, { file: "file", label: "file" }, pause);
    assert.equal(survey.count, 0);
    assert.ok(pauses > 100, `${pauses} pauses`);
  }
});

Deno.test("a file that is written to while it is imported ends the import by name", async () => {
  const bytes = ENCODER.encode(`${JSON.stringify(normalized("1"))}\n`);
  const survey = await surveyFile(bytesReader(bytes), { file: "x.jsonl", label: "x" }, noPause);
  const all = { issues: 10, bytes: 10_000 };
  assert.deepEqual((await survey.issues(0, all)).map(({ ref }) => ref.id), ["1"]);
  const other = ENCODER.encode(`${JSON.stringify(normalized("2"))}\n`);
  bytes.set(other);
  const again = await surveyFile(bytesReader(bytes), { file: "x.jsonl", label: "x" }, noPause);
  bytes.fill(0x20);
  await assert.rejects(again.issues(0, all), {
    code: "import_changed",
    message: 'The file "x.jsonl" has changed while it was imported',
  });
});

Deno.test("pieces of a file are read in any order, more of them than are kept", () => {
  const bytes = Uint8Array.from({ length: 9 * 1024 * 1024 + 7 }, (_, index) => index * 31 % 251);
  const blocks = new BlockReader(bytesReader(bytes));
  const sizes = [1, 900, 16_384, 20_000, 40_000];
  for (let step = 0; step < 3_000; step++) {
    const from = step * 7_919_003 % bytes.length;
    const to = Math.min(bytes.length, from + (sizes[step % sizes.length] ?? 1));
    assert.deepEqual(blocks.read(from, to), bytes.subarray(from, to));
  }
  assert.equal(blocks.read(bytes.length - 2, bytes.length + 9).length, 2);
});
