import assert from "node:assert/strict";
import {
  type Actor,
  addUser,
  COMMAND_LINE,
  type CreatedMachineToken,
  createMachineToken,
  DEMO,
  type HostContext,
  listMachineTokens,
  removeUser,
  revokeMachineToken,
  setPassword,
} from "../../src/server/mod.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { addMember, findTeam, insertTeam } from "../../src/server/store/teams.ts";
import { removeMember, userByName } from "../../src/server/store/users.ts";
import { anEvent } from "./event.ts";
import type { Answered, HeaderMap, TestHost } from "./support.ts";
import { withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };
const HOUR = 60 * 60_000;

async function withToken(
  test: (host: TestHost, made: CreatedMachineToken) => Promise<void>,
): Promise<void> {
  await withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, EVE);
    const wanted = { username: EVE.username, name: "ci", lifetimeMs: HOUR };
    await test(host, await createMachineToken(host.context, COMMAND_LINE, wanted));
  });
}

async function actorNamed(context: HostContext, username: string): Promise<Actor> {
  const found = await userByName(context.store, username);
  assert.ok(found !== null);
  return userActor(found.user);
}

/** Asks with a token and without any team. */
async function ask(
  { call }: TestHost,
  token: string,
  headers: HeaderMap = {},
  path = "/api/v1/me",
): Promise<Answered> {
  const own = { authorization: `Bearer ${token}`, "x-team-slug": null };
  return await call("GET", path, undefined, { ...own, ...headers });
}

const STATUS = "/api/v1/tracker/resources/?provider=linear";

Deno.test("a machine token works without a team named, in its own team and in its user's name", () =>
  withToken(async (host, { token, team }) => {
    assert.match(token, /^trk_[0-9a-f]{64}$/);
    assert.equal(team, "acme");
    const me = await ask(host, token);
    assert.deepEqual([me.status, me.at("username"), me.at("session_id")], [
      200,
      EVE.username,
      null,
    ]);
    assert.deepEqual([me.list("teams").length, me.at("teams.0.id")], [1, "acme"]);
    assert.equal(me.at("machine_token.name"), "ci");
    assert.equal((await ask(host, token, {}, STATUS)).status, 200);
    assert.equal((await ask(host, token, { "x-team-slug": "acme" }, STATUS)).status, 200);
  }));

Deno.test("a machine token is stored as a hash alone", () =>
  withToken(async ({ store }, { token }) => {
    const rows = JSON.stringify(await store.all("SELECT * FROM machine_tokens"));
    assert.match(rows, /"ci"/);
    assert.ok(!rows.includes(token.slice(4)));
  }));

Deno.test("a machine token reaches no other team of its user", () =>
  withToken(async (host, { token }) => {
    const { context } = host;
    const eve = await userByName(context.store, EVE.username);
    await context.store.transaction(async (tx) => {
      await insertTeam(tx, { id: "team_z", slug: "zebra" });
      await addMember(tx, "team_z", eve?.user.id ?? "", "admin");
    });
    assert.equal((await ask(host, token)).list("teams").length, 1);
    const other = await ask(host, token, { "x-team-slug": "zebra" }, STATUS);
    assert.deepEqual([other.status, other.at("error_code"), other.at("message")], [
      403,
      "no_installation",
      'The machine token "ci" is for the team "acme", not for "zebra"',
    ]);
    const sent = await host.call(
      "POST",
      "/api/v1/events/batch/",
      { events: [anEvent(1, { team_slug: "zebra" })] },
      { authorization: `Bearer ${token}`, "x-team-slug": null },
    );
    assert.equal(sent.at("results.0.status"), "success");
    const kept = await context.store.all("SELECT team_id FROM events");
    assert.deepEqual(kept.map((row) => row["team_id"]), [
      (await findTeam(context.store, "acme"))?.id,
    ]);
  }));

for (
  const [what, message, end] of [
    [
      "it has expired",
      /^The machine token "ci" expired on \d{4}-\d\d-\d\d$/,
      ({ platform }: TestHost) => platform.clock.advance(HOUR),
    ],
    [
      "it is revoked",
      /^The machine token "ci" was revoked on \d{4}-\d\d-\d\d$/,
      ({ context }: TestHost, id: string) => revokeMachineToken(context, COMMAND_LINE, id),
    ],
    [
      "its user is removed",
      /^The user of the machine token "ci" is no longer in the team "acme"$/,
      ({ context }: TestHost) => removeUser(context, COMMAND_LINE, EVE.username),
    ],
    [
      "its user leaves the team",
      /^The user of the machine token "ci" is no longer in the team "acme"$/,
      async ({ context }: TestHost) => {
        const eve = await userByName(context.store, EVE.username);
        const { store } = context;
        const [row] = await store.all("SELECT team_id FROM machine_tokens");
        const team = String(row?.["team_id"]);
        await store.transaction((tx) => removeMember(tx, team, eve?.user.id ?? ""));
      },
    ],
  ] as const
) {
  Deno.test(`a machine token is refused with the reason once ${what}`, () =>
    withToken(async (host, { id, token }) => {
      assert.equal((await ask(host, token)).status, 200);
      await end(host, id);
      const refused = await ask(host, token);
      assert.deepEqual([refused.status, refused.at("error_code")], [401, "unauthorized"]);
      assert.match(refused.text("message"), message);
      const [listed] = await listMachineTokens(host.context, COMMAND_LINE, null);
      assert.notEqual(listed?.state, "active");
    }));
}

Deno.test("a machine token outlives a new password, which ends sessions only", () =>
  withToken(async (host, { token }) => {
    await setPassword(host.context, COMMAND_LINE, EVE.username, "quite another one");
    assert.equal((await ask(host, token)).status, 200);
  }));

Deno.test("those who hold a machine token cannot refresh or end it", () =>
  withToken(async (host, { token }) => {
    const refreshed = await host.call("POST", "/api/v1/token/refresh/", { refresh: token });
    assert.equal(refreshed.status, 401);
    const revoke = new Request("http://host/oauth/revoke", {
      method: "POST",
      body: new URLSearchParams({ token }),
    });
    const answer = await host.raw(revoke);
    assert.deepEqual([answer.status, await answer.json()], [400, {
      error: "unsupported_token_type",
    }]);
    const headers = { authorization: `Bearer ${token}` };
    const logout = new Request("http://host/api/v1/logout", { method: "POST", headers });
    assert.deepEqual(await (await host.raw(logout)).json(), { revoked: false });
    assert.equal((await ask(host, token)).status, 200);
  }));

Deno.test("an unknown token with the prefix is refused, and says nothing of others", () =>
  withToken(async (host, { token }) => {
    const refused = await ask(host, `${token.slice(0, -1)}x`);
    assert.deepEqual([refused.status, refused.at("message")], [
      401,
      "The machine token is unknown to this host",
    ]);
  }));

Deno.test("the use of a machine token is recorded once a minute", () =>
  withToken(async (host, { token }) => {
    const lastUse = async () =>
      (await listMachineTokens(host.context, COMMAND_LINE, null))[0]?.lastUsedAt ?? null;
    assert.equal(await lastUse(), null);
    await ask(host, token);
    const first = await lastUse();
    assert.notEqual(first, null);
    host.platform.clock.advance(59_999);
    await ask(host, token);
    assert.equal(await lastUse(), first);
    host.platform.clock.advance(1);
    await ask(host, token);
    assert.equal(Date.parse(await lastUse() ?? "") - Date.parse(first ?? ""), 60_000);
  }));

Deno.test("a member makes and sees tokens for themself alone, an admin for the team", () =>
  withToken(async ({ context }, { id }) => {
    const [eve, demo] = [
      await actorNamed(context, EVE.username),
      await actorNamed(context, DEMO.username),
    ];
    const forDemo = { username: DEMO.username, name: "bot", lifetimeMs: null };
    await assert.rejects(createMachineToken(context, eve, forDemo), { code: "admin_only" });
    const own = await createMachineToken(context, eve, { ...forDemo, username: EVE.username });
    const bot = await createMachineToken(context, demo, forDemo);
    const teamId = (await findTeam(context.store, "acme"))?.id ?? "";
    const ids = async (actor: Actor) =>
      (await listMachineTokens(context, actor, teamId)).map((token) => token.id).sort();
    assert.deepEqual(await ids(eve), [id, own.id].sort());
    assert.deepEqual(await ids(demo), [id, own.id, bot.id].sort());
    await assert.rejects(revokeMachineToken(context, eve, bot.id), { code: "admin_only" });
    assert.deepEqual(await revokeMachineToken(context, eve, own.id), {
      name: "bot",
      username: EVE.username,
    });
    await assert.rejects(revokeMachineToken(context, eve, "mtk_1"), { code: "token_not_found" });
  }));

Deno.test("a token has a name that can be shown", () =>
  withToken(async ({ context }) => {
    for (const name of ["", "  ", "a\u0007b", "a\u202eb", "x".repeat(101)]) {
      const wanted = { username: EVE.username, name, lifetimeMs: null };
      await assert.rejects(createMachineToken(context, COMMAND_LINE, wanted), {
        code: "invalid_token_name",
      });
    }
  }));
