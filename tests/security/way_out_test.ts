import assert from "node:assert/strict";
import { modulesUnder } from "../../scripts/coverage.ts";

const ROOT = new URL("../../", import.meta.url);
const TERMINAL = "src/cli/terminal/";

/** Files beside the terminal's that write to a stream: the quick answer, words that a shell reads, and JSON for an agent. */
const WRITERS: readonly string[] = [
  "src/cli/commands/help/completion_run.ts",
  "src/cli/commands/mcp/line_transport.ts",
  "src/cli/main.ts",
];

/** The files of the command line outside its terminal whose text fits the pattern. */
async function filesWith(pattern: RegExp): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of await modulesUnder(ROOT, "src/cli/")) {
    if (path.startsWith(TERMINAL)) continue;
    if (pattern.test(await Deno.readTextFile(new URL(path, ROOT)))) found.push(path);
  }
  return found.sort();
}

Deno.test("no command sanitizes by hand: its texts are composed, or sanitized by what writes them", async () => {
  assert.deepEqual(await filesWith(/terminal\/sanitize\.ts/), []);
});

Deno.test("commands write by their output alone", async () => {
  assert.deepEqual(await filesWith(/\bstd(?:out|err)(?:\.write\(|\s*=\s*[^;]*\.write\b)/), WRITERS);
});

Deno.test("no code for a terminal stands outside of its folder", async () => {
  assert.deepEqual(await filesWith(/\\u001b|\\x1b|\\033/i), []);
});
