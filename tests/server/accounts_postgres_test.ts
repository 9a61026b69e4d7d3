/** What accounts hold where transactions run at once. */
import assert from "node:assert/strict";
import {
  addUser,
  COMMAND_LINE,
  createMachineToken,
  endSessions,
  type HostContext,
  listMachineTokens,
  listSessions,
  listUsers,
  readAudit,
  removeUser,
  setPassword,
  setRole,
} from "../../src/server/mod.ts";
import { machineCaller, machineFacts } from "../../src/server/accounts/machine_tokens.ts";
import { issueTokens } from "../../src/server/accounts/tokens.ts";
import { sha256Hex } from "../../src/platform/random.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { hostContext } from "../../src/server/context/host_context.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { openPostgresStore } from "../../src/server/store/postgres.ts";
import { parsePostgresUrl } from "../../src/server/store/postgres_address.ts";
import { lockTeam } from "../../src/server/store/locks.ts";
import { addMember, adminIds, findTeam, setStoredRole } from "../../src/server/store/teams.ts";
import { type StoredUser, userByName } from "../../src/server/store/users.ts";
import { migratedDatabase, withDatabase } from "../support/postgres.ts";
import { watchStatements } from "./statements.ts";

const PASSWORD = "long enough for all";

/** Runs `test` with two hosts' contexts on one database that has two admins, `ada` and `bob`. */
async function withTwo(
  test: (one: HostContext, other: HostContext) => Promise<void>,
): Promise<void> {
  await withDatabase(migratedDatabase, async (url) => {
    const platform = systemPlatform();
    const address = parsePostgresUrl(url);
    const opened = async () =>
      hostContext(platform, await openPostgresStore(platform, address), "quick");
    const [one, other] = [await opened(), await opened()];
    try {
      for (const username of ["ada", "bob"]) {
        const user = { username, password: PASSWORD, team: "red", role: "admin" } as const;
        await addUser(one, COMMAND_LINE, user);
      }
      await test(one, other);
    } finally {
      await one.store.close();
      await other.store.close();
    }
  });
}

async function requireUser({ store }: HostContext, name: string): Promise<StoredUser> {
  const user = await userByName(store, name);
  assert.ok(user !== null);
  return user;
}

async function openSessions({ store }: HostContext): Promise<unknown[]> {
  return await store.all("SELECT id FROM token_families WHERE revoked_at IS NULL");
}

Deno.test("PostgreSQL: two admins who make each other members at once leave one admin", () =>
  withTwo(async (one, other) => {
    const team = await findTeam(one.store, "red");
    for (let round = 0; round < 10; round++) {
      await setRole(one, COMMAND_LINE, "ada", "admin");
      await setRole(one, COMMAND_LINE, "bob", "admin");
      const done = await Promise.allSettled([
        setRole(one, COMMAND_LINE, "ada", "member"),
        setRole(other, COMMAND_LINE, "bob", "member"),
      ]);
      assert.deepEqual(done.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      assert.equal((await adminIds(one.store, team?.id ?? "")).length, 1);
    }
  }));

Deno.test("PostgreSQL: an admin who is made a member at the same time gives nobody a role", () =>
  withTwo(async (one, other) => {
    const team = await findTeam(one.store, "red");
    const bob = await requireUser(one, "bob");
    const eve = { username: "eve", password: PASSWORD, team: "red", role: "admin" } as const;
    await addUser(one, COMMAND_LINE, eve);
    const waits = Promise.withResolvers<void>();
    const stop = watchStatements(one.store, (sql) => {
      if (sql.includes("FROM teams") && sql.includes("FOR NO KEY UPDATE")) waits.resolve();
    });
    const attempt = other.store.transaction(async (tx) => {
      await lockTeam(tx, team?.id ?? "");
      const attempt = setRole(one, userActor(bob.user), "ada", "member").then(
        () => "done",
        (error) => error.code,
      );
      await waits.promise;
      await setStoredRole(tx, team?.id ?? "", bob.user.id, "member");
      return { attempt };
    });
    assert.equal(await (await attempt).attempt, "admin_only");
    stop();
    const admins = (await adminIds(one.store, team?.id ?? "")).length;
    assert.equal(admins, 2);
  }));

Deno.test("PostgreSQL: a user whom two teams remove at once is in none, and gone", () =>
  withTwo(async (one, other) => {
    await addUser(one, COMMAND_LINE, { username: "eve", password: PASSWORD, team: "blue" });
    const blue = await findTeam(one.store, "blue");
    for (let round = 0; round < 5; round++) {
      const username = `sam${round}`;
      const sam = await addUser(one, COMMAND_LINE, { username, password: PASSWORD, team: "red" });
      await one.store.transaction((tx) => addMember(tx, blue?.id ?? "", sam.id, "member"));
      await Promise.all([
        removeUser(one, COMMAND_LINE, username, "red"),
        removeUser(other, COMMAND_LINE, username, "blue"),
      ]);
      assert.equal(await userByName(one.store, username), null, `round ${round}`);
    }
  }));

Deno.test("PostgreSQL: of one name that two hosts add at once there is one user", () =>
  withTwo(async (one, other) => {
    const eve = { username: "eve", password: PASSWORD, team: "blue" };
    const done = await Promise.allSettled([
      addUser(one, COMMAND_LINE, eve),
      addUser(other, COMMAND_LINE, eve),
    ]);
    assert.deepEqual(done.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const [failed] = done.filter((one) => one.status === "rejected");
    assert.equal(failed?.status === "rejected" && failed.reason.code, "user_exists");
    const listed = (await listUsers(one, COMMAND_LINE, null)).map(({ username }) => username);
    assert.deepEqual(listed, ["ada", "bob", "eve"]);
  }));

Deno.test("PostgreSQL: a session that begins while its user is removed is refused or ended", () =>
  withTwo(async (one, other) => {
    const ada = await requireUser(one, "ada");
    await Promise.all([removeUser(one, COMMAND_LINE, "ada"), issueTokens(other, ada, "password")]);
    assert.deepEqual(await openSessions(one), []);
  }));

Deno.test("PostgreSQL: no session of an old password outlives the change that comes at the same time", () =>
  withTwo(async (one, other) => {
    for (let round = 0; round < 10; round++) {
      const ada = await requireUser(one, "ada");
      await Promise.all([
        issueTokens(other, ada, "password"),
        setPassword(one, COMMAND_LINE, "ada", `another password ${round}`),
        issueTokens(one, ada, "console"),
      ]);
      assert.deepEqual(await openSessions(one), [], `round ${round}`);
    }
  }));

Deno.test("PostgreSQL: sessions, machine tokens and the record are read as on SQLite", () =>
  withTwo(async (one, other) => {
    await issueTokens(one, await requireUser(one, "ada"), "device");
    const [session] = await listSessions(other, COMMAND_LINE, { teamId: null });
    assert.deepEqual([session?.username, session?.openedBy], ["ada", "device"]);
    assert.equal(await endSessions(other, COMMAND_LINE, "ada", session?.id), 1);
    assert.equal(await setPassword(one, COMMAND_LINE, "ada", "quite another one"), 0);
    const wanted = { username: "ada", name: "ci", lifetimeMs: 60_000 };
    const { token } = await createMachineToken(one, COMMAND_LINE, wanted);
    const hash = await sha256Hex(token);
    const isGood = async () => {
      const facts = await machineFacts(other.store, hash);
      return facts !== null && machineCaller(facts, other.now()).ok;
    };
    assert.equal(await isGood(), true);
    await removeUser(one, COMMAND_LINE, "ada");
    assert.equal(await isGood(), false);
    const states = (await listMachineTokens(other, COMMAND_LINE, null)).map(({ state }) => state);
    assert.deepEqual(states, ["unusable"]);
    const team = await findTeam(one.store, "red");
    const query = { teamId: team?.id ?? "", limit: 3, user: "command line", since: 0 };
    const entries = await readAudit(other, COMMAND_LINE, query);
    assert.deepEqual(entries.map(({ action }) => action), [
      "user.remove",
      "token.create",
      "user.password",
    ]);
  }));
