import assert from "node:assert/strict";
import { addUser, DEMO } from "../../src/server/mod.ts";
import { type TestHost, withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };

/** A sign-in through the proxy at 127.0.0.1. */
async function signIn(
  { host }: TestHost,
  from: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<number> {
  const request = new Request("http://127.0.0.1:8080/api/v1/token/", {
    method: "POST",
    headers: { "x-forwarded-for": from },
    body: JSON.stringify({ username, password }),
  });
  const answer = await host.handle(request, { remoteAddress: "127.0.0.1" });
  await answer.body?.cancel();
  return answer.status;
}

function behindProxy(test: (host: TestHost) => Promise<void>): Promise<void> {
  return withHost(async (host) => {
    await addUser(host.context, EVE);
    await test(host);
  }, { trustedProxies: ["127.0.0.1"] });
}

Deno.test("a stranger behind the same proxy blocks no sign-in but those from the stranger's address", () =>
  behindProxy(async (host) => {
    const guesses = Array.from(
      { length: 60 },
      (_, n) => signIn(host, "198.51.100.7", { username: `name-${n}`, password: "guess" }),
    );
    const user = signIn(host, "192.0.2.1", EVE);
    assert.ok((await Promise.all(guesses)).includes(429));
    assert.equal(await user, 200);
  }));

Deno.test("guesses at a user run out at their address, and the user signs in from another one", () =>
  behindProxy(async (host) => {
    const wrong = { ...EVE, password: "guess" };
    for (let turn = 0; turn < 10; turn++) {
      assert.equal(await signIn(host, "198.51.100.7", wrong), 401);
    }
    assert.equal(await signIn(host, "198.51.100.7", wrong), 429);
    assert.equal(await signIn(host, "192.0.2.1", EVE), 200);
  }));

Deno.test("addresses of one IPv6 network guess together", () =>
  behindProxy(async (host) => {
    const wrong = { ...EVE, password: "guess" };
    for (let turn = 0; turn < 10; turn++) {
      assert.equal(await signIn(host, `2001:db8:1:2::${turn}`, wrong), 401);
    }
    assert.equal(await signIn(host, "2001:db8:1:2:abcd::1", wrong), 429);
    assert.equal(await signIn(host, "2001:db8:1:3::1", wrong), 401);
  }));

Deno.test("guesses from many addresses slow down, and do not lock the user out", () =>
  behindProxy(async (host) => {
    const wrong = { ...EVE, password: "guess" };
    for (let turn = 0; turn < 25; turn++) {
      assert.equal(await signIn(host, `198.51.100.${turn}`, wrong), 401);
    }
    const { clock } = host.platform;
    assert.deepEqual(clock.sleeps, [100, 200, 300, 400]);
    assert.equal(await signIn(host, "192.0.2.1", EVE), 200);
    assert.equal(clock.sleeps.at(-1), 500);
    assert.equal(await signIn(host, "192.0.2.1", DEMO), 200);
    assert.equal(clock.sleeps.length, 5, "another user is not slowed down");
  }));

Deno.test("a proxy that is not trusted is told of once, with the option that trusts it", () =>
  withHost(async (host) => {
    for (let turn = 0; turn < 2; turn++) await signIn(host, "198.51.100.7", DEMO);
    assert.equal(host.platform.stderr().match(/--trusted-proxy 127\.0\.0\.1/g)?.length, 1);
  }));
