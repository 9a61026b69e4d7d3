import assert from "node:assert/strict";
import { HostedClient } from "../../src/client/client.ts";
import { startProgram } from "../support/child.ts";
import { TEST_START } from "../support/clock.ts";
import type { Stub } from "../support/fetch.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { failing, HOST, hostOf, STATUS_REQUEST } from "./support.ts";
import { errorEnvelope } from "../support/answers.ts";
import { ME, meStub, TWO_TEAMS } from "./auth_support.ts";
import { refreshStub, ROTATED, withSession } from "./session_support.ts";

Deno.test("a refresh that is answered for a person, or too early, is no refusal and keeps the tokens", async () => {
  const forPerson = { code: "missing_user_link", message: "Link your account" };
  const person = refreshStub({ status: 401, json: forPerson });
  await withSession({}, [person], async ({ tokens, store }) => {
    const error = await failing(tokens().refresh("access-1"), "missing_user_link");
    assert.equal(error.message, "Link your account");
    assert.notEqual(await store.session(HOST), null);
  });
  const limited = refreshStub({
    status: 403,
    json: { message: "Slow down" },
    headers: { "retry-after": "3" },
  });
  const granted = refreshStub({ status: 200, json: ROTATED });
  await withSession({}, [limited, granted], async ({ tokens, platform }) => {
    assert.equal((await tokens().refresh("access-1")).token, "access-2");
    assert.deepEqual(platform.clock.sleeps, [3000]);
  });
});

Deno.test("a 429 while refreshing is waited out", async () => {
  const network = [
    refreshStub({ status: 429, headers: { "retry-after": "2" }, text: "" }),
    refreshStub({ status: 200, json: ROTATED }),
  ];
  await withSession({}, network, async ({ tokens, platform }) => {
    assert.equal((await tokens().refresh("access-1")).token, "access-2");
    assert.deepEqual(platform.clock.sleeps, [2_000]);
  });
});

Deno.test("a token with seconds to live outlasts a refresh that does not get through", async () => {
  const down = refreshStub({ fail: "connection refused" });
  await withSession({ accessExpiresAt: TEST_START + 20_000 }, [down], async ({ tokens }) => {
    assert.equal((await tokens().accessToken()).token, "access-1");
  });
  await withSession({ accessExpiresAt: TEST_START }, [down], async ({ tokens }) => {
    await failing(tokens().accessToken(), "network_error");
  });
});

Deno.test("TRACKER_TOKEN is used, never refreshed and never written; a refusal names the variable", async () => {
  const env = { TRACKER_TOKEN: "injected", TRACKER_TEAM: "ops", SPEC_KITTY_SAAS_URL: HOST };
  const network: Stub[] = [{
    request: STATUS_REQUEST,
    headers: { "authorization": "Bearer injected", "x-team-slug": "ops" },
    reply: { status: 401, json: {} },
  }];
  await withSession(null, network, async ({ tokens, platform }) => {
    const client = new HostedClient({ ...await hostOf(platform), tokens: tokens() });
    const error = await failing(client.status("linear", { binding_ref: "srm_1" }), "token_refused");
    assert.equal(error.message, "The tracker host refused the token in `TRACKER_TOKEN`");
    assert.match(
      error.nextAction ?? "",
      /^Ask those who run the host .* set `TRACKER_TOKEN` to it/,
    );
    assert.doesNotMatch(error.nextAction ?? "", /auth login/);
    assert.equal(await platform.files.stat(`${platform.home}/.spec-kitty`), null);
  }, { env });
});

Deno.test("TRACKER_TOKEN without TRACKER_TEAM: a host that needs a team is answered with the variable to set", async () => {
  const env = { TRACKER_TOKEN: "injected", SPEC_KITTY_SAAS_URL: HOST };
  const refused = (code: string): Stub => ({
    request: STATUS_REQUEST,
    headers: { "x-team-slug": null },
    reply: { status: 403, json: errorEnvelope(403, code) },
  });
  const network = [
    refused("no_installation"),
    meStub({ status: 200, json: TWO_TEAMS }, "injected"),
    refused("missing_user_link"),
  ];
  await withSession(null, network, async ({ tokens, platform }) => {
    const client = new HostedClient({ ...await hostOf(platform), tokens: tokens() });
    const status = () => client.status("linear", { binding_ref: "srm_1" });
    const error = await failing(status(), "missing_team");
    assert.equal(error.message, "The host says no_installation");
    assert.match(error.nextAction ?? "", /TRACKER_TEAM/);
    await failing(status(), "missing_user_link");
  }, { env });
});

Deno.test("TRACKER_TOKEN without TRACKER_TEAM: the only team of the token is found once, and named from then on", async () => {
  const env = { TRACKER_TOKEN: "injected", SPEC_KITTY_SAAS_URL: HOST };
  const status = (team: string | null, reply: Stub["reply"]): Stub => ({
    request: STATUS_REQUEST,
    headers: { "x-team-slug": team },
    reply,
  });
  const named = status("core", { status: 403, json: errorEnvelope(403, "missing_user_link") });
  const network = [
    status(null, { status: 403, json: errorEnvelope(403, "no_installation") }),
    meStub({ status: 200, json: ME }, "injected"),
    named,
    named,
  ];
  await withSession(null, network, async ({ tokens, platform }) => {
    const client = new HostedClient({ ...await hostOf(platform), tokens: tokens() });
    for (let call = 0; call < 2; call++) {
      await failing(client.status("linear", { binding_ref: "srm_1" }), "missing_user_link");
    }
  }, { env });
});

Deno.test("a token given at the login says why the host refuses it, and who makes a new one", async () => {
  const given = { refresh: null, refreshExpiresAt: null, accessExpiresAt: null };
  const json = { ...errorEnvelope(401, "unauthorized"), message: "The token expired on Monday." };
  const network: Stub[] = [{ request: STATUS_REQUEST, reply: { status: 401, json } }];
  await withSession(given, network, async ({ tokens, platform, store }) => {
    const client = new HostedClient({ ...await hostOf(platform), tokens: tokens() });
    const error = await failing(client.status("linear", { binding_ref: "srm_1" }), "token_refused");
    assert.equal(error.message, "The tracker host refused the token: The token expired on Monday");
    assert.match(error.nextAction ?? "", /^Ask those who run the host/);
    assert.equal((await store.session(HOST))?.access, "access-1");
  });
});

Deno.test("processes that refresh at once burn the rotated token once", async () => {
  let refreshes = 0;
  const allAsking = Promise.withResolvers<void>();
  const listener = await systemPlatform().serve(
    { hostname: "127.0.0.1", port: 0 },
    async (request) => {
      const { refresh }: { refresh: string } = await request.json();
      if (refresh !== `refresh-${refreshes + 1}`) return new Response("{}", { status: 401 });
      refreshes++;
      // The first answer is under way until all have asked.
      await allAsking.promise;
      return Response.json({
        access: `access-${refreshes + 1}`,
        refresh: `refresh-${refreshes + 1}`,
      });
    },
  );
  const host = `http://127.0.0.1:${listener.port}`;
  try {
    await withSession({ host }, [], async ({ platform, store }) => {
      const program = new URL("./programs/refresh_session.ts", import.meta.url);
      const children = [1, 2, 3].map(() => startProgram(program, [platform.home, host]));
      for (const child of children) assert.equal(await child.line(), "ready");
      for (const child of children) await child.send("go");
      for (const child of children) assert.equal(await child.line(), "asking");
      allAsking.resolve();
      const tokens = await Promise.all(children.map((child) => child.line()));
      for (const child of children) assert.equal(await child.end(), 0);
      assert.deepEqual(tokens, ["access-2", "access-2", "access-2"]);
      assert.equal(refreshes, 1);
      assert.equal((await store.session(host))?.refresh, "refresh-2");
    });
  } finally {
    await listener.shutdown();
  }
});
