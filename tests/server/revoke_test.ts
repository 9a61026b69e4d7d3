import assert from "node:assert/strict";
import { DEMO } from "../../src/server/mod.ts";
import { type TestHost, withHost } from "./support.ts";

const LOGIN = { username: DEMO.username, password: DEMO.password };

async function revoke({ call }: TestHost, token: string): Promise<number> {
  const form = new URLSearchParams({ token, token_type_hint: "refresh_token" });
  const { status, body } = await call("POST", "/oauth/revoke", form, { authorization: null });
  if (status === 200) assert.deepEqual(body, { revoked: true });
  return status;
}

Deno.test("a revoked session is over: neither its access nor its refresh token is accepted", () =>
  withHost(async (host) => {
    for (const kind of ["access", "refresh"]) {
      const login = await host.call("POST", "/api/v1/token/", LOGIN);
      assert.equal(await revoke(host, login.text(kind)), 200);
      const headers = { authorization: `Bearer ${login.text("access")}` };
      assert.equal((await host.call("GET", "/api/v1/me", undefined, headers)).status, 401, kind);
      const refresh = { refresh: login.text("refresh") };
      assert.equal((await host.call("POST", "/api/v1/token/refresh/", refresh)).status, 401, kind);
    }
    assert.equal((await host.call("GET", "/api/v1/me")).status, 200, "another session stays");
  }));

Deno.test("an unknown token is revoked like any other, and no token is a bad request", () =>
  withHost(async (host) => {
    assert.equal(await revoke(host, "tkr_unknown"), 200);
    for (const form of [{}, { token: "" }, { token: " " }, { token: "\u00a0\t" }]) {
      const empty = await host.call("POST", "/oauth/revoke", new URLSearchParams(form));
      assert.deepEqual([empty.status, empty.at("error")], [400, "invalid_request"]);
    }
  }));

Deno.test("a logout in the way of spec-kitty 3.1 ends the session it is made in", () =>
  withHost(async ({ call }) => {
    assert.equal((await call("POST", "/api/v1/logout")).status, 200);
    assert.equal((await call("GET", "/api/v1/me")).status, 401);
    assert.equal((await call("POST", "/api/v1/logout")).status, 401);
  }));

Deno.test("health lists revoke, so that clients know of it", () =>
  withHost(async ({ call }) => {
    assert.ok((await call("GET", "/api/v1/tracker/health/")).list("extensions").includes("revoke"));
  }));
