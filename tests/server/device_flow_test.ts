import assert from "node:assert/strict";
import { DEMO } from "../../src/server/mod.ts";
import { watchStatements } from "./statements.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

async function start({ call }: TestHost): Promise<Answered> {
  const form = new URLSearchParams({ client_id: "cli_native", scope: "offline_access" });
  const started = await call("POST", "/oauth/device", form);
  assert.equal(started.status, 200);
  return started;
}

async function poll({ call }: TestHost, deviceCode: string): Promise<Answered> {
  return await call(
    "POST",
    "/oauth/token",
    new URLSearchParams({
      grant_type: GRANT,
      device_code: deviceCode,
      client_id: "cli_native",
    }),
  );
}

function approval(code: string, more: Record<string, string> = {}): URLSearchParams {
  return new URLSearchParams({
    user_code: code,
    username: DEMO.username,
    password: DEMO.password,
    decision: "approve",
    ...more,
  });
}

Deno.test("a device is signed in once a person has approved its code on the page", () =>
  withHost(async (host) => {
    const started = await start(host);
    const code = started.text("device_code");
    assert.equal(started.text("verification_uri"), "http://127.0.0.1:8080/device");
    assert.ok(started.text("verification_uri_complete").endsWith(started.text("user_code")));
    assert.equal((await poll(host, code)).at("error"), "authorization_pending");
    const typed = started.text("user_code").toLowerCase().replace("-", "");
    const page = await host.call("POST", "/device", approval(typed));
    assert.equal(page.status, 200);
    host.platform.clock.advance(1_000);
    const token = await poll(host, code);
    assert.equal(token.status, 200);
    assert.equal(token.at("expires_in"), 900);
    assert.equal(token.at("refresh_token_expires_in"), 604_800);
    const headers = { authorization: `Bearer ${token.text("access_token")}` };
    assert.equal((await host.call("GET", "/api/v1/me", undefined, headers)).status, 200);
    host.platform.clock.advance(1_000);
    assert.equal((await poll(host, code)).at("error"), "invalid_grant");
  }));

async function pageNamedFor(host: TestHost, proto: string | null): Promise<string> {
  const form = new URLSearchParams({ client_id: "cli_native", scope: "offline_access" });
  const headers = { "x-forwarded-proto": proto };
  return (await host.call("POST", "/oauth/device", form, headers)).text("verification_uri");
}

Deno.test("behind a trusted proxy that ends TLS, the page is named as the person reaches it", () =>
  withHost(async (host) => {
    assert.equal(await pageNamedFor(host, "https"), "https://127.0.0.1:8080/device");
    for (const other of [null, "http", "javascript", "https, http"]) {
      assert.equal(await pageNamedFor(host, other), "http://127.0.0.1:8080/device");
    }
  }, { trustedProxies: ["127.0.0.1"] }));

Deno.test("a client that is no trusted proxy does not say how the page is named", () =>
  withHost(async (host) => {
    assert.equal(await pageNamedFor(host, "https"), "http://127.0.0.1:8080/device");
  }));

Deno.test("a device that polls too fast is told to slow down, and has to wait five seconds more", () =>
  withHost(async (host) => {
    const code = (await start(host)).text("device_code");
    await poll(host, code);
    host.platform.clock.advance(700);
    const early = await poll(host, code);
    assert.equal(early.status, 400);
    assert.equal(early.at("error"), "slow_down");
    host.platform.clock.advance(5_000);
    assert.equal((await poll(host, code)).at("error"), "slow_down");
    host.platform.clock.advance(11_000);
    assert.equal((await poll(host, code)).at("error"), "authorization_pending");
  }));

Deno.test("a device gets the one scope there is, whatever it asks for, and is told so", () =>
  withHost(async (host) => {
    await host.call("POST", "/dev/levers", { device_decision: "approve" });
    for (const asked of [{}, { scope: "" }, { scope: "repo admin" }]) {
      const form = new URLSearchParams({ client_id: "cli_native", ...asked });
      const started = await host.call("POST", "/oauth/device", form);
      const token = await poll(host, started.text("device_code"));
      assert.equal(token.at("scope"), "offline_access");
    }
  }));

Deno.test("a denied device and an expired code are told apart", () =>
  withHost(async (host) => {
    const denied = await start(host);
    await host.call(
      "POST",
      "/device",
      approval(denied.text("user_code"), { decision: "deny" }),
    );
    assert.equal((await poll(host, denied.text("device_code"))).at("error"), "access_denied");
    const late = await start(host);
    host.platform.clock.advance(600_000);
    assert.equal((await poll(host, late.text("device_code"))).at("error"), "expired_token");
    const page = await host.call("POST", "/device", approval(late.text("user_code")));
    assert.equal(page.status, 400);
  }));

Deno.test("wrong grants, clients and codes are refused in the words of OAuth", () =>
  withHost(async (host) => {
    const ask = async (fields: Record<string, string>, path = "/oauth/token") =>
      (await host.call("POST", path, new URLSearchParams(fields))).at("error");
    assert.equal(await ask({ client_id: "other" }, "/oauth/device"), "invalid_client");
    assert.equal(await ask({ grant_type: "password" }), "unsupported_grant_type");
    assert.equal(await ask({ grant_type: GRANT, client_id: "other" }), "invalid_client");
    const client = { grant_type: GRANT, client_id: "cli_native" };
    assert.equal(await ask({ ...client, device_code: "nope" }), "invalid_grant");
  }));

Deno.test("the page asks for a password again when it was wrong, and approves nothing", () =>
  withHost(async (host) => {
    const started = await start(host);
    const wrong = approval(started.text("user_code"), { password: "guess" });
    const page = await host.call("POST", "/device", wrong);
    assert.equal(page.status, 401);
    assert.match(String(page.body), /role="alert">The user name or the password is wrong/);
    assert.ok(
      String(page.body).includes(`value="${DEMO.username}"`),
      "the name has to be typed again",
    );
    assert.ok(!String(page.body).includes("guess"));
    assert.equal(
      (await poll(host, started.text("device_code"))).at("error"),
      "authorization_pending",
    );
  }));

Deno.test("a session that cannot be stored leaves the approval for the next poll", () =>
  withHost(async (host) => {
    const started = await start(host);
    await host.call("POST", "/device", approval(started.text("user_code")));
    let isFull = true;
    watchStatements(host.store, (sql) => {
      if (isFull && sql.includes("INTO access_tokens")) throw new Error("no room");
    });
    assert.equal((await poll(host, started.text("device_code"))).status, 500);
    isFull = false;
    assert.equal((await poll(host, started.text("device_code"))).status, 200);
  }));

Deno.test("wrong codes that come at once are limited as those that come one after the other", () =>
  withHost(async (host) => {
    const guesses = Array.from({ length: 12 }, (_, n) => `198.51.100.${n + 1}`);
    const all = Promise.withResolvers<void>();
    let ready = 0;
    const isReady = () => {
      if (++ready === guesses.length) all.resolve();
    };
    // A guess is looked up when every other one is, or was refused.
    watchStatements(host.store, async (sql) => {
      if (!sql.startsWith("SELECT 1 AS waits FROM device_codes")) return;
      isReady();
      await all.promise;
    });
    const statuses = await Promise.all(guesses.map(async (address) => {
      const body = approval("BCDF-GHJK");
      const request = new Request("http://127.0.0.1:8080/device", { method: "POST", body });
      const { status } = await host.raw(request, address);
      if (status === 429) isReady();
      return status;
    }));
    assert.equal(statuses.filter((status) => status === 400).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 2);
  }));

Deno.test("the page shows what it is given as text, allows no script, and cannot be framed", () =>
  withHost(async (host) => {
    const nasty = encodeURIComponent('"><script>alert(1)</script>');
    const page = await host.call("GET", `/device?user_code=${nasty}`);
    assert.ok(!String(page.body).includes("<script"));
    assert.match(String(page.body), /&quot;&gt;&lt;script&gt;/);
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!policy.includes("unsafe"));
    assert.equal(page.headers.get("set-cookie"), null);
    const style = await host.call("GET", "/device.css");
    assert.match(style.headers.get("content-type") ?? "", /^text\/css/);
  }));

Deno.test("a lever approves or denies device codes at once", () =>
  withHost(async (host) => {
    for (const [decision, seen] of [["approve", undefined], ["deny", "access_denied"]] as const) {
      await host.call("POST", "/dev/levers", { device_decision: decision });
      const code = (await start(host)).text("device_code");
      assert.equal((await poll(host, code)).at("error"), seen);
    }
    await host.call("POST", "/dev/levers", { device_decision: null });
    const waiting = await start(host);
    const decided = await host.call("POST", "/dev/device", {
      user_code: waiting.text("user_code"),
      decision: "approve",
    });
    assert.equal(decided.at("decided"), true);
    assert.equal((await poll(host, waiting.text("device_code"))).status, 200);
  }));
