import assert from "node:assert/strict";
import { commandWord, commandWords } from "../../src/platform/command_word.ts";

Deno.test("a key that a shell takes for a comment, or for several words, is in quotes", () => {
  for (const plain of ["WEB-12", "local-0f", "acme/web", "12"]) {
    assert.equal(commandWord(plain), plain);
  }
  assert.equal(commandWord("#12"), "'#12'");
  assert.equal(commandWord("acme/web#12"), "'acme/web#12'");
  assert.equal(commandWord("it's; rm"), "'it'\\''s; rm'");
  assert.equal(commandWord(""), "''");
});

Deno.test("a command is split at blanks; quotes hold words together, and nothing else is special", () => {
  for (
    const [line, words] of [
      ["less -R", ["less", "-R"]],
      [` "/my tools/vi"  '-c set nu' `, ["/my tools/vi", "-c set nu"]],
      ["a | b > $HOME", ["a", "|", "b", ">", "$HOME"]],
      ['"" x', ["", "x"]],
      ["  ", []],
    ] as const
  ) assert.deepEqual(commandWords(line), words);
});
