/** What admins and members learn of people who are in other teams, and at what cost people are listed. */
import assert from "node:assert/strict";
import {
  type Actor,
  addUser,
  COMMAND_LINE,
  createMachineToken,
  endSessions,
  listSessions,
  listUsers,
  removeUser,
  setPassword,
  setRole,
} from "../../src/server/mod.ts";
import { issueTokens } from "../../src/server/accounts/tokens.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { addMember, findTeam } from "../../src/server/store/teams.ts";
import { type StoredUser, userByName } from "../../src/server/store/users.ts";
import { watchStatements } from "./statements.ts";
import { type TestHost, withHost } from "./support.ts";

const PASSWORD = "long enough for all";

/** Runs `test` with Ada and Mo, an admin and a member of one team, and Sam, the admin of another. */
function withTeams(
  test: (
    host: TestHost,
    people: { readonly ada: Actor; readonly mo: Actor; readonly sam: Actor },
  ) => Promise<void>,
): Promise<void> {
  return withHost(async (host) => {
    const { context } = host;
    const added = async (username: string, team: string) =>
      userActor(await addUser(context, COMMAND_LINE, { username, password: PASSWORD, team }));
    await test(host, {
      ada: await added("ada", "red"),
      mo: await added("mo", "red"),
      sam: await added("sam", "blue"),
    });
  });
}

async function teamId({ store }: HostContext, slug: string): Promise<string> {
  return (await findTeam(store, slug))?.id ?? "";
}

async function stored({ store }: HostContext, username: string): Promise<StoredUser> {
  const found = await userByName(store, username);
  assert.ok(found !== null);
  return found;
}

/** Returns how a call was refused, with `NAME` for the name that it was made with. */
async function refusal(call: () => Promise<unknown>, username: string): Promise<string> {
  return await call().then(
    () => "done",
    (error) =>
      JSON.stringify([error.code, error.message, error.details]).replaceAll(username, "NAME"),
  );
}

Deno.test("to an admin, a person of other teams is as one who is not there, whatever is asked", () =>
  withTeams(async ({ context }, { sam }) => {
    const blue = await teamId(context, "blue");
    const calls: readonly ((username: string) => Promise<unknown>)[] = [
      (username) => setRole(context, sam, username, "member"),
      (username) => setRole(context, sam, username, "member", "red"),
      (username) => removeUser(context, sam, username),
      (username) => removeUser(context, sam, username, "red"),
      (username) => removeUser(context, sam, username, "blue"),
      (username) => setPassword(context, sam, username, "quite another one"),
      (username) => setPassword(context, sam, username, username),
      (username) => endSessions(context, sam, username),
      (username) => endSessions(context, sam, username, "fam_1"),
      (username) => listSessions(context, sam, { teamId: blue, username }),
      (username) => createMachineToken(context, sam, { username, name: "ci", lifetimeMs: null }),
      (username) =>
        createMachineToken(context, sam, { username, name: "ci", lifetimeMs: null, team: "red" }),
    ];
    for (const [index, call] of calls.entries()) {
      const there = await refusal(() => call("mo"), "mo");
      assert.equal(there, await refusal(() => call("nobody"), "nobody"), `call ${index}`);
      assert.match(there, /^\["user_not_found"/, `call ${index}`);
    }
  }));

Deno.test("an admin is told of no team of a person but those that both are in", () =>
  withTeams(async ({ context }, { sam }) => {
    const mo = await stored(context, "mo");
    await addUser(context, COMMAND_LINE, { username: "eve", password: PASSWORD, team: "green" });
    for (const slug of ["blue", "green"]) {
      const id = await teamId(context, slug);
      await context.store.transaction((tx) => addMember(tx, id, mo.user.id, "member"));
    }
    for (const slug of ["red", "green", "none"]) {
      const refused = {
        code: "not_in_team",
        message: `The user "mo" is not in the team "${slug}"`,
      };
      await assert.rejects(setRole(context, sam, "mo", "admin", slug), refused);
      await assert.rejects(removeUser(context, sam, "mo", slug), refused);
    }
    assert.equal(await setRole(context, sam, "mo", "admin"), "blue");
    const everything = () => setRole(context, COMMAND_LINE, "mo", "admin");
    await assert.rejects(everything, { code: "several_teams" });
  }));

Deno.test("a password is judged for those alone who may set it", () =>
  withTeams(async ({ context }, { ada, mo, sam }) => {
    const refused = (code: string) => ({ code });
    await assert.rejects(setPassword(context, sam, "mo", "short"), refused("user_not_found"));
    await assert.rejects(setPassword(context, mo, "ada", "short"), refused("admin_only"));
    await assert.rejects(setPassword(context, ada, "mo", "short"), refused("weak_password"));
    const fresh = { username: "fresh", password: "short", team: "red" };
    await assert.rejects(addUser(context, sam, fresh), refused("admin_only"));
    await assert.rejects(addUser(context, mo, fresh), refused("admin_only"));
    await assert.rejects(addUser(context, ada, fresh), refused("weak_password"));
  }));

Deno.test("users and sessions of a team are read with as many statements, however many there are", () =>
  withTeams(async ({ context, store }, { ada }) => {
    const red = await teamId(context, "red");
    const statements = async () => {
      let count = 0;
      // The worker of the host looks for jobs meanwhile.
      const stop = watchStatements(
        store,
        (sql) => void (/\b(jobs|operations)\b/.test(sql) || count++),
      );
      const users = await listUsers(context, ada, red);
      const sessions = await listSessions(context, ada, { teamId: red });
      stop();
      return { count, users: users.length, sessions: sessions.length };
    };
    const few = await statements();
    for (let n = 0; n < 5; n++) {
      const username = `user${n}`;
      await addUser(context, COMMAND_LINE, { username, password: PASSWORD, team: "red" });
      await issueTokens(context, await stored(context, username), "password");
    }
    assert.deepEqual(few, { count: few.count, users: 2, sessions: 0 });
    assert.deepEqual(await statements(), { count: few.count, users: 7, sessions: 5 });
  }));
