/** A provider's own words: in one line, short, and without what it was sent. */
import assert from "node:assert/strict";
import { harmless, whereWrong } from "../../src/providers/harmless.ts";

const SECRETS = ['pä ss+w/o?rd&\n"x" ~(1)', "0123456789abcdef"];

Deno.test("a secret is not told in any of the forms in which it is sent", () => {
  for (const secret of SECRETS) {
    const bytes = new TextEncoder().encode(secret);
    const forms = [
      secret,
      secret.toUpperCase(),
      JSON.stringify(secret),
      encodeURIComponent(secret),
      new URLSearchParams({ secret }).toString(),
      bytes.toBase64(),
      bytes.toBase64({ alphabet: "base64url" }),
    ];
    for (const form of forms) {
      const told = harmless(`I got ${form} twice: ${form}`, SECRETS);
      assert.match(told, /^I got .*\[secret\].* twice: .*\[secret\]/, form);
      assert.ok(!told.includes(form.slice(8, 14)), told);
    }
  }
  assert.equal(harmless("Nothing is [.*] here", ["", ".*"]), "Nothing is [[secret]] here");
});

Deno.test("what looks like a credential is not told, of anybody", () => {
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE KEY-----";
  for (
    const credential of [
      key,
      key.slice(0, 40),
      "Bearer 0123456789abcdef0",
      "Basic dXNlcjpwYXNzd29yZA==",
      "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
      "github_pat_11A",
      "lin_api_x",
      "lin_oauth_y",
      "glpat-0123456789abcdefghij",
      "glpat-abc.01.0a1b2c3",
      "whsec_dGVzdHRlc3Q=",
      "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln",
    ]
  ) {
    assert.equal(harmless(`Seen: ${credential}`, []), "Seen: [secret]");
  }
  const plain = "The bearer of a basic token, from a highs_and_lows list";
  assert.equal(harmless(plain, []), plain);
});

Deno.test("an answer that is not as expected is told without its texts", () => {
  const wrong = { path: "items[0].id", message: 'must be a number, not "0123456789abcdef"' };
  assert.equal(whereWrong(wrong), " (`items[0].id` must be a number, not a text)");
  assert.equal(whereWrong({ path: "id", message: "is missing" }), " (`id` is missing)");
  assert.equal(whereWrong({ path: "", message: "must be a list, not null" }), "");
});
