import assert from "node:assert/strict";
import { everyField, parseOwnership, parseStrategy } from "../../src/sync/ownership.ts";

Deno.test("a mode gives every field one owner", () => {
  assert.deepEqual(parseOwnership("external_authoritative"), everyField("external"));
  assert.deepEqual(parseOwnership(" Spec-Kitty-Authoritative "), everyField("spec_kitty"));
});

Deno.test("split ownership has the owners it names, and shares the rest", () => {
  assert.deepEqual(parseOwnership("split_ownership", { Title: "external", body: "spec-kitty" }), {
    ...everyField("shared"),
    title: "external",
    body: "spec_kitty",
  });
});

Deno.test("owners of fields need a mode that has room for them", () => {
  assert.throws(() => parseOwnership("external_authoritative", { title: "shared" }), {
    code: "invalid_doctrine",
    message: /need the doctrine mode "split_ownership"/,
  });
});

Deno.test("the newer value wins when no strategy is named", () => {
  assert.equal(parseStrategy(null), "newer_timestamp");
  assert.equal(parseStrategy("manual-review"), "manual_review");
});

for (
  const [what, parse] of [
    ["doctrine mode", () => parseOwnership("mine")],
    ["field", () => parseOwnership("split_ownership", { colour: "shared" })],
    ["owner", () => parseOwnership("split_ownership", { title: "me" })],
    ["strategy", () => parseStrategy("coin")],
  ] as const
) {
  Deno.test(`an unknown ${what} is refused with those there are`, () => {
    assert.throws(parse, {
      code: "invalid_doctrine",
      message: new RegExp(`^Unknown ${what}`),
      nextAction: /^Give --[\w-]+ one of: \w+, /,
    });
  });
}
