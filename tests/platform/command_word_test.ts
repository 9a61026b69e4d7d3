import assert from "node:assert/strict";
import { commandWord } from "../../src/platform/command_word.ts";

Deno.test("a key that a shell takes for a comment, or for several words, is in quotes", () => {
  for (const plain of ["WEB-12", "local-0f", "acme/web", "12"]) {
    assert.equal(commandWord(plain), plain);
  }
  assert.equal(commandWord("#12"), "'#12'");
  assert.equal(commandWord("acme/web#12"), "'acme/web#12'");
  assert.equal(commandWord("it's; rm"), "'it'\\''s; rm'");
  assert.equal(commandWord(""), "''");
});
