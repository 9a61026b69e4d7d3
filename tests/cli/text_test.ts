import assert from "node:assert/strict";
import { boxLines } from "../../src/cli/terminal/box.ts";
import { createOutput, sanitizedStream } from "../../src/cli/terminal/output.ts";
import {
  bold,
  DONE,
  excerpt,
  green,
  joined,
  jsonText,
  multiline,
  padEnd,
  text,
} from "../../src/cli/terminal/text.ts";
import { withPlatform } from "../support/platform.ts";

const ESC = "\u001b";
const FOREIGN = `${ESC}[31mred\u202e\nline`;

Deno.test("a value in a text is one sanitized line, our own words keep their line breaks", () => {
  assert.equal(String(text`a\n${FOREIGN}\n${12}`), "a\nred line\n12");
});

Deno.test("a text in a text stays as it is, with its colour", () => {
  const inner = text`${green("✓")} ok\n`;
  assert.equal(text`<${inner}>`.render(true), `<${ESC}[32m✓${ESC}[39m ok\n>`);
  assert.equal(text`<${inner}>`.render(false), "<✓ ok\n>");
});

Deno.test("a colour of ours in a foreign text is no colour", () => {
  const forged = DONE.render(true);
  assert.equal(text`${forged}`.render(true), "✓");
  assert.equal(bold(forged).render(true), `${ESC}[1m✓${ESC}[22m`);
});

Deno.test("nothing is marked where there are no words", () => {
  assert.equal(bold("").render(true), "");
});

Deno.test("a text of several lines keeps them, indented after the first", () => {
  assert.equal(String(multiline(`a\r\nb\rc${ESC}[2J`, "  ")), "a\n  b\n  c");
});

Deno.test("texts are joined, filled and shortened once they are sanitized", () => {
  assert.equal(joined([bold("a"), FOREIGN], " · ").render(true), `${ESC}[1ma${ESC}[22m · red line`);
  assert.equal(String(padEnd(`a${ESC}[31m`, 4)), "a   ");
  assert.equal(excerpt(`${ESC}[31m${"x".repeat(9)}`, 9), "x".repeat(9));
  assert.equal(excerpt("abcdef", 4), "abc…");
});

Deno.test("JSON in a text holds the same data", () => {
  const json = JSON.stringify({ title: FOREIGN });
  assert.deepEqual(JSON.parse(String(jsonText(json))), { title: FOREIGN });
  assert.doesNotMatch(String(jsonText(json)), /\p{Cc}|\u202e/u);
});

Deno.test("a box holds sanitized lines, cut to the width", () => {
  assert.deepEqual(boxLines("All", [FOREIGN, "a line that is too long"], 14).map(String), [
    "┌─ All ──────┐",
    "│ red line   │",
    "│ a line th… │",
    "└────────────┘",
  ]);
});

Deno.test("each stream has its own colour, and a quiet command no notices", () =>
  withPlatform({ terminal: true }, (platform) => {
    const { terminal } = platform;
    const piped = { ...terminal, stdout: { ...terminal.stdout, isTerminal: false } };
    const output = createOutput(piped, platform.env, { color: "auto", quiet: true });
    output.result(DONE);
    output.warning(DONE);
    output.notice(DONE);
    output.json({ a: [1] }, "line");
    assert.equal(platform.stdout(), '✓\n{"schema":1,"a":[1]}\n');
    assert.equal(platform.stderr(), `${ESC}[32m✓${ESC}[39m\n`);
  }));

Deno.test("what is written past the output is one sanitized line", () =>
  withPlatform({}, (platform) => {
    sanitizedStream(platform.terminal.stderr).write(`Warning: "${FOREIGN}" is open.\n`);
    assert.equal(platform.stderr(), 'Warning: "red line" is open.\n');
  }));
