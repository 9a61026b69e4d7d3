import assert from "node:assert/strict";
import { DEMO } from "../../src/server/mod.ts";
import { ROTATION_GRACE_MS } from "../../src/server/accounts/tokens.ts";
import { type Answered, type TestHost, withHost } from "./support.ts";

const LOGIN = { username: DEMO.username, password: DEMO.password };

async function signIn({ call }: TestHost): Promise<string> {
  return (await call("POST", "/api/v1/token/", LOGIN)).text("refresh");
}

async function rotate({ call }: TestHost, refresh: string): Promise<Answered> {
  return await call("POST", "/api/v1/token/refresh/", { refresh });
}

/** Whether the session of an access token is alive. */
async function isAlive({ call }: TestHost, access: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${access}` };
  return (await call("GET", "/api/v1/me", undefined, headers)).status === 200;
}

Deno.test("a client that was killed before it saved the new tokens may refresh with the old one", () =>
  withHost(async (host) => {
    const first = await signIn(host);
    await rotate(host, first);
    host.platform.clock.advance(ROTATION_GRACE_MS);
    const again = await rotate(host, first);
    assert.equal(again.status, 200);
    assert.equal(await isAlive(host, again.text("access")), true);
    assert.equal((await rotate(host, again.text("refresh"))).status, 200);
  }));

Deno.test("after a minute the old refresh token is reuse, and ends the session", () =>
  withHost(async (host) => {
    const first = await signIn(host);
    const second = await rotate(host, first);
    host.platform.clock.advance(ROTATION_GRACE_MS + 1);
    assert.equal((await rotate(host, first)).status, 401);
    assert.equal(await isAlive(host, second.text("access")), false);
  }));

Deno.test("the old refresh token is accepted once more, not twice", () =>
  withHost(async (host) => {
    const first = await signIn(host);
    await rotate(host, first);
    const again = await rotate(host, first);
    assert.equal((await rotate(host, first)).status, 401);
    assert.equal(await isAlive(host, again.text("access")), false);
  }));

Deno.test("when the successor is used beside the old token, the session ends", () =>
  withHost(async (host) => {
    const first = await signIn(host);
    const second = await rotate(host, first);
    const again = await rotate(host, first);
    assert.equal((await rotate(host, second.text("refresh"))).status, 401);
    assert.equal(await isAlive(host, again.text("access")), false);
    assert.equal((await rotate(host, again.text("refresh"))).status, 401);
  }));

Deno.test("a token that had been rotated under the schema before the grace gets none", () =>
  withHost(async (host) => {
    const first = await signIn(host);
    await rotate(host, first);
    await host.store.run("UPDATE refresh_tokens SET successor = NULL");
    assert.equal((await rotate(host, first)).status, 401);
  }));
