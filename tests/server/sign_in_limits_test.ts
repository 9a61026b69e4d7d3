import assert from "node:assert/strict";
import { addUser, COMMAND_LINE, DEMO } from "../../src/server/mod.ts";
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
    await addUser(host.context, COMMAND_LINE, EVE);
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
    const delays = () => host.platform.clock.sleeps.filter((ms) => ms >= 100);
    assert.deepEqual(delays(), [100, 200, 300, 400]);
    assert.equal(await signIn(host, "192.0.2.1", EVE), 200);
    assert.equal(delays().at(-1), 500);
    assert.equal(await signIn(host, "192.0.2.1", DEMO), 200);
    assert.equal(delays().length, 5, "another user is not slowed down");
  }));

Deno.test("a proxy that is not trusted is told of once, with the option that trusts it", () =>
  withHost(async (host) => {
    for (let turn = 0; turn < 2; turn++) await signIn(host, "198.51.100.7", DEMO);
    assert.equal(host.platform.stderr().match(/--trusted-proxy 127\.0\.0\.1/g)?.length, 1);
  }));

/** Counts the statuses of sign-ins that come one after the other. */
async function statusesOf(sent: AsyncIterable<number>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for await (const status of sent) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

Deno.test("a net of thousands of addresses gets no further than 120 guesses at a user, who signs in from where they did", () =>
  behindProxy(async (host) => {
    assert.equal(await signIn(host, "192.0.2.1", EVE), 200);
    const wrong = { ...EVE, password: "guess" };
    const counts = await statusesOf(async function* () {
      for (let n = 0; n < 4_000; n++) {
        yield await signIn(host, `10.${n % 250}.${Math.floor(n / 250)}.7`, wrong);
      }
    }());
    const { clock } = host.platform;
    const minutes = clock.sleeps.reduce((sum, ms) => sum + ms, 0) / 60_000;
    const guessed = counts[401] ?? 0;
    assert.ok(guessed >= 120 && guessed <= 120 + minutes * 2, JSON.stringify(counts));
    assert.equal(counts[429], 4_000 - guessed);
    const before = clock.sleeps.length;
    assert.equal(await signIn(host, "192.0.2.1", EVE), 200);
    assert.equal(await signIn(host, "10.1.1.7", DEMO), 200, "another user is not concerned");
    assert.equal(clock.sleeps.length, before, "neither is slowed down");
    assert.equal(await signIn(host, "192.0.2.2", EVE), 429, "where nobody has signed in");
    clock.advance(30_000);
    assert.equal(await signIn(host, "192.0.2.2", EVE), 200, "until the net is quiet for 30 s");
  }));

Deno.test("an address that guesses at many names runs out of guesses, and holds up nobody who has signed in there", () =>
  behindProxy(async (host) => {
    assert.equal(await signIn(host, "198.51.100.7", EVE), 200);
    const counts = await statusesOf(async function* () {
      for (let n = 0; n < 300; n++) {
        yield await signIn(host, "198.51.100.7", { username: `name-${n}`, password: "guess" });
      }
    }());
    assert.deepEqual(counts, { 401: 100, 429: 200 });
    assert.equal(await signIn(host, "198.51.100.7", DEMO), 429);
    assert.equal(await signIn(host, "198.51.100.7", EVE), 200);
    assert.equal(await signIn(host, "198.51.100.8", DEMO), 200);
  }));

Deno.test("the thousands of networks of one customer of IPv6 guess together", () =>
  behindProxy(async (host) => {
    const counts = await statusesOf(async function* () {
      for (let n = 0; n < 2_000; n++) {
        const from = `2001:db8:1:${n.toString(16)}::1`;
        yield await signIn(host, from, { username: `name-${n}`, password: "guess" });
      }
    }());
    assert.deepEqual(counts, { 401: 400, 429: 1_600 });
    assert.equal(await signIn(host, "2001:db8:2:1::1", EVE), 200);
  }));

Deno.test("right passwords use nothing up, however many come from one address", () =>
  behindProxy(async (host) => {
    for (let turn = 0; turn < 150; turn++) {
      assert.equal(await signIn(host, "198.51.100.7", turn % 2 === 0 ? EVE : DEMO), 200);
    }
    assert.equal(await signIn(host, "198.51.100.7", { username: "new", password: "guess" }), 401);
  }));

Deno.test("thousands of addresses of one customer begin no more device flows than four addresses", () =>
  behindProxy(async (host) => {
    const begin = async (from: string) => {
      const request = new Request("http://127.0.0.1:8080/oauth/device", {
        method: "POST",
        headers: { "x-forwarded-for": from },
        body: new URLSearchParams({ client_id: "tracker-cli" }),
      });
      const answer = await host.host.handle(request, { remoteAddress: "127.0.0.1" });
      await answer.body?.cancel();
      return answer.status;
    };
    let refused = 0;
    for (let n = 0; n < 1_000; n++) {
      if (await begin(`2001:db8:1:${n.toString(16)}::1`) === 429) refused += 1;
    }
    assert.equal(refused, 1_000 - 240);
    assert.notEqual(await begin("2001:db8:2::1"), 429);
  }));

Deno.test("calls with tokens that nobody has are limited by their address", () =>
  withHost(async (host) => {
    const guess = async (remoteAddress: string) => {
      const request = new Request("http://127.0.0.1:8080/api/v1/me", {
        headers: { authorization: "Bearer tka_guess" },
      });
      const answer = await host.host.handle(request, { remoteAddress });
      await answer.body?.cancel();
      return answer.status;
    };
    const statuses: number[] = [];
    for (let turn = 0; turn < 12; turn++) statuses.push(await guess("198.51.100.7"));
    assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
    assert.equal(await guess("198.51.100.8"), 401);
    assert.equal((await host.call("GET", "/api/v1/me")).status, 200);
  }, { rateLimit: { burst: 10, perSecond: 1 } }));
