import assert from "node:assert/strict";
import { commandWords } from "../../src/user/command_words.ts";
import { settingText } from "../../src/user/settings.ts";
import fc from "../support/properties.ts";

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
  ];
  for (const [text, words] of cases) {
    assert.deepEqual(commandWords(text), { ok: true, words }, text);
  }
});

Deno.test("what only a shell understands, or is not complete, is refused", () => {
  for (
    const text of ["a | b", "a && b", "a; b", "a > f", "a < f", "a `b`", "a 'b", 'a "b', "a \\"]
  ) {
    assert.equal(commandWords(text).ok, false, text);
  }
  assert.deepEqual(commandWords("a '|' \\; \">\""), { ok: true, words: ["a", "|", ";", ">"] });
});

Deno.test("what is shown of a command is read back as the same words", () => {
  const word = fc.string().filter((one) => !one.includes("\0"));
  fc.assert(fc.property(fc.array(word, { minLength: 1 }), (words) => {
    assert.deepEqual(commandWords(settingText(words)), { ok: true, words });
  }));
});
