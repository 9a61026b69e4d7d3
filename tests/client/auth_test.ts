import assert from "node:assert/strict";
import {
  loginWithDevice,
  loginWithPassword,
  loginWithToken,
  me,
  rememberHost,
} from "../../src/client/auth.ts";
import type { Session } from "../../src/user/credentials.ts";
import { getSetting } from "../../src/user/settings.ts";
import { TEST_START } from "../support/clock.ts";
import type { Stub } from "../support/fetch.ts";
import {
  DEVICE,
  deviceLogin,
  deviceStub,
  GRANTED,
  ME,
  meStub,
  polls,
  TWO_TEAMS,
  withLogin,
} from "./auth_support.ts";
import { failing, HOST, rotatingTokens } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { openHost } from "../../src/client/open_host.ts";

Deno.test("the device flow shows code and address, polls by the interval and saves the session", async () => {
  const network = [
    deviceStub(),
    ...polls("authorization_pending", "authorization_pending", GRANTED),
    meStub(),
  ];
  await withLogin(network, async ({ options, platform, store }) => {
    const shown: string[] = [];
    const session = await loginWithDevice({
      ...options,
      onCode: ({ user_code, verification_uri }) => void shown.push(user_code, verification_uri),
    });
    assert.deepEqual(shown, ["WDJB-MJHT", `${HOST}/activate`]);
    assert.deepEqual(platform.clock.sleeps, [5_000, 5_000, 5_000]);
    assert.deepEqual(session, {
      host: HOST,
      access: "access-1",
      refresh: "refresh-1",
      accessExpiresAt: TEST_START + 15_000 + 900_000,
      refreshExpiresAt: TEST_START + 15_000 + 604_800_000,
      username: "ada@example.org",
      teamSlug: "core",
    });
    assert.deepEqual(await store.session(HOST), session);
    assert.equal(
      platform.network.requests[0]?.body,
      "client_id=cli_native&scope=offline_access",
    );
    assert.deepEqual(
      Object.fromEntries(new URLSearchParams(platform.network.requests[1]?.body)),
      {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: "dev-secret",
        client_id: "cli_native",
      },
    );
  });
});

Deno.test("slow_down adds 5 seconds to every wait from then on", async () => {
  const network = [
    deviceStub({ ...DEVICE, interval: 1, expires_in: 600 }),
    ...polls("authorization_pending", "slow_down", "authorization_pending", "slow_down", GRANTED),
    meStub(),
  ];
  await deviceLogin(network, async (run, { platform }) => {
    await run();
    assert.deepEqual(platform.clock.sleeps, [1_000, 1_000, 6_000, 6_000, 11_000]);
  });
});

Deno.test("a host that names no interval is polled every 5 seconds", async () => {
  const { interval: _, ...withoutInterval } = DEVICE;
  await deviceLogin([deviceStub(withoutInterval), ...polls(GRANTED), meStub()], async (run, m) => {
    await run();
    assert.deepEqual(m.platform.clock.sleeps, [5_000]);
  });
});

Deno.test("trouble with the connection makes polling slower, it does not end it", async () => {
  const network = [
    deviceStub({ ...DEVICE, expires_in: 600 }),
    ...polls(
      { fail: "connection refused" },
      { status: 503, text: "" },
      "authorization_pending",
      { status: 429, headers: { "retry-after": "40" }, text: "" },
      GRANTED,
    ),
    meStub(),
  ];
  await deviceLogin(network, async (run, { platform }) => {
    await run();
    assert.deepEqual(platform.clock.sleeps, [5_000, 10_000, 20_000, 5_000, 40_000]);
  });
});

Deno.test("the device flow ends when the code expires, by the clock or by the host's word", async () => {
  const pending = polls(...Array.from({ length: 11 }, () => "authorization_pending"));
  await deviceLogin([deviceStub(), ...pending], async (run, { platform, store }) => {
    const before = platform.clock.monotonic();
    await failing(run(), "device_code_expired");
    assert.equal(platform.clock.monotonic() - before, 60_000);
    assert.deepEqual(await store.sessions(), []);
  });
  await deviceLogin([deviceStub(), ...polls("expired_token")], async (run) => {
    const error = await failing(run(), "device_code_expired");
    assert.match(error.nextAction ?? "", /tracker auth login/);
  });
});

Deno.test("a sign-in refused in the browser is told as that", async () => {
  await deviceLogin([deviceStub(), ...polls("access_denied")], async (run, { store }) => {
    await failing(run(), "access_denied");
    assert.deepEqual(await store.sessions(), []);
  });
});

Deno.test("any other error of the token endpoint ends the device flow", async () => {
  await deviceLogin([deviceStub(), ...polls("invalid_grant")], async (run) => {
    await failing(run(), "invalid_grant");
  });
  await deviceLogin([deviceStub(), ...polls({ status: 403, text: "<html>" })], async (run) => {
    await failing(run(), "http_403");
  });
});

Deno.test("an interrupted device flow ends with exit code 130 and writes nothing", async () => {
  const network = [deviceStub(), ...polls("authorization_pending")];
  await withLogin(network, async ({ options, store, platform }) => {
    const { signal } = platform.clock.deadline(7_000);
    const login = loginWithDevice({ ...options, signal, onCode: () => {} });
    assert.equal((await failing(login, "interrupted")).exitCode, 130);
    assert.deepEqual(await store.sessions(), []);
  });
});

Deno.test("a login by password saves the session with the team the host names", async () => {
  const json = { access: "access-1", refresh: "refresh-1", team_slug: "core", access_lifetime: 60 };
  const network: Stub[] = [{
    request: "POST /api/v1/token/",
    body: { username: "ada", password: "pw" },
    reply: { status: 200, json },
  }];
  await withLogin(network, async ({ options, store }) => {
    await loginWithPassword({ ...options, username: "ada", password: "pw" });
    assert.deepEqual(await store.session(HOST), {
      host: HOST,
      access: "access-1",
      refresh: "refresh-1",
      accessExpiresAt: TEST_START + 60_000,
      refreshExpiresAt: TEST_START + 604_800_000,
      username: "ada",
      teamSlug: "core",
    });
  });
});

const TOKENS: Stub = {
  request: "POST /api/v1/token/",
  reply: { status: 200, json: { access: "access-1", refresh: "refresh-1" } },
};

Deno.test("a host that names no team is asked who the user is; the only team is taken", async () => {
  await withLogin([TOKENS, meStub()], async ({ options }) => {
    const session = await loginWithPassword({ ...options, username: "ada", password: "pw" });
    assert.equal(session.teamSlug, "core");
    assert.equal(session.username, "ada");
  });
});

Deno.test("of several teams the given one is taken, else the caller is asked, else the login fails", async () => {
  const network = [TOKENS, meStub({ status: 200, json: TWO_TEAMS })];
  const login = { username: "ada", password: "pw" };
  await withLogin(network, async ({ options }) => {
    assert.equal((await loginWithPassword({ ...options, ...login, team: "ops" })).teamSlug, "ops");
  });
  await withLogin(network, async ({ options }) => {
    const chooseTeam = () => Promise.resolve("core");
    const session = await loginWithPassword({ ...options, ...login, chooseTeam });
    assert.equal(session.teamSlug, "core");
  });
  await withLogin(network, async ({ options, store }) => {
    const error = await failing(loginWithPassword({ ...options, ...login }), "team_required");
    assert.match(error.nextAction ?? "", /"core", "ops"/);
    assert.deepEqual(await store.sessions(), []);
  });
  await withLogin(network, async ({ options }) => {
    const work = loginWithPassword({ ...options, ...login, team: "x" });
    assert.match((await failing(work, "team_required")).message, /"x"/);
  });
});

Deno.test("a user without a team has a session without one", async () => {
  const none = { status: 200, json: { ...ME, teams: [] } };
  await withLogin([TOKENS, meStub(none)], async ({ options }) => {
    const session = await loginWithPassword({ ...options, username: "ada", password: "pw" });
    assert.equal(session.teamSlug, null);
  });
});

Deno.test("wrong credentials are told as that, and write nothing", async () => {
  const network: Stub[] = [{
    request: "POST /api/v1/token/",
    reply: { status: 401, json: errorEnvelope(401, "unauthorized") },
  }];
  await withLogin(network, async ({ options, store, platform }) => {
    const work = loginWithPassword({ ...options, username: "ada", password: "hunter2" });
    const error = await failing(work, "wrong_credentials");
    assert.doesNotMatch(JSON.stringify(error) + error.message, /hunter2/);
    assert.deepEqual(await store.sessions(), []);
    assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty`), null);
  });
});

Deno.test("a login with a token at hand is proved by the host first", async () => {
  await withLogin([meStub(undefined, "bare")], async ({ options, store }) => {
    await loginWithToken({ ...options, token: " bare\n" });
    assert.deepEqual(await store.session(HOST), {
      host: HOST,
      access: "bare",
      refresh: null,
      accessExpiresAt: null,
      refreshExpiresAt: null,
      username: "ada@example.org",
      teamSlug: "core",
    });
  });
  await withLogin([meStub(undefined, "a")], async ({ options }) => {
    const token = '{"access": "a", "refresh": "r"}';
    assert.equal((await loginWithToken({ ...options, token })).refresh, "r");
  });
  await withLogin([meStub({ status: 401, json: {} }, "bad")], async ({ options, store }) => {
    await failing(loginWithToken({ ...options, token: "bad" }), "token_refused");
    assert.deepEqual(await store.sessions(), []);
  });
});

Deno.test("a login with the token of a machine keeps when the host says that it expires", async () => {
  const expires = { ...ME, token_expires_at: "2026-06-01T00:00:00Z" };
  await withLogin([meStub({ status: 200, json: expires }, "trk_1")], async ({ options, store }) => {
    await loginWithToken({ ...options, token: "trk_1" });
    const session = await store.session(HOST);
    assert.deepEqual(
      [session?.refresh, session?.accessExpiresAt, session?.refreshExpiresAt],
      [null, Date.parse("2026-06-01T00:00:00Z"), null],
    );
  });
});

Deno.test("what cannot be a token is wrong usage before any request, and is not shown", async () => {
  await withLogin([], async ({ options }) => {
    for (
      const token of ["", " \n", "two words", "s3cret\u0007", '{"refresh": "s3cret"}', "{s3cret"]
    ) {
      const error = await failing(loginWithToken({ ...options, token }), "usage");
      assert.equal(error.exitCode, 2);
      assert.doesNotMatch(error.message, /s3cret/);
    }
  });
});

Deno.test("a user without an email goes by name", async () => {
  const nameless = { status: 200, json: { ...ME, email: "" } };
  await withLogin([meStub(nameless, "bare")], async ({ options }) => {
    assert.equal((await loginWithToken({ ...options, token: "bare" })).username, "Ada");
  });
});

Deno.test("who is signed in is asked of the host", async () => {
  await withLogin([meStub(undefined, "t1")], async ({ options }) => {
    assert.deepEqual(await me({ ...options, tokens: rotatingTokens() }), { ...ME, user_id: "7" });
  });
});

Deno.test("login with a host makes it the configured one, in canonical form", async () => {
  await withLogin([], async ({ platform }) => {
    assert.equal(
      await rememberHost(await openHost({ platform, baseUrl: "https://X.example/" })),
      "https://x.example",
    );
    assert.equal((await getSetting(platform, "sync.server_url")).value, "https://x.example");
  });
});

Deno.test("a login that breaks off after any request leaves the old session", async () => {
  const steps = [deviceStub(), ...polls(GRANTED), meStub()];
  for (let done = 0; done < steps.length; done++) {
    const broken = steps.slice(0, done + 1).map((stub, index): Stub =>
      index === done ? { ...stub, reply: { status: 302, headers: { location: "/" } } } : stub
    );
    await deviceLogin(broken, async (run, { store }) => {
      const old: Session = {
        host: "https://old.example",
        access: "old",
        refresh: null,
        accessExpiresAt: null,
        refreshExpiresAt: null,
        username: null,
        teamSlug: null,
      };
      await store.saveSession(old);
      await failing(run(), "redirect_refused");
      assert.deepEqual(await store.sessions(), [old]);
    });
  }
});
