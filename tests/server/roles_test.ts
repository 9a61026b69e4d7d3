import assert from "node:assert/strict";
import {
  type Actor,
  addUser,
  COMMAND_LINE,
  DEMO,
  endSessions,
  listMappings,
  listSessions,
  listUsers,
  readAudit,
  removeUser,
  setPassword,
  setRole,
} from "../../src/server/mod.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { retryJob } from "../../src/server/jobs/retry.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { addMember, findTeam } from "../../src/server/store/teams.ts";
import { userByName } from "../../src/server/store/users.ts";
import { withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };
const SAM = { username: "sam@example.com", password: "a secret of sam", team: "others" };

async function actorNamed(context: HostContext, username: string): Promise<Actor> {
  const found = await userByName(context.store, username);
  assert.ok(found !== null);
  return userActor(found.user);
}

async function teamId(context: HostContext, slug: string): Promise<string> {
  const team = await findTeam(context.store, slug);
  assert.ok(team !== null);
  return team.id;
}

/** Runs `test` with the demo user as admin and Eve as member of one team, and Sam as admin of another. */
async function withPeople(
  test: (
    context: HostContext,
    people: { readonly demo: Actor; readonly eve: Actor; readonly sam: Actor },
  ) => Promise<void>,
): Promise<void> {
  await withHost(async ({ context }) => {
    await addUser(context, COMMAND_LINE, EVE);
    await addUser(context, COMMAND_LINE, SAM);
    await test(context, {
      demo: await actorNamed(context, DEMO.username),
      eve: await actorNamed(context, EVE.username),
      sam: await actorNamed(context, SAM.username),
    });
  });
}

Deno.test("a team's first user is its admin, the others are members unless they are made admins", () =>
  withHost(async (host) => {
    const { context } = host;
    const roles: string[] = [];
    for (const [index, role] of [undefined, undefined, "admin", "member"].entries()) {
      const user = { username: `user${index}`, password: "long enough 1", team: "fresh" };
      const chosen = role === "admin" || role === "member" ? { role } as const : {};
      roles.push((await addUser(context, COMMAND_LINE, { ...user, ...chosen })).role);
    }
    assert.deepEqual(roles, ["admin", "member", "admin", "member"]);
    const one = await host.as("user1", "long enough 1", "fresh");
    assert.equal((await one.call("GET", "/api/v1/me")).at("teams.0.role"), "member");
  }));

Deno.test("a team's first user cannot be a member only, and is not added then", () =>
  withHost(async ({ context }) => {
    const user = {
      username: "first",
      password: "long enough 1",
      team: "fresh",
      role: "member",
    } as const;
    await assert.rejects(addUser(context, COMMAND_LINE, user), { code: "last_admin" });
    assert.equal(await userByName(context.store, "first"), null);
    assert.equal(await findTeam(context.store, "fresh"), null);
  }));

Deno.test("the last admin of a team cannot be removed or made a member, until there is another", () =>
  withPeople(async (context) => {
    const last = {
      code: "last_admin",
      message: `"${DEMO.username}" is the only admin of the team "acme"`,
    };
    const demote = () => setRole(context, COMMAND_LINE, DEMO.username, "member");
    await assert.rejects(() => removeUser(context, COMMAND_LINE, DEMO.username), last);
    await assert.rejects(demote, last);
    assert.equal(await setRole(context, COMMAND_LINE, EVE.username, "admin"), "acme");
    await demote();
    const listed = await listUsers(context, COMMAND_LINE, null);
    assert.deepEqual(listed.map(({ username, roles }) => [username, roles]), [
      [DEMO.username, { acme: "member" }],
      [EVE.username, { acme: "admin" }],
      [SAM.username, { others: "admin" }],
    ]);
    await removeUser(context, COMMAND_LINE, DEMO.username);
    assert.equal(await userByName(context.store, DEMO.username), null);
  }));

Deno.test("a member changes nobody's account, and an admin nobody's of another team", () =>
  withPeople(async (context, { eve, sam }) => {
    for (
      const [actor, username, code] of [
        [eve, DEMO.username, "admin_only"],
        [sam, EVE.username, "user_not_found"],
      ] as const
    ) {
      const attempts = [
        () => setPassword(context, actor, username, "quite another one"),
        () => endSessions(context, actor, username),
        () => removeUser(context, actor, username),
      ];
      for (const attempt of attempts) await assert.rejects(attempt, { code }, username);
      const attempt = () => setRole(context, actor, username, "admin", "acme");
      await assert.rejects(attempt, { code });
      const added = { username: "new", password: "long enough 1", team: "acme" };
      await assert.rejects(addUser(context, actor, added), { code: "admin_only" });
    }
    const mine = { username: "new", password: "long enough 1", team: "others" };
    assert.equal((await addUser(context, sam, mine)).team, "others");
    const fresh = { username: "newer", password: "long enough 1", team: "fresh" };
    await assert.rejects(addUser(context, sam, fresh), { code: "admin_only" });
  }));

Deno.test("an admin sees the users and sessions of the own team, a member only themself", () =>
  withPeople(async (context, { demo, eve, sam }) => {
    const acme = await teamId(context, "acme");
    const names = async (actor: Actor) =>
      (await listUsers(context, actor, acme)).map(({ username }) => username);
    assert.deepEqual(await names(demo), [DEMO.username, EVE.username]);
    assert.deepEqual(await names(eve), [EVE.username]);
    await assert.rejects(() => names(sam), { code: "admin_only" });
    const all = await listUsers(context, demo, null);
    assert.deepEqual(all.map(({ username }) => username), [DEMO.username]);
    const owners = async (actor: Actor) =>
      (await listSessions(context, actor, { teamId: acme })).map(({ username }) => username);
    assert.deepEqual(await owners(demo), [DEMO.username]);
    assert.deepEqual(await owners(eve), []);
    await assert.rejects(
      listSessions(context, eve, { teamId: acme, username: DEMO.username }),
      { code: "admin_only" },
    );
    await assert.rejects(listMappings(context, sam, acme), { code: "admin_only" });
    assert.deepEqual(await listMappings(context, eve, acme), []);
  }));

Deno.test("an admin who was made a member may do no more what admins do", () =>
  withPeople(async (context, { demo }) => {
    const acme = await teamId(context, "acme");
    await setRole(context, demo, EVE.username, "admin");
    await setRole(context, demo, DEMO.username, "member");
    await assert.rejects(readAudit(context, demo, { teamId: acme, limit: 1 }), {
      code: "admin_only",
    });
    await assert.rejects(setRole(context, demo, DEMO.username, "admin"), { code: "admin_only" });
  }));

Deno.test("a user of two teams leaves one of them by its admin, and is nobody's alone", () =>
  withPeople(async (context, { sam, eve }) => {
    assert.ok(eve.kind === "user");
    const others = await teamId(context, "others");
    await context.store.transaction((tx) => addMember(tx, others, eve.id, "member"));
    const change = () => setPassword(context, sam, EVE.username, "quite another one");
    await assert.rejects(change, { code: "admin_only" });
    const role = () => setRole(context, COMMAND_LINE, EVE.username, "admin");
    await assert.rejects(role, { code: "several_teams" });
    await removeUser(context, sam, EVE.username, "others");
    const [listed] = (await listUsers(context, COMMAND_LINE, null))
      .filter(({ username }) => username === EVE.username);
    assert.deepEqual(listed?.teams, ["acme"]);
    const gone = () => removeUser(context, COMMAND_LINE, EVE.username, "others");
    await assert.rejects(gone, { code: "not_in_team" });
    await removeUser(context, COMMAND_LINE, EVE.username, "acme");
    assert.equal(await userByName(context.store, EVE.username), null);
  }));

Deno.test("work of the whole host, or of another team, is tried again by no admin of one team", () =>
  withPeople(async (context, { demo, sam }) => {
    const acme = await teamId(context, "acme");
    const failed = { hosts: null, ours: acme };
    for (const [id, team] of Object.entries(failed)) {
      await context.store.run(
        `INSERT INTO jobs (id, kind, key, team_id, state, run_at, attempt, error, created_at, ended_at)
         VALUES (?, 'none', ?, ?, 'failed', 1, 3, 'It broke', 1, ?)`,
        id,
        id,
        team,
        // What ended long ago is tidied away while the test looks.
        context.now(),
      );
    }
    await assert.rejects(retryJob(context, demo, "hosts"), { code: "admin_only" });
    await assert.rejects(retryJob(context, sam, "ours"), { code: "admin_only" });
    assert.equal(await retryJob(context, demo, "ours"), true);
    assert.equal(await retryJob(context, COMMAND_LINE, "hosts"), true);
  }));

Deno.test("one session of several is ended, the others continue", () =>
  withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, EVE);
    const one = await host.as(EVE.username, EVE.password, "acme");
    const other = await host.as(EVE.username, EVE.password, "acme");
    const { context } = host;
    const query = { teamId: null, username: EVE.username };
    const sessions = await listSessions(context, COMMAND_LINE, query);
    assert.deepEqual(sessions.map(({ openedBy }) => openedBy), ["password", "password"]);
    const [newest] = sessions;
    const eve = await actorNamed(context, EVE.username);
    assert.equal(await endSessions(context, eve, EVE.username, newest?.id), 1);
    assert.equal((await other.call("GET", "/api/v1/me")).status, 401);
    assert.equal((await one.call("GET", "/api/v1/me")).status, 200);
    const again = () => endSessions(context, eve, EVE.username, newest?.id);
    await assert.rejects(again, { code: "session_not_found" });
  }));

Deno.test("each way to sign in says how its session was opened", () =>
  withHost(async (host) => {
    const { context, call } = host;
    const form = new URLSearchParams({ client_id: "cli_native", scope: "offline_access" });
    const started = await call("POST", "/oauth/device", form);
    const fields = { ...DEMO, user_code: started.text("user_code"), decision: "approve" };
    await call("POST", "/device", new URLSearchParams(fields));
    const poll = new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: started.text("device_code"),
      client_id: "cli_native",
    });
    assert.equal((await call("POST", "/oauth/token", poll)).status, 200);
    const sessions = await listSessions(context, COMMAND_LINE, { teamId: null });
    assert.deepEqual(sessions.map(({ openedBy }) => openedBy), ["device", "password"]);
  }));

Deno.test("a call records the use of its session once a minute", () =>
  withHost(async ({ context, platform, call }) => {
    const lastUse = async () =>
      (await listSessions(context, COMMAND_LINE, { teamId: null }))[0]?.lastUsedAt;
    const begun = await lastUse();
    platform.clock.advance(59_999);
    await call("GET", "/api/v1/me");
    assert.equal(await lastUse(), begun);
    platform.clock.advance(1);
    await call("GET", "/api/v1/me");
    assert.equal(Date.parse(await lastUse() ?? "") - Date.parse(begun ?? ""), 60_000);
  }));
