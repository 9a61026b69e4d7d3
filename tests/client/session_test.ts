import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { SessionTokens } from "../../src/client/session.ts";
import { CredentialStore } from "../../src/user/credentials.ts";
import { TEST_START } from "../support/clock.ts";
import type { Reply } from "../support/fetch.ts";
import { failing, HOST, hostOf, STATUS } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { refreshStub, ROTATED, SESSION, withSession } from "./session_support.ts";

Deno.test("a fresh token is used as it is", async () => {
  await withSession({}, [], async ({ tokens }) => {
    assert.deepEqual(await tokens().accessToken(), {
      token: "access-1",
      teamSlug: "core",
      injected: false,
    });
  });
});

Deno.test("without a session at this very host there is no token", async () => {
  await withSession({ host: "https://other.example" }, [], async ({ tokens }) => {
    const error = await failing(tokens().accessToken(), "missing_auth");
    assert.equal(error.message, "No SaaS authentication token is present.");
    assert.equal(error.nextAction, "Run `tracker auth login`.");
  });
});

for (
  const [left, refreshes] of [[30_001, false], [30_000, true], [0, true], [-5_000, true]] as const
) {
  Deno.test(`with ${left} ms to live a token is ${refreshes ? "refreshed" : "used"}`, async () => {
    const network = refreshes ? [refreshStub({ status: 200, json: ROTATED })] : [];
    await withSession(
      { accessExpiresAt: TEST_START + left },
      network,
      async ({ tokens, store }) => {
        const { token } = await tokens().accessToken();
        assert.equal(token, refreshes ? "access-2" : "access-1");
        const saved = await store.session(HOST);
        assert.equal(saved?.refresh, refreshes ? "refresh-2" : "refresh-1");
      },
    );
  });
}

Deno.test("a token without a known expiry, or without a refresh token, is used until it is refused", async () => {
  await withSession({ accessExpiresAt: null }, [], async ({ tokens }) => {
    assert.equal((await tokens().accessToken()).token, "access-1");
  });
  const bare = { refresh: null, accessExpiresAt: TEST_START - 1 };
  await withSession(bare, [], async ({ tokens }) => {
    assert.equal((await tokens().accessToken()).token, "access-1");
    await failing(tokens().refresh("access-1"), "session_expired");
  });
});

Deno.test("rotated tokens are saved with their lifetimes, user and team kept", async () => {
  const stub = refreshStub({ status: 200, json: ROTATED });
  await withSession({}, [stub], async ({ tokens, store }) => {
    assert.deepEqual(await tokens().refresh("access-1"), {
      token: "access-2",
      teamSlug: "core",
      injected: false,
    });
    assert.deepEqual(await store.session(HOST), {
      ...SESSION,
      access: "access-2",
      refresh: "refresh-2",
      accessExpiresAt: TEST_START + 60_000,
      refreshExpiresAt: TEST_START + 604_800_000,
    });
  });
});

Deno.test("lifetimes beyond the end of time are cut, and the tokens saved", async () => {
  const lifetimes = { access_lifetime: Number.MAX_SAFE_INTEGER, refresh_lifetime: 1e13 };
  const stub = refreshStub({ status: 200, json: { ...ROTATED, ...lifetimes } });
  await withSession({}, [stub], async ({ tokens, store }) => {
    assert.equal((await tokens().refresh("access-1")).token, "access-2");
    assert.equal((await tokens().accessToken()).token, "access-2");
    const saved = await store.session(HOST);
    assert.equal(saved?.refresh, "refresh-2");
    assert.equal(new Date(saved?.accessExpiresAt ?? 0).getUTCFullYear(), 275_760);
  });
});

Deno.test("refreshing a remembered host does not make it the current one", async () => {
  await withSession(
    {},
    [refreshStub({ status: 200, json: ROTATED })],
    async ({ tokens, store }) => {
      await store.saveSession({ ...SESSION, host: "https://other.example", access: "other" });
      await tokens().refresh("access-1");
      assert.equal(await store.currentHost(), "https://other.example");
      assert.equal((await store.session(HOST))?.access, "access-2");
    },
  );
});

Deno.test("two calls at once refresh once", async () => {
  const stub = refreshStub({ status: 200, json: ROTATED });
  await withSession({}, [stub], async ({ tokens, platform }) => {
    const shared = tokens();
    const [a, b, c] = await Promise.all([
      shared.refresh("access-1"),
      shared.refresh("access-1"),
      shared.refresh("access-1"),
    ]);
    assert.deepEqual([a.token, b.token, c.token], ["access-2", "access-2", "access-2"]);
    assert.equal(platform.network.requests.length, 1);
  });
});

Deno.test("two commands that are both refused refresh once and both continue", async () => {
  await withSession({}, [], async ({ platform: scripted }) => {
    let refreshes = 0;
    let refused = 0;
    const bothRefused = Promise.withResolvers<void>();
    const fetch = async (request: Request) => {
      if (request.url.endsWith("/token/refresh/")) {
        refreshes++;
        return Response.json(ROTATED);
      }
      if (request.headers.get("authorization") === "Bearer access-2") return Response.json(STATUS);
      if (++refused === 2) bothRefused.resolve();
      await bothRefused.promise;
      return Response.json(errorEnvelope(401, "unauthorized"), { status: 401 });
    };
    const platform = { ...scripted, fetch };
    const options = await hostOf(platform);
    const credentials = new CredentialStore({ platform });
    const tokens = new SessionTokens({ ...options, credentials });
    const client = new HostedClient({ ...options, tokens });
    const routing = { binding_ref: "srm_1" };
    await Promise.all([client.status("linear", routing), client.status("linear", routing)]);
    assert.equal(refreshes, 1);
    assert.equal(refused, 2);
  });
});

Deno.test("a token that another process has rotated meanwhile is used without a request", async () => {
  await withSession({}, [], async ({ tokens, store }) => {
    const mine = tokens();
    await store.saveSession({ ...SESSION, access: "theirs", refresh: "refresh-9" });
    assert.equal((await mine.refresh("access-1")).token, "theirs");
  });
});

Deno.test("after another process has signed out there is nothing to refresh", async () => {
  await withSession({}, [], async ({ tokens, store }) => {
    await store.clearSession(HOST);
    await failing(tokens().refresh("access-1"), "session_expired");
  });
});

for (const status of [400, 401, 403]) {
  Deno.test(`a refresh refused with ${status} clears the tokens and asks for a new login`, async () => {
    const stub = refreshStub({ status, json: errorEnvelope(status, "unauthorized") });
    await withSession({}, [stub], async ({ tokens, store, platform }) => {
      const error = await failing(tokens().refresh("access-1"), "session_expired");
      assert.equal(error.message, "Session expired. Run `tracker auth login`.");
      assert.equal(await store.session(HOST), null);
      const file = await platform.files.readText(`${platform.home}/.spec-kitty/credentials`) ?? "";
      assert.doesNotMatch(file, /access-1|refresh-1/);
      await failing(tokens().accessToken(), "missing_auth");
    });
  });
}

for (
  const [name, reply, code] of [
    ["a network failure", { fail: "connection refused" }, "network_error"],
    ["a silent host", { hang: true }, "network_timeout"],
    ["a 503", { status: 503, json: errorEnvelope(503, "unavailable") }, "unavailable"],
    ["an HTML page", { status: 200, text: "<html>" }, "invalid_response"],
    ["a redirect", { status: 302, headers: { location: "/" } }, "redirect_refused"],
  ] satisfies [string, Reply, string][]
) {
  Deno.test(`${name} while refreshing keeps the tokens`, async () => {
    await withSession({}, [refreshStub(reply)], async ({ tokens, store }) => {
      await failing(tokens().refresh("access-1"), code);
      assert.deepEqual(await store.session(HOST), SESSION);
    });
  });
}

for (const status of [400, 403]) {
  Deno.test(`a page of a proxy with ${status} is no refusal of the host's, and keeps the tokens`, async () => {
    const stub = refreshStub({ status, text: "<html>Blocked</html>" });
    await withSession({}, [stub], async ({ tokens, store }) => {
      await failing(tokens().refresh("access-1"), `http_${status}`);
      assert.deepEqual(await store.session(HOST), SESSION);
    });
  });
}

Deno.test("an answer with an access token alone renews it and keeps the refresh token and its time", async () => {
  for (const refresh of [undefined, null, ""]) {
    const json = { access: "access-2", access_lifetime: 60, refresh };
    await withSession({}, [refreshStub({ status: 200, json })], async ({ tokens, store }) => {
      assert.equal((await tokens().refresh("access-1")).token, "access-2");
      const saved = await store.session(HOST);
      assert.equal(saved?.access, "access-2");
      assert.equal(saved?.refresh, "refresh-1");
      assert.equal(saved?.refreshExpiresAt, SESSION.refreshExpiresAt);
    });
  }
});

Deno.test("a team that no request can carry costs no session: the one that is known stays", async () => {
  const json = { ...ROTATED, team_slug: "co\ud800re" };
  await withSession({}, [refreshStub({ status: 200, json })], async ({ tokens, store }) => {
    assert.equal((await tokens().refresh("access-1")).teamSlug, "core");
    assert.equal((await store.session(HOST))?.teamSlug, "core");
  });
});

for (const access of ["line\nbreak", "gr\u00fcn", "\ud800", "two words", "\u0007"]) {
  Deno.test(`a renewed token ${JSON.stringify(access)} is a fault of the host's, and never saved`, async () => {
    const json = { ...ROTATED, access };
    await withSession({}, [refreshStub({ status: 200, json })], async ({ tokens, store }) => {
      const error = await failing(tokens().refresh("access-1"), "invalid_response");
      assert.match(error.message, /"refresh".*`access` holds characters that no request can carry/);
      assert.equal((await store.session(HOST))?.access, "access-1");
    });
  });
}
