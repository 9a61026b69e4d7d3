import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { type Column, cut, displayWidth, writeTable } from "../../src/cli/terminal/table.ts";
import { green } from "../../src/cli/terminal/text.ts";
import { testContext } from "../support/context.ts";
import { withPlatform } from "../support/platform.ts";

const COLUMNS = [{ title: "#" }, { title: "NAME", yields: 1 }, { title: "NOTE", yields: 2 }];

/** The lines of a table of these rows. */
async function table(
  rows: readonly (readonly string[])[],
  options: { readonly terminal?: boolean; readonly columns?: number } = {},
  columns: readonly Column[] = COLUMNS,
): Promise<string[]> {
  let lines: string[] = [];
  await withPlatform({ ...options, env: { NO_COLOR: "1" } }, (platform) => {
    writeTable(testContext(platform).output, columns, rows);
    lines = platform.stdout().split("\n").slice(0, -1);
  });
  return lines;
}

Deno.test("a table is aligned, without borders and without blanks at the ends of lines", async () => {
  assert.deepEqual(await table([["1", "short", "a"], ["12", "much longer", "b"]]), [
    " #   NAME         NOTE",
    " 1   short        a",
    " 12  much longer  b",
  ]);
});

Deno.test("a pipe is never cut, however long the cells", async () => {
  const long = "x".repeat(500);
  const [, row = ""] = await table([["1", long, long]], { columns: 40 });
  assert.equal(row, ` 1  ${long}  ${long}`);
});

Deno.test("a terminal is never wider than it is; what yields most is cut first, with a gap after it", async () => {
  const rows = [["1", "a name of some length", "a note that is longer still"]];
  assert.deepEqual(
    (await table(rows, { terminal: true, columns: 45 }))[1],
    [
      " 1  a name of some length  a note that is lo…",
    ][0],
  );
  assert.equal(
    (await table(rows, { terminal: true, columns: 30 }))[1],
    " 1  a name of some le…  a not…",
  );
});

Deno.test("where the narrowest columns have no room together, each line ends in … at the edge", async () => {
  const rows = [["1", "a name of some length", "a note that is longer still"]];
  assert.deepEqual(await table(rows, { terminal: true, columns: 14 }), [
    " #  NAME    N…",
    " 1  a nam…  a…",
  ]);
});

Deno.test("a column that says most keeps some width; the last ones are seen to go before it", async () => {
  const columns = [
    { title: "KEY" },
    { title: "TITLE", yields: 2, least: 12 },
    { title: "WHO", yields: 1 },
    { title: "WHEN" },
  ];
  const rows = [["A-1", "a title that is long", "somebody, somebody else", "just now"]];
  assert.deepEqual(await table(rows, { terminal: true, columns: 40 }, columns), [
    " KEY  TITLE         WHO         WHEN",
    " A-1  a title tha…  somebody,…  just now",
  ]);
  assert.deepEqual(await table(rows, { terminal: true, columns: 20 }, columns), [
    " KEY  TITLE        …",
    " A-1  a title tha… …",
  ]);
});

Deno.test("wide characters take two columns, marks none", async () => {
  assert.deepEqual(
    ["abc", "zoë", "zoe\u0308", "日本語", "한국", "🦊", "", "é日", "👩‍🚀", "🇫🇮", "✔", "✔️", "🕨"].map(
      displayWidth,
    ),
    [3, 3, 3, 6, 4, 2, 0, 3, 2, 2, 1, 2, 1],
  );
  const [title = "", first = "", second = ""] = await table([["1", "日本", "x"], ["2", "ab", "y"]]);
  const before = (line: string, word: string) => displayWidth(line.slice(0, line.indexOf(word)));
  assert.equal(before(first, "x"), before(title, "NOTE"));
  assert.equal(before(second, "y"), before(title, "NOTE"));
});

Deno.test("a text is cut to its columns, wide characters whole", () => {
  assert.equal(cut("short", 5), "short");
  assert.equal(cut("longer", 5), "long…");
  assert.equal(cut("日本語", 5), "日本…");
  assert.equal(cut("日本語", 4), "日…");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 30 }), (text, width) => {
      assert.ok(displayWidth(cut(text, width)) <= width);
    }),
  );
});

Deno.test("no cell can break out of its line or move the cursor", async () => {
  const lines = await table([["1", "a\nb\tc", "\u001b[31mred\u001b[0m\u202Edes\u0007"]], {
    terminal: true,
  });
  assert.deepEqual(lines, [" #  NAME   NOTE", " 1  a b c  reddes"]);
});

Deno.test("property: no line of a table is wider than its terminal", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" })), {
        maxLength: 5,
      }),
      fc.integer({ min: 4, max: 120 }),
      async (cells, columns) => {
        const lines = await table(cells.map(([a, b]) => ["1", a.repeat(9), b.repeat(9)]), {
          terminal: true,
          columns,
        });
        assert.equal(lines.length, cells.length + 1);
        for (const line of lines) assert.ok(displayWidth(line) <= columns, line);
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("columns of least use leave first, and the others take their room", async () => {
  const columns = [
    { title: "KEY" },
    { title: "TYPE", leaves: 2 },
    { title: "TITLE", yields: 1, least: 10 },
    { title: "UPDATED", leaves: 1 },
  ];
  const rows = [["W-1", "task", "a title of some length", "2 hours ago"]];
  const at = (width: number) => table(rows, { terminal: true, columns: width }, columns);
  assert.equal((await at(60))[1], " W-1  task  a title of some length  2 hours ago");
  assert.equal((await at(36))[1], " W-1  task  a title of…  2 hours ago");
  assert.equal((await at(34))[1], " W-1  a title of som…  2 hours ago");
  assert.equal((await at(20))[1], " W-1  a title of so…");
  assert.equal((await at(8))[1], " W-1  a…");
});

Deno.test("a painted cell has the colour alone, and none where there is no colour", async () => {
  const columns = [{ title: "STATUS", paint: (cell: string) => green(cell) }, { title: "N" }];
  const rows = [["done", "1"], ["in progress", ""]];
  await withPlatform({ env: {} }, (platform) => {
    const context = testContext(platform, { color: "always" });
    writeTable(context.output, columns, rows);
    const lines = platform.stdout().split("\n");
    assert.equal(lines[1], " \u001b[32mdone       \u001b[39m  1");
    assert.equal(lines[2], " \u001b[32min progress\u001b[39m");
  });
  assert.deepEqual((await table(rows, {}, columns)).slice(1), [" done         1", " in progress"]);
});
