import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { COMMAND_LINE, DEMO, endSessions } from "../../src/server/mod.ts";
import { interleaveStatements } from "./statements.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

/** 43 characters, as `secrets.token_urlsafe(32)` makes them. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const REDIRECT = "http://127.0.0.1:28888/callback";

/** What the published spec-kitty (3.1.10 and newer) opens in a browser. */
const QUERY = {
  client_id: "cli_native",
  redirect_uri: REDIRECT,
  response_type: "code",
  scope: "offline_access",
  code_challenge: CHALLENGE,
  code_challenge_method: "S256",
  state: "state-1",
};

type Fields = Readonly<Record<string, string>>;

async function ask({ call }: TestHost, over: Fields = {}): Promise<Answered> {
  const query = new URLSearchParams({ ...QUERY, ...over });
  return await call("GET", `/oauth/authorize?${query}`, undefined, { authorization: null });
}

async function approve({ call }: TestHost, over: Fields = {}): Promise<Answered> {
  const { username, password } = DEMO;
  const form = { ...QUERY, username, password, decision: "approve", ...over };
  return await call("POST", "/oauth/authorize", new URLSearchParams(form), { authorization: null });
}

function target(answer: Answered): URL {
  assert.equal(answer.status, 303);
  return new URL(answer.headers.get("location") ?? "");
}

async function code(host: TestHost): Promise<string> {
  const { searchParams } = target(await approve(host));
  assert.equal(searchParams.get("state"), "state-1");
  return searchParams.get("code") ?? "";
}

async function exchange({ call }: TestHost, over: Fields): Promise<Answered> {
  const form = {
    grant_type: "authorization_code",
    redirect_uri: REDIRECT,
    client_id: "cli_native",
    code_verifier: VERIFIER,
    ...over,
  };
  return await call("POST", "/oauth/token", new URLSearchParams(form), { authorization: null });
}

async function refresh({ call }: TestHost, token: string, over: Fields = {}): Promise<Answered> {
  const form = {
    grant_type: "refresh_token",
    refresh_token: token,
    client_id: "cli_native",
    ...over,
  };
  return await call("POST", "/oauth/token", new URLSearchParams(form), { authorization: null });
}

Deno.test("a program signs in through the browser: page, approval, code, tokens", () =>
  withHost(async (host) => {
    const page = await ask(host);
    assert.equal(page.status, 200);
    assert.match(String(page.body), /name="state" value="state-1"/);
    const tokens = await exchange(host, { code: await code(host) });
    assert.equal(tokens.status, 200);
    assert.match(tokens.text("session_id"), /^fam_/);
    assert.match(tokens.text("refresh_token_expires_at"), /^\d{4}-\d\d-\d\dT/);
    const headers = { authorization: `Bearer ${tokens.text("access_token")}` };
    const me = await host.call("GET", "/api/v1/me", undefined, headers);
    assert.equal(me.text("session_id"), tokens.text("session_id"));
  }));

Deno.test("the page allows its form to lead to the program on this machine, and nowhere else", () =>
  withHost(async (host) => {
    const policy = (await ask(host)).headers.get("content-security-policy") ?? "";
    assert.match(policy, /form-action 'self' http:\/\/127\.0\.0\.1:28888;/);
    assert.match(policy, /default-src 'none'/);
  }));

Deno.test("a redirect that leads away from this machine is shown, never followed", () =>
  withHost(async (host) => {
    for (
      const redirect_uri of [
        "https://evil.example/callback",
        "http://evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1@evil.example/callback",
        "http://evil.example@127.0.0.1:28888/callback",
        "http://127.0.0.1:28888/callback#evil.example",
        "https://127.0.0.1:28888/callback",
        "javascript:alert(1)",
        "",
      ]
    ) {
      for (
        const answer of [await ask(host, { redirect_uri }), await approve(host, { redirect_uri })]
      ) {
        assert.equal(answer.status, 400, redirect_uri);
        assert.equal(answer.headers.get("location"), null);
      }
    }
    assert.equal((await ask(host, { client_id: "other" })).status, 400);
  }));

Deno.test("a request without PKCE goes back to the program as invalid", () =>
  withHost(async (host) => {
    for (
      const over of [
        { code_challenge: "" },
        { code_challenge_method: "plain" },
        { response_type: "token" },
      ]
    ) {
      assert.equal(target(await ask(host, over)).searchParams.get("error"), "invalid_request");
    }
  }));

Deno.test("a refusal goes back to the program, and a wrong password stays on the page", () =>
  withHost(async (host) => {
    const denied = target(await approve(host, { decision: "deny" }));
    assert.equal(denied.searchParams.get("error"), "access_denied");
    const wrong = await approve(host, { password: "guess" });
    assert.equal(wrong.status, 401);
    assert.match(String(wrong.body), /role="alert">The user name or the password is wrong/);
    assert.ok(!String(wrong.body).includes("guess"));
  }));

Deno.test("a code is good for its own program alone, for a minute, once", () =>
  withHost(async (host) => {
    const refused = async (over: Fields) => {
      const answer = await exchange(host, over);
      assert.deepEqual([answer.status, answer.at("error")], [400, "invalid_grant"]);
    };
    await refused({ code: await code(host), code_verifier: "x".repeat(43) });
    await refused({ code: await code(host), redirect_uri: "http://127.0.0.1:1/callback" });
    await refused({ code: "made up" });
    const late = await code(host);
    host.platform.clock.advance(60_000);
    await refused({ code: late });
  }));

Deno.test("a code is of no use once the user's sessions have been ended", () =>
  withHost(async (host) => {
    const early = await code(host);
    await endSessions(host.context, COMMAND_LINE, DEMO.username);
    assert.equal((await exchange(host, { code: early })).at("error"), "invalid_grant");
  }));

Deno.test("a code that is used a second time ends the session of the first use", () =>
  withHost(async (host) => {
    const once = await code(host);
    const tokens = await exchange(host, { code: once });
    assert.equal((await exchange(host, { code: once })).status, 400);
    const headers = { authorization: `Bearer ${tokens.text("access_token")}` };
    assert.equal((await host.call("GET", "/api/v1/me", undefined, headers)).status, 401);
  }));

Deno.test("a code that is used twice at once ends the session of the first use", () =>
  withHost(async (host) => {
    const once = await code(host);
    interleaveStatements(host.store);
    const answers = await Promise.all([1, 2].map(() => exchange(host, { code: once })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
    const tokens = answers.find(({ status }) => status === 200);
    const headers = { authorization: `Bearer ${tokens?.text("access_token")}` };
    assert.equal((await host.call("GET", "/api/v1/me", undefined, headers)).status, 401);
  }));

Deno.test("the refresh grant rotates as the other call does, and keeps the session's name", () =>
  withHost(async (host) => {
    const first = await exchange(host, { code: await code(host) });
    const second = await refresh(host, first.text("refresh_token"));
    assert.equal(second.status, 200);
    assert.equal(second.text("session_id"), first.text("session_id"));
    assert.notEqual(second.text("refresh_token"), first.text("refresh_token"));
    const other = await host.call("POST", "/api/v1/token/refresh/", {
      refresh: second.text("refresh_token"),
    });
    assert.equal(other.status, 200);
  }));

Deno.test("a refresh grant that is refused says so in the words of OAuth", () =>
  withHost(async (host) => {
    const unknown = await refresh(host, "tkr_unknown");
    assert.deepEqual([unknown.status, unknown.at("error")], [400, "invalid_grant"]);
    const stranger = await refresh(host, "tkr_unknown", { client_id: "other" });
    assert.deepEqual([stranger.status, stranger.at("error")], [400, "invalid_client"]);
  }));
