import assert from "node:assert/strict";
import fc from "../support/properties.ts";
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

Deno.test("a command is split into words as a shell splits it", () => {
  const cases: readonly (readonly [text: string, words: readonly string[]])[] = [
    ["op read op://dev/tracker/token", ["op", "read", "op://dev/tracker/token"]],
    ["  pass\tshow  'my token' ", ["pass", "show", "my token"]],
    [`op read "op://My Vault/it's"`, ["op", "read", "op://My Vault/it's"]],
    [String.raw`a\ b "c\"d" 'e\f' "g\h"`, ["a b", 'c"d', String.raw`e\f`, String.raw`g\h`]],
    [`a"b c"'d'`, ["ab cd"]],
    ["secret ''", ["secret", ""]],
    ["echo $HOME ~ *", ["echo", "$HOME", "~", "*"]],
    ["", []],
    // As editors are named.
    [`emacsclient -c --alternate-editor=""`, ["emacsclient", "-c", "--alternate-editor="]],
    [` "/my tools/vi"  -c'set nu' `, ["/my tools/vi", "-cset nu"]],
  ];
  for (const [text, words] of cases) {
    assert.deepEqual(commandWords(text), { words, fault: null }, text);
  }
});

Deno.test("what only a shell understands, or is not complete, is refused", () => {
  for (
    const text of ["a | b", "a && b", "a; b", "a > f", "a < f", "a `b`", "a 'b", 'a "b', "a \\"]
  ) {
    assert.notEqual(commandWords(text).fault, null, text);
  }
  assert.deepEqual(commandWords("a '|' \\; \">\""), { words: ["a", "|", ";", ">"], fault: null });
});

Deno.test("what is shown of a command is read back as the same words", () => {
  const word = fc.string().filter((one) => !one.includes("\0"));
  fc.assert(fc.property(fc.array(word, { minLength: 1 }), (words) => {
    assert.deepEqual(commandWords(words.map(commandWord).join(" ")), { words, fault: null });
  }));
});

Deno.test("what only a shell understands stands as it is in the words, and so does what is not complete", () => {
  assert.deepEqual(commandWords("a | b>c").words, ["a", "|", "b>c"]);
  assert.deepEqual(commandWords("vi 'a b").words, ["vi", "a b"]);
  assert.deepEqual(commandWords("vi \\").words, ["vi", "\\"]);
});

Deno.test("a backslash is part of a path of Windows", () => {
  const { words, fault } = commandWords(String.raw`"C:\Program Files\vi.exe" -f`, "windows");
  assert.deepEqual([words, fault], [[String.raw`C:\Program Files\vi.exe`, "-f"], null]);
});
