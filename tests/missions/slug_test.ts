import assert from "node:assert/strict";
import fc from "../support/properties.ts";
import { isSlug, MAX_SLUG_LENGTH, nearestSlug, slugFromTicket } from "../../src/missions/slug.ts";

Deno.test("The slug is the ticket's key in kebab-case, whatever the title is", () => {
  assert.equal(slugFromTicket("WEB-12", "Login times out"), "web-12");
  assert.equal(slugFromTicket("  ENG_7 ", ""), "eng-7");
  assert.equal(slugFromTicket("acme/web#12", "x"), "acme-web-12");
  assert.equal(slugFromTicket("ÄRGER-1", "x"), "arger-1");
});

Deno.test("Without a key that has letters the first five words of the title make the slug", () => {
  assert.equal(
    slugFromTicket("", "Fix: the login's time-out (again) tonight"),
    "fix-the-logins-time-out-again",
  );
  assert.equal(
    slugFromTicket("チケット", "Łódź straße søk œuvre þing six"),
    "lodz-strasse-sok-oeuvre-thing",
  );
  assert.equal(slugFromTicket("---", "🔥 – Fix!  the\tbug"), "fix-the-bug");
  assert.equal(slugFromTicket("", "Ünïcödé"), "unicode");
  assert.equal(slugFromTicket("", "\u001b[31mRed\u001b[0m"), "red");
  assert.equal(slugFromTicket("#12", "Login times out"), "login-times-out");
});

Deno.test("A ticket without a single Latin letter or digit makes an untitled mission", () => {
  for (const title of ["", "   ", "!?…", "登録できない", "🔥🔥"]) {
    assert.equal(slugFromTicket("", title), "untitled");
  }
});

Deno.test("A key that is a number alone names no mission by itself", () => {
  assert.equal(slugFromTicket("#12", "登録できない"), "ticket-12");
});

Deno.test("A key or word of 300 characters is cut, at the end of a word where there is one", () => {
  assert.equal(slugFromTicket("K".repeat(300), ""), "k".repeat(MAX_SLUG_LENGTH));
  const words = slugFromTicket("", `${"a".repeat(60)} ${"b".repeat(60)} c`);
  assert.equal(words, "a".repeat(60));
  assert.equal(slugFromTicket(`${"ab-".repeat(100)}1`, "x").length <= MAX_SLUG_LENGTH, true);
});

Deno.test("Whatever the ticket says, the slug is one", () => {
  fc.assert(fc.property(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    (key, title) => {
      const slug = slugFromTicket(key, title);
      assert.ok(isSlug(slug), JSON.stringify(slug));
    },
  ));
});

Deno.test("A slug is kebab-case of at most eighty characters", () => {
  for (const good of ["fix-login", "2fa", "a", "web-12", "x".repeat(80)]) {
    assert.ok(isSlug(good), good);
  }
  for (
    const bad of [
      "",
      "Fix",
      "fix_login",
      "-a",
      "a-",
      "a--b",
      "ä",
      "a/b",
      "..",
      "a b",
      "a\n",
      "x".repeat(81),
    ]
  ) {
    assert.ok(!isSlug(bad), JSON.stringify(bad));
  }
  assert.equal(nearestSlug("Fix the Login!"), "fix-the-login");
});
