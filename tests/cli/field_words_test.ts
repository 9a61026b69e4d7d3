import assert from "node:assert/strict";
import { inWords } from "../../src/cli/services/field_words.ts";

type Change = Parameters<typeof inWords>[0];

Deno.test("a change of a field shows what it was and what it is", () => {
  const words = (field: Change["field"], from: unknown, to: unknown) =>
    inWords({ field, from, to });
  assert.equal(words("title", "Old", "New"), "title         Old → New");
  assert.equal(words("priority", 0, 1), "priority      none → urgent");
  assert.equal(words("labels", [], ["a", "b"]), "labels        (none) → a, b");
  assert.equal(words("body", null, "Text"), "body          (none) → Text");
});

Deno.test("two values that look the same are told from where they differ", () => {
  const words = (from: unknown, to: unknown) => inWords({ field: "body", from, to });
  const long = "x".repeat(500);
  assert.equal(
    words(`${long} one`, `${long} two`),
    `body          …${"x".repeat(19)} one" → …${"x".repeat(19)} two"`,
  );
  assert.equal(words([], [""]), 'body          [] → [""]');
  assert.equal(words(null, ""), 'body          null → ""');
  assert.equal(words("a\u0007", "a"), 'body          "a\\u0007" → "a"');
});
