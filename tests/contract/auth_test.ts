import assert from "node:assert/strict";
import { MeSchema, parseWith, TokenResponseSchema } from "../../src/contract/mod.ts";

Deno.test("lifetimes a host leaves out are 900 and 604800 seconds", () => {
  assert.deepEqual(parseWith(TokenResponseSchema, { access: "a", refresh: "r" }), {
    ok: true,
    value: { access: "a", refresh: "r", access_lifetime: 900, refresh_lifetime: 604_800 },
  });
});

Deno.test("lifetimes and the team a host gives are taken", () => {
  const tokens = {
    access: "a",
    refresh: "r",
    access_lifetime: 60,
    refresh_lifetime: 120,
    team_slug: "acme",
  };
  assert.deepEqual(parseWith(TokenResponseSchema, tokens), { ok: true, value: tokens });
});

Deno.test("blank tokens and impossible lifetimes are refused", () => {
  for (const change of [{ access: "" }, { refresh: " " }, { access_lifetime: 0 }]) {
    const parsed = parseWith(TokenResponseSchema, { access: "a", refresh: "r", ...change });
    assert.ok(!parsed.ok);
    assert.equal(parsed.path, Object.keys(change)[0]);
  }
});

Deno.test("a fault in an answer with tokens does not repeat a token", () => {
  const parsed = parseWith(TokenResponseSchema, { access: "secret-token", refresh: null });
  assert.ok(!parsed.ok);
  assert.ok(!parsed.message.includes("secret"));
});

Deno.test("numbers for users and teams become text", () => {
  const me = { user_id: 7, email: "e", name: "n", teams: [{ id: 3, name: "acme", role: "admin" }] };
  assert.deepEqual(parseWith(MeSchema, me), {
    ok: true,
    value: { ...me, user_id: "7", teams: [{ id: "3", name: "acme", role: "admin" }] },
  });
});
