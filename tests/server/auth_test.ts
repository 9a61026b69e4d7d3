import assert from "node:assert/strict";
import { addUser, COMMAND_LINE, DEMO } from "../../src/server/mod.ts";
import { withHost } from "./support.ts";

const DEMO_LOGIN = { username: DEMO.username, password: DEMO.password };

Deno.test("a login by password gives a pair of tokens with their lifetimes and the user's team", () =>
  withHost(async ({ call }) => {
    const { status, body, text } = await call("POST", "/api/v1/token/", DEMO_LOGIN);
    assert.equal(status, 200);
    assert.deepEqual(body, {
      access: text("access"),
      refresh: text("refresh"),
      access_lifetime: 900,
      refresh_lifetime: 604_800,
      session_id: text("session_id"),
      team_slug: "acme",
    });
    assert.match(text("access"), /^tka_[0-9a-f]{64}$/);
  }));

Deno.test("a wrong password and an unknown name are both 401 with the same words", () =>
  withHost(async ({ call }) => {
    const wrong = await call("POST", "/api/v1/token/", { ...DEMO_LOGIN, password: "x" });
    const unknown = await call("POST", "/api/v1/token/", { username: "nobody", password: "x" });
    assert.equal(wrong.status, 401);
    assert.deepEqual(wrong.body, unknown.body);
  }));

Deno.test("guessing passwords is slowed down per name, and others can still sign in", () =>
  withHost(async (host) => {
    const { call } = host;
    const guess = { username: DEMO.username, password: "guess" };
    for (let turn = 0; turn < 10; turn++) {
      assert.equal((await call("POST", "/api/v1/token/", guess)).status, 401);
    }
    const limited = await call("POST", "/api/v1/token/", DEMO_LOGIN);
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get("retry-after"), String(limited.at("retry_after_seconds")));
    assert.equal(
      (await call("POST", "/api/v1/token/", { username: "other", password: "x" })).status,
      401,
    );
    host.platform.clock.advance(30_000);
    assert.equal((await call("POST", "/api/v1/token/", DEMO_LOGIN)).status, 200);
  }));

Deno.test("an access token works for 900 seconds and not longer", () =>
  withHost(async ({ call, platform }) => {
    platform.clock.advance(899_000);
    assert.equal((await call("GET", "/api/v1/me")).status, 200);
    platform.clock.advance(1_000);
    const late = await call("GET", "/api/v1/me");
    assert.equal(late.status, 401);
    assert.equal(late.at("error_code"), "unauthorized");
    assert.equal(late.headers.get("www-authenticate"), "Bearer");
  }));

Deno.test("a refresh rotates the refresh token and leaves running commands their access token", () =>
  withHost(async ({ call }) => {
    const first = await call("POST", "/api/v1/token/", DEMO_LOGIN);
    const second = await call("POST", "/api/v1/token/refresh/", { refresh: first.text("refresh") });
    assert.equal(second.status, 200);
    assert.notEqual(second.text("refresh"), first.text("refresh"));
    for (const access of [first.text("access"), second.text("access")]) {
      const headers = { authorization: `Bearer ${access}` };
      assert.equal((await call("GET", "/api/v1/me", undefined, headers)).status, 200);
    }
  }));

Deno.test("a refresh token used a second time revokes every token of its login, and of no other", () =>
  withHost(async ({ call }) => {
    const first = await call("POST", "/api/v1/token/", DEMO_LOGIN);
    const refresh = { refresh: first.text("refresh") };
    const second = await call("POST", "/api/v1/token/refresh/", refresh);
    const successor = { refresh: second.text("refresh") };
    assert.equal((await call("POST", "/api/v1/token/refresh/", successor)).status, 200);
    assert.equal((await call("POST", "/api/v1/token/refresh/", refresh)).status, 401);
    assert.equal((await call("POST", "/api/v1/token/refresh/", successor)).status, 401);
    const headers = { authorization: `Bearer ${second.text("access")}` };
    assert.equal((await call("GET", "/api/v1/me", undefined, headers)).status, 401);
    assert.equal((await call("GET", "/api/v1/me")).status, 200);
  }));

Deno.test("a refresh token is refused after a week, and when it was never issued", () =>
  withHost(async ({ call, platform }) => {
    const { text } = await call("POST", "/api/v1/token/", DEMO_LOGIN);
    platform.clock.advance(604_800_000);
    const refresh = { refresh: text("refresh") };
    assert.equal((await call("POST", "/api/v1/token/refresh/", refresh)).status, 401);
    assert.equal((await call("POST", "/api/v1/token/refresh/", { refresh: "tkr_0" })).status, 401);
  }));

Deno.test("neither tokens nor passwords are stored in clear", () =>
  withHost(async ({ call, store }) => {
    const login = await call("POST", "/api/v1/token/", DEMO_LOGIN);
    const stored = JSON.stringify([
      await store.all("SELECT * FROM access_tokens"),
      await store.all("SELECT * FROM refresh_tokens"),
      await store.all("SELECT * FROM users"),
    ]);
    assert.ok(!stored.includes(login.text("access")) && !stored.includes(login.text("refresh")));
    assert.ok(!stored.includes('"demo"'));
    assert.match(stored, /scrypt\$\d+\$8\$1\$[0-9a-f]{32}\$[0-9a-f]{64}/);
  }));

Deno.test("me names the user and all teams", () =>
  withHost(async ({ call }) => {
    const me = await call("GET", "/api/v1/me/");
    assert.equal(me.at("email"), DEMO.username);
    assert.equal(me.at("name"), DEMO.name);
    assert.equal(me.at("teams.0.name"), "Acme Corp");
    assert.equal(me.at("teams.0.id"), "acme", "what X-Team-Slug takes");
    assert.equal(me.at("teams.0.slug"), "acme");
    assert.equal(me.at("teams.0.role"), "admin");
    assert.equal(me.at("teams.0.is_private_teamspace"), false);
  }));

Deno.test("a tracker call must name a team of the user, by slug or id", () =>
  withHost(async ({ call, context, store }) => {
    await addUser(context, COMMAND_LINE, {
      username: "eve",
      password: "a secret of eve",
      team: "other",
    });
    const path = "/api/v1/tracker/status/?provider=linear";
    const [team] = await store.all("SELECT id FROM teams WHERE slug = 'acme'");
    const id = String(team?.["id"]);
    assert.equal((await call("GET", path, undefined, { "x-team-slug": id })).status, 200);
    for (const slug of [null, " ", "other", "nowhere"]) {
      const refused = await call("GET", path, undefined, { "x-team-slug": slug });
      assert.equal(refused.status, 403);
      assert.equal(refused.at("error_code"), "no_installation");
      assert.equal(refused.at("user_action_required"), true);
    }
  }));

Deno.test("malformed authorization headers are 401 and never a fault of the host", () =>
  withHost(async ({ call }) => {
    for (const value of [null, "", "Bearer", "Bearer  ", "Basic abc", "Bearer a b", "Bearer x"]) {
      const { status } = await call("GET", "/api/v1/me", undefined, { authorization: value });
      assert.equal(status, 401, String(value));
    }
  }));

Deno.test("a user is added once, and not without a name or password", () =>
  withHost(async ({ context }) => {
    const password = "long enough for all";
    await addUser(context, COMMAND_LINE, { username: "mei", password });
    await assert.rejects(addUser(context, COMMAND_LINE, { username: "mei", password }), {
      code: "user_exists",
    });
    await assert.rejects(addUser(context, COMMAND_LINE, { username: " ", password }), {
      code: "invalid_user",
      message: "A user needs a name",
    });
    await assert.rejects(addUser(context, COMMAND_LINE, { username: "x", password: "" }), {
      code: "invalid_user",
      message: "A user needs a password, and none was given",
    });
  }));

Deno.test("a new team has a name that stands in a header and in a command", () =>
  withHost(async ({ context, store }) => {
    const add = (username: string, team: string) =>
      addUser(context, COMMAND_LINE, { username, password: "long enough for all", team });
    for (const team of ["", " ", "a b", "größe", "-web", "web-", "a\nb", "a".repeat(101)]) {
      await assert.rejects(add("eve", team), { code: "invalid_team" });
    }
    assert.equal(await store.one("SELECT id FROM users WHERE username = ?", "eve"), null);
    for (const [index, team] of ["w", "Web-1", "web.2_x", "a".repeat(100)].entries()) {
      assert.equal((await add(`user-${index}`, team)).team, team);
    }
  }));
