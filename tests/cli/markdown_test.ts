/** Texts in Markdown on a terminal. */
import assert from "node:assert/strict";
import { hangingLines, markdownLines } from "../../src/cli/terminal/markdown.ts";
import { displayWidth } from "../../src/cli/terminal/table.ts";

const ESC = "\u001b";

/** The lines of a text without colours, its marks kept where `isStyled` is not set. */
const lines = (body: string, width = 40, isStyled = false) =>
  markdownLines(body, { width, isStyled }).map(String);

/** The lines with what colours them. */
const styled = (body: string) =>
  markdownLines(body, { width: 40, isStyled: true }).map((line) => line.render(true)).join("\n");

Deno.test("prose is set to the width of the terminal, and its own line ends stay", () => {
  assert.deepEqual(lines("One two three four five six\nseven\n\neight", 20), [
    "One two three four",
    "five six",
    "seven",
    "",
    "eight",
  ]);
});

Deno.test("prose is at most 100 columns wide", () => {
  const all = lines("word ".repeat(60), 200);
  assert.deepEqual(all.map((line) => line.length), [99, 99, 99]);
});

Deno.test("headings, lists, tasks, quotes and rules keep their shape when they wrap", () => {
  const body = [
    "## A heading of words",
    "- [x] done, with more words",
    "- [ ] to do",
    "  - a part of it",
    "- plain",
    "",
    "9. nine",
    "10. ten, with more words",
    "",
    "> said by somebody",
    ">",
    "> - twice",
    "",
    "---",
  ].join("\n");
  assert.deepEqual(lines(body, 22), [
    "# A heading of words",
    "",
    "[x] done, with more",
    "    words",
    "[ ] to do",
    "    • a part of it",
    "• plain",
    "",
    " 9. nine",
    "10. ten, with more",
    "    words",
    "",
    "│ said by somebody",
    "│",
    "│ • twice",
    "",
    "─".repeat(22),
  ]);
});

Deno.test("code stays as it is, however long its lines are", () => {
  const code = `const line = "${"x".repeat(60)}";`;
  assert.deepEqual(lines("```ts\n" + code + "\n\n\tcall();\n```", 20), [
    `    ${code}`,
    "    ",
    "        call();",
  ]);
});

Deno.test("marks become bold and the like, and stay where nothing else tells them", () => {
  const body = "**bold *both* too** _soft_ `code` ~~gone~~";
  assert.deepEqual(lines(body), ["**bold *both* too** *soft* `code`", "~~gone~~"]);
  assert.equal(
    styled(body),
    `${ESC}[1mbold${ESC}[22m ${ESC}[1m${ESC}[3mboth${ESC}[23m${ESC}[22m ${ESC}[1mtoo${ESC}[22m ` +
      `${ESC}[3msoft${ESC}[23m ${ESC}[36m\`code\`${ESC}[39m ` +
      `~~${ESC}[9mgone${ESC}[29m~~`,
  );
});

Deno.test("a link says where it leads, whatever its words say, and is never parted", () => {
  assert.deepEqual(lines("[https://bank.dev](https://evil.dev/x)"), [
    "https://bank.dev (https://evil.dev/x)",
  ]);
  const address = `https://docs.dev/${"long/".repeat(12)}end`;
  assert.deepEqual(lines(`see ${address}, or <https://docs.dev>`), [
    "see",
    `${address},`,
    "or https://docs.dev",
  ]);
  assert.deepEqual(lines("[bad](javascript:alert(1))"), ["[bad](javascript:alert(1))"]);
});

const TABLE = "| step | took | what |\n| :-- | --: | :-: |\n| **a** | 12 | some words |\n| b | | |";

Deno.test("a table is aligned", () => {
  assert.deepEqual(lines(TABLE), [
    "step   took     what",
    "─────  ────  ──────────",
    "**a**    12  some words",
    "b",
  ]);
  assert.ok(styled(TABLE).startsWith(`${ESC}[1mstep${ESC}[22m`));
});

Deno.test("a wide table wraps its cells, and becomes a list where they would be too narrow", () => {
  const wide = "| name | text |\n| - | - |\n| one | many words that go on and on |\n| two | few |";
  assert.deepEqual(lines(wide, 24), [
    "name  text",
    "────  ──────────────────",
    "one   many words that go",
    "      on and on",
    "two   few",
  ]);
  const titles = ["first name", "second name", "third name"];
  const broad = `|${titles.join("|")}|\n|-|-|-|\n|alphabetical|beta|gamma|\n|delta||epsilon|`;
  assert.deepEqual(lines(broad, 20), [
    "first name:",
    "alphabetical",
    "second name: beta",
    "third name: gamma",
    "",
    "first name: delta",
    "third name: epsilon",
  ]);
});

Deno.test("no escape, control or reordering character reaches the terminal", () => {
  const hostile =
    `${ESC}[31mred${ESC}[0m ${ESC}]8;;https://evil.dev${ESC}\\x\u0007\u009b2J a\u202eb\u200bc`;
  const body = [
    `# ${hostile}`,
    hostile,
    `- ${hostile}`,
    "```",
    hostile,
    "```",
    `> ${hostile}`,
    "",
    `| ${hostile} |`,
    "| - |",
    `| \`${hostile}\` |`,
    "",
    `[${hostile}](https://evil.dev/${ESC}[2J)`,
  ].join("\n");
  const shown = lines(body).join("\n");
  assert.doesNotMatch(shown, /[^\P{Cc}\n]|\p{Cf}/u);
  assert.match(shown, /red x abc/);
  // What remains in colour is ours: bold, dim, italic, underlined, struck, cyan.
  const own = new RegExp(`${ESC}\\[(?:1|2|3|4|9|22|23|24|29|36|39)m`, "g");
  assert.doesNotMatch(styled(body).replace(own, ""), /[^\P{Cc}\n]|\p{Cf}/u);
});

Deno.test("text without blanks, and of wide characters, is parted at the edge", () => {
  assert.deepEqual(lines("x".repeat(45), 20), ["x".repeat(20), "x".repeat(20), "x".repeat(5)]);
  const all = lines("日本語のテキスト".repeat(4), 21);
  assert.equal(all.join(""), "日本語のテキスト".repeat(4));
  assert.ok(all.every((line) => displayWidth(line) <= 21));
});

Deno.test("a text that is too long to be read as Markdown is shown whole, as it came", () => {
  const body = `# Start\n${"**word** ".repeat(6_000)}\n${"line\n".repeat(2_100)}end`;
  const all = lines(body);
  assert.equal(all.join("\n"), body);
});

Deno.test("a line hangs below where it begins", () => {
  const hung = (line: string, start?: number) =>
    hangingLines(line, { indent: 4, width: 24, ...(start === undefined ? {} : { start }) })
      .map(String);
  assert.deepEqual(hung("one two three four five"), ["one two three four", "    five"]);
  assert.deepEqual(hung("one two three", 18), ["one", "    two three"]);
  assert.deepEqual(hung(`a${ESC}[2J\nb`), ["a b"]);
});
