import assert from "node:assert/strict";
import { logout, type LogoutOptions, type LogoutResult } from "../../src/client/logout.ts";
import { CredentialStore, type Session } from "../../src/user/credentials.ts";
import type { Reply, Stub } from "../support/fetch.ts";
import { type TestPlatform, withPlatform } from "../support/platform.ts";
import { HOST, hostOf } from "./support.ts";
import { aSession } from "../support/sessions.ts";

const SESSION = aSession(HOST);

function health(...extensions: string[]): Stub {
  return {
    request: "GET /api/v1/tracker/health/",
    headers: { authorization: null },
    reply: { status: 200, json: { status: "ok", extensions } },
  };
}

function revoke(token: string, status = 200): Stub {
  const answer: Reply = async (request) => {
    assert.equal(await request.text(), `token=${token}`);
    return new Response(null, { status });
  };
  return { request: "POST /oauth/revoke", headers: { authorization: null }, reply: answer };
}

async function signedOut(
  network: readonly Stub[],
  session: Session | null,
): Promise<{ result: LogoutResult; platform: TestPlatform; left: Session | null }> {
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  let seen: { result: LogoutResult; platform: TestPlatform; left: Session | null } | undefined;
  await withPlatform({ env, network }, async (platform) => {
    const credentials = new CredentialStore({ platform });
    const options: LogoutOptions = { ...await hostOf(platform), credentials };
    if (session !== null) await credentials.saveSession(session);
    const result = await logout(options);
    seen = { result, platform, left: await credentials.session(HOST) };
  });
  if (seen === undefined) throw new Error("The logout has not run");
  return seen;
}

Deno.test("a logout ends the session at a host that offers it, by the refresh token", async () => {
  const { result, left } = await signedOut([health("revoke"), revoke("refresh-1")], SESSION);
  assert.deepEqual(result, { removed: true, hostSession: "ended", keptBecause: null });
  assert.equal(left, null);
});

Deno.test("a session without a refresh token is ended by its access token", async () => {
  const network = [health("revoke"), revoke("access-1")];
  const session = { ...SESSION, refresh: null, refreshExpiresAt: 9_999_999_999_999 };
  const { result } = await signedOut(network, session);
  assert.equal(result.hostSession, "ended");
});

Deno.test("a token that was given at the login is forgotten, and not ended: others may use it too", async () => {
  const given = { ...SESSION, refresh: null, refreshExpiresAt: null };
  const { result, left, platform } = await signedOut([], given);
  assert.deepEqual(result, { removed: true, hostSession: "token", keptBecause: null });
  assert.equal(left, null);
  assert.equal(platform.network.requests.length, 0);
});

Deno.test("a host that lists no revoke is not sent the token, and keeps the session", async () => {
  const { result, left, platform } = await signedOut([health("comments")], SESSION);
  assert.deepEqual(result, { removed: true, hostSession: "kept", keptBecause: null });
  assert.equal(left, null);
  assert.equal(platform.network.requests.length, 1);
});

Deno.test("a host that fails or is not reached does not keep the session here", async () => {
  const unreached: Stub = {
    request: "GET /api/v1/tracker/health/",
    reply: { fail: "connection refused" },
  };
  const cannot =
    "Cannot connect to the tracker host at https://tracker.example. Check your network connection";
  for (
    const [network, keptBecause] of [
      [[unreached], cannot],
      [[health("revoke"), revoke("refresh-1", 503)], null],
    ] as const
  ) {
    const { result, left } = await signedOut(network, SESSION);
    assert.deepEqual(result, { removed: true, hostSession: "kept", keptBecause });
    assert.equal(left, null);
  }
});

Deno.test("without a session nothing is sent", async () => {
  const { result, platform } = await signedOut([], null);
  assert.deepEqual(result, { removed: false, hostSession: null, keptBecause: null });
  assert.equal(platform.network.requests.length, 0);
});

Deno.test("a logout forgets the session at that host alone", async () => {
  const other = { ...SESSION, host: "https://other.example" };
  const env = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" };
  await withPlatform({ env, network: [health()] }, async (platform) => {
    const credentials = new CredentialStore({ platform });
    await credentials.saveSession(other);
    await credentials.saveSession(SESSION);
    await logout({ ...await hostOf(platform), credentials });
    assert.deepEqual((await credentials.sessions()).map(({ host }) => host), [other.host]);
  });
});
