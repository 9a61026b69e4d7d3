import assert from "node:assert/strict";
import {
  addUser,
  COMMAND_LINE,
  createMachineToken,
  deleteMapping,
  DEMO,
  disableMapping,
  enableMapping,
  endSessions,
  importIssues,
  readAudit,
  removeIssueFromHost,
  removeUser,
  revokeMachineToken,
  setPassword,
  setRole,
} from "../../src/server/mod.ts";
import { AUDIT_KEPT_MS, tidy } from "../../src/server/jobs/cleanup.ts";
import { audit } from "../../src/server/context/audit.ts";
import { inTransaction } from "../../src/server/context/host_context.ts";
import { userActor } from "../../src/server/model/actor.ts";
import { findTeam } from "../../src/server/store/teams.ts";
import { userByName } from "../../src/server/store/users.ts";
import { bead } from "./import_records.ts";
import { withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };
const ALL = { teamId: null, limit: 100 };

Deno.test("everything an administrator does is recorded with its words, newest first, and no secret", () =>
  withHost(async (host) => {
    const { context } = host;
    const ref = await host.bind("linear", "Engineering (ENG)");
    await addUser(context, COMMAND_LINE, EVE);
    const eve = await userByName(context.store, EVE.username);
    assert.ok(eve !== null);
    await setRole(context, COMMAND_LINE, EVE.username, "admin");
    const actor = userActor(eve.user);
    await setPassword(context, actor, EVE.username, "another of eve's");
    await endSessions(context, actor, EVE.username);
    const forCi = { username: EVE.username, name: "ci", lifetimeMs: null };
    const { id, token } = await createMachineToken(context, actor, forCi);
    await revokeMachineToken(context, actor, id);
    await disableMapping(context, actor, ref);
    await enableMapping(context, actor, ref);
    await deleteMapping(context, actor, ref);
    await removeIssueFromHost(context, actor, { key: "ENG-1", resource: "Engineering (ENG)" });
    const records = JSON.stringify([bead("bd-1")]);
    await importIssues(context, records, { label: "beads", actor, team: "acme" });
    await setRole(context, actor, DEMO.username, "admin");
    await removeUser(context, COMMAND_LINE, EVE.username);
    const entries = await readAudit(context, COMMAND_LINE, ALL);
    assert.deepEqual(
      entries.map(({ actor, action, target, team }) => [actor, action, target, team]),
      [
        ["command line", "user.remove", EVE.username, "acme"],
        [EVE.username, "user.role", DEMO.username, "acme"],
        [EVE.username, "import", "beads", "acme"],
        [EVE.username, "issue.remove", "ENG-1", "acme"],
        [EVE.username, "mapping.delete", ref, "acme"],
        [EVE.username, "mapping.enable", ref, "acme"],
        [EVE.username, "mapping.disable", ref, "acme"],
        [EVE.username, "token.revoke", "ci", "acme"],
        [EVE.username, "token.create", "ci", "acme"],
        [EVE.username, "user.revoke", EVE.username, "acme"],
        [EVE.username, "user.password", EVE.username, "acme"],
        ["command line", "user.role", EVE.username, "acme"],
        ["command line", "user.add", EVE.username, "acme"],
      ],
    );
    const stored = JSON.stringify(entries);
    for (const secret of [token, EVE.password, "another of eve's", DEMO.password + '"']) {
      assert.ok(!stored.includes(secret), secret);
    }
  }));

Deno.test("what was refused is not recorded", () =>
  withHost(async ({ context }) => {
    await addUser(context, COMMAND_LINE, EVE);
    const before = await readAudit(context, COMMAND_LINE, ALL);
    const eve = await userByName(context.store, EVE.username);
    assert.ok(eve !== null);
    await assert.rejects(setRole(context, userActor(eve.user), EVE.username, "admin"));
    await assert.rejects(removeUser(context, COMMAND_LINE, DEMO.username));
    await assert.rejects(addUser(context, COMMAND_LINE, EVE));
    assert.deepEqual(await readAudit(context, COMMAND_LINE, ALL), before);
  }));

Deno.test("the record is read by pages, by time and by who did it; a team sees its own and the host's", () =>
  withHost(async ({ context, platform }) => {
    await addUser(context, COMMAND_LINE, EVE);
    await addUser(context, COMMAND_LINE, { ...EVE, username: "sam", team: "others" });
    platform.clock.advance(1_000);
    const since = context.now();
    const deed = { actor: COMMAND_LINE, teamId: null, target: "host" };
    await inTransaction(context, (context) => audit(context, { ...deed, action: "key.rotate" }));
    const demo = await userByName(context.store, DEMO.username);
    assert.ok(demo !== null);
    await setRole(context, userActor(demo.user), EVE.username, "admin");
    const acme = await findTeam(context.store, "acme");
    const read = async (more: Partial<Parameters<typeof readAudit>[2]>) =>
      await readAudit(context, userActor(demo.user), { ...ALL, teamId: acme?.id ?? "", ...more });
    const actions = async (more: Partial<Parameters<typeof readAudit>[2]>) =>
      (await read(more)).map(({ action, target }) => `${action} ${target}`);
    const whole = [
      `user.role ${EVE.username}`,
      "key.rotate host",
      `user.add ${EVE.username}`,
    ];
    assert.deepEqual(await actions({}), whole);
    const [first] = await read({ limit: 1 });
    assert.deepEqual(await actions({ before: first?.id, limit: 2 }), whole.slice(1, 3));
    assert.deepEqual(await actions({ since }), whole.slice(0, 2));
    assert.deepEqual(await actions({ user: DEMO.username }), whole.slice(0, 1));
    assert.deepEqual(await actions({ user: "command line", since }), whole.slice(1, 2));
    assert.deepEqual(await actions({ action: "user.add" }), whole.slice(2, 3));
    assert.deepEqual(await actions({ action: "user.add", user: DEMO.username }), []);
  }));

Deno.test("the record is kept 400 days", () =>
  withHost(async ({ context, platform }) => {
    await addUser(context, COMMAND_LINE, EVE);
    platform.clock.advance(AUDIT_KEPT_MS - 1);
    await tidy(context);
    assert.equal((await readAudit(context, COMMAND_LINE, ALL)).length, 1);
    await addUser(context, COMMAND_LINE, { ...EVE, username: "sam" });
    platform.clock.advance(10 * 60_000);
    await tidy(context);
    const left = await readAudit(context, COMMAND_LINE, ALL);
    assert.deepEqual(left.map(({ target }) => target), ["sam"]);
  }));
