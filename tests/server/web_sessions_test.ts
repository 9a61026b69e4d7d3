import assert from "node:assert/strict";
import {
  addUser,
  COMMAND_LINE,
  DEMO,
  endSessions,
  removeUser,
  setPassword,
} from "../../src/server/mod.ts";
import { CheckQueue } from "../../src/server/accounts/password_queue.ts";
import { hostLimits } from "../../src/server/accounts/host_limits.ts";
import type { SignInContext } from "../../src/server/accounts/sign_in.ts";
import {
  chooseTeam,
  endWebSession,
  findWebSession,
  isCsrf,
  signInToConsole,
  type StartedWebSession,
  WEB_SESSION_MS,
} from "../../src/server/accounts/web_sessions.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { tidy, TIDY_EVERY_MS } from "../../src/server/jobs/cleanup.ts";
import { addMember, insertTeam } from "../../src/server/store/teams.ts";
import {
  removeMember,
  teamsOf,
  userByName,
  usersWithSessions,
} from "../../src/server/store/users.ts";
import { type TestHost, withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };

function signIn(context: HostContext): SignInContext {
  return {
    context,
    checks: new CheckQueue({ running: 1, waiting: 10, perLane: 10 }),
    limits: hostLimits(context, null),
  };
}

async function started(context: HostContext, replacedCookie = ""): Promise<StartedWebSession> {
  const { username, password } = EVE;
  const attempt = { username, password, address: "here", replacedCookie };
  const session = await signInToConsole(signIn(context), attempt);
  assert.ok(session !== null);
  return session;
}

async function withEve(test: (host: TestHost) => Promise<void>): Promise<void> {
  await withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, EVE);
    await test(host);
  });
}

Deno.test("a browser is signed in by its cookie, with its user, team and role", () =>
  withEve(async ({ context }) => {
    const { cookie, csrf, team } = await started(context);
    assert.match(cookie, /^trw_[0-9a-f]{64}$/);
    const found = await findWebSession(context, cookie);
    assert.equal(found?.user.username, EVE.username);
    assert.deepEqual(found?.team, team);
    assert.deepEqual(found?.actor, { kind: "user", id: found?.user.id, name: EVE.username });
    assert.equal(found?.csrf, csrf);
    assert.equal(await findWebSession(context, `${cookie}0`), null);
  }));

Deno.test("a wrong password begins no session of a browser", () =>
  withEve(async ({ context }) => {
    const { cookie } = await started(context);
    const wrong = {
      username: EVE.username,
      password: "a secret of eve?",
      address: "here",
      replacedCookie: cookie,
    };
    assert.equal(await signInToConsole(signIn(context), wrong), null);
    assert.notEqual(await findWebSession(context, cookie), null);
  }));

Deno.test("a browser that signs in once more ends its earlier session, and no other", () =>
  withEve(async ({ context }) => {
    const elsewhere = await started(context);
    const first = await started(context);
    const second = await started(context, first.cookie);
    assert.equal(await findWebSession(context, first.cookie), null);
    assert.notEqual(await findWebSession(context, second.cookie), null);
    assert.notEqual(await findWebSession(context, elsewhere.cookie), null);
  }));

Deno.test("the cookie and what forms send along are not in the database", () =>
  withEve(async ({ context, store }) => {
    const { cookie, csrf } = await started(context);
    const stored = JSON.stringify([
      await store.all("SELECT * FROM web_sessions"),
      await store.all("SELECT * FROM token_families"),
    ]);
    assert.match(stored, /"console"/);
    assert.ok(!stored.includes(cookie) && !stored.includes(csrf));
  }));

Deno.test("a form of another session is not taken", () =>
  withEve(async ({ context }) => {
    const [one, other] = [await started(context), await started(context)];
    const session = await findWebSession(context, one.cookie);
    assert.ok(session !== null);
    assert.ok(isCsrf(session, one.csrf));
    for (const given of [other.csrf, "", one.cookie, one.csrf.slice(1)]) {
      assert.ok(!isCsrf(session, given), given);
    }
  }));

for (
  const [what, end] of [
    ["it is signed out", (context: HostContext, cookie: string) => endWebSession(context, cookie)],
    [
      "its user's sessions are ended",
      (context: HostContext) => endSessions(context, COMMAND_LINE, EVE.username),
    ],
    [
      "its user is removed",
      (context: HostContext) => removeUser(context, COMMAND_LINE, EVE.username),
    ],
    [
      "its user's password is changed",
      (context: HostContext) =>
        setPassword(context, COMMAND_LINE, EVE.username, "quite another one"),
    ],
    ["its user leaves the team", async (context: HostContext) => {
      const eve = await userByName(context.store, EVE.username);
      const [team] = await teamsOf(context.store, eve?.user.id ?? "");
      await context.store.transaction((tx) => removeMember(tx, team?.id ?? "", eve?.user.id ?? ""));
    }],
  ] as const
) {
  Deno.test(`a session of a browser ends once ${what}`, () =>
    withEve(async ({ context }) => {
      const { cookie } = await started(context);
      assert.notEqual(await findWebSession(context, cookie), null);
      await end(context, cookie);
      assert.equal(await findWebSession(context, cookie), null);
    }));
}

Deno.test("a session of a browser lasts a working day, and is then forgotten", () =>
  withEve(async ({ context, platform, store }) => {
    const { cookie } = await started(context);
    platform.clock.advance(WEB_SESSION_MS - 1);
    assert.notEqual(await findWebSession(context, cookie), null);
    platform.clock.advance(1);
    assert.equal(await findWebSession(context, cookie), null);
    platform.clock.advance(TIDY_EVERY_MS);
    await tidy(context);
    assert.deepEqual(await store.all("SELECT * FROM web_sessions"), []);
    const left = await store.all("SELECT id FROM token_families WHERE opened_by = 'console'");
    assert.deepEqual(left, []);
  }));

Deno.test("tidying up leaves a browser signed in", () =>
  withEve(async ({ context, platform }) => {
    const { cookie } = await started(context);
    platform.clock.advance(TIDY_EVERY_MS);
    await tidy(context);
    assert.notEqual(await findWebSession(context, cookie), null);
  }));

Deno.test("a user of several teams chooses one of them, and no other", () =>
  withEve(async ({ context }) => {
    const { cookie, user } = await started(context);
    await context.store.transaction(async (tx) => {
      await insertTeam(tx, { id: "team_z", slug: "zebra" });
      await insertTeam(tx, { id: "team_y", slug: "others" });
      await addMember(tx, "team_z", user.id, "admin");
    });
    assert.equal(await chooseTeam(context, cookie, "others"), false);
    assert.equal((await findWebSession(context, cookie))?.team.slug, DEMO.team);
    assert.equal(await chooseTeam(context, cookie, "zebra"), true);
    const found = await findWebSession(context, cookie);
    assert.deepEqual([found?.team.slug, found?.team.role], ["zebra", "admin"]);
  }));

Deno.test("the use of a session is recorded once a minute", () =>
  withEve(async ({ context, platform, store }) => {
    const { cookie } = await started(context);
    const lastUse = async () => {
      const rows = await usersWithSessions(store, { teamId: null, userId: null }, context.now());
      return rows.find(({ user }) => user.username === EVE.username)?.lastUsedAt;
    };
    const begun = await lastUse();
    platform.clock.advance(59_999);
    await findWebSession(context, cookie);
    assert.equal(await lastUse(), begun);
    platform.clock.advance(1);
    await findWebSession(context, cookie);
    assert.equal(await lastUse(), (begun ?? 0) + 60_000);
  }));
