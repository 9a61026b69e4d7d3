import assert from "node:assert/strict";
import { type HostKey, hostKey } from "../../src/server/context/host_key.ts";
import {
  listConnections,
  mapWords,
  pauseConnection,
  removeConnection,
  renameConnection,
  resumeConnection,
  showConnection,
} from "../../src/server/connections/admin.ts";
import { addConnection, type NewConnection } from "../../src/server/connections/connect.ts";
import { rotateKey } from "../../src/server/connections/rotate_key.ts";
import { type HostContext, inTransaction } from "../../src/server/context/host_context.ts";
import { COMMAND_LINE } from "../../src/server/model/actor.ts";
import { auditEntries } from "../../src/server/store/audit.ts";
import { allCredentials, insertConnection } from "../../src/server/store/connections.ts";
import { findInstallation } from "../../src/server/store/installations.ts";
import { hostSetting, setHostSettingOnce } from "../../src/server/store/settings.ts";
import { findTeam } from "../../src/server/store/teams.ts";
import { systemRandom } from "../../src/platform/random.ts";
import { TrackerError } from "../../src/platform/tracker_error.ts";
import { aConnection } from "../support/connections.ts";
import { withHost } from "./support.ts";

const GITHUB = { name: "github", teamId: null };

Deno.test("A connection is shown with what it brings, without its credential", () =>
  withConnection(async ({ context }) => {
    const [listed] = await listConnections(context, COMMAND_LINE, null);
    assert.equal(listed?.name, "github");
    assert.equal(listed?.team, "acme");
    assert.equal(listed?.resources, 1);
    const shown = await showConnection(context, COMMAND_LINE, GITHUB);
    assert.equal(shown.resourceList.length, 1);
    assert.doesNotMatch(JSON.stringify([listed, shown]), /ghp_secret|v1:/);
  }));

Deno.test("A connection is found by its id too, and a name that is none is said", () =>
  withConnection(async ({ context }) => {
    const { id } = await showConnection(context, COMMAND_LINE, GITHUB);
    assert.equal((await showConnection(context, COMMAND_LINE, { ...GITHUB, name: id })).id, id);
    await assert.rejects(
      showConnection(context, COMMAND_LINE, { ...GITHUB, name: "gitlab" }),
      has("connection_not_found"),
    );
    await assert.rejects(
      showConnection(context, COMMAND_LINE, { ...GITHUB, teamId: "team_other" }),
      has("connection_not_found"),
    );
  }));

Deno.test("A connection that is called as the id of another one does not stand in its way", () =>
  withConnection(async ({ context, add }) => {
    await add("github-2");
    const { id } = await showConnection(context, COMMAND_LINE, GITHUB);
    const other = await showConnection(context, COMMAND_LINE, { ...GITHUB, name: "github-2" });
    await renameConnection(context, COMMAND_LINE, { ...GITHUB, name: "github-2" }, id);
    assert.equal((await showConnection(context, COMMAND_LINE, { ...GITHUB, name: id })).id, id);
    const byId = await showConnection(context, COMMAND_LINE, { ...GITHUB, name: other.id });
    assert.equal(byId.name, id);
  }));

Deno.test("A pause and its end are recorded once each", () =>
  withConnection(async ({ context }) => {
    assert.equal(await pauseConnection(context, COMMAND_LINE, GITHUB), true);
    assert.equal(await pauseConnection(context, COMMAND_LINE, GITHUB), false);
    assert.notEqual((await showConnection(context, COMMAND_LINE, GITHUB)).pausedAt, null);
    assert.equal(await resumeConnection(context, COMMAND_LINE, GITHUB), true);
    assert.equal(await resumeConnection(context, COMMAND_LINE, GITHUB), false);
    assert.equal((await showConnection(context, COMMAND_LINE, GITHUB)).pausedAt, null);
    assert.deepEqual(await deeds(context), [
      ["connection.pause", "github"],
      ["connection.resume", "github"],
    ]);
  }));

Deno.test("A word means one status, and the first word of a status stays the first", () =>
  withConnection(async ({ context }) => {
    await mapWords(context, COMMAND_LINE, GITHUB, [
      { word: "Review", status: "in_review" },
      { word: "QA", status: "in_review" },
      { word: "Doing", status: "in_progress" },
    ]);
    await mapWords(context, COMMAND_LINE, GITHUB, [
      { word: "qa", status: "done" },
      { word: "doing", status: null },
    ]);
    const { statusWords } = await showConnection(context, COMMAND_LINE, GITHUB);
    assert.deepEqual(statusWords, { in_review: ["Review"], done: ["qa"] });
  }));

Deno.test("A name is unique in its team", () =>
  withConnection(async ({ context, add }) => {
    await add("github-2");
    await assert.rejects(
      renameConnection(context, COMMAND_LINE, GITHUB, "github-2"),
      has("connection_name_taken"),
    );
    await renameConnection(context, COMMAND_LINE, GITHUB, "ours");
    const names = (await listConnections(context, COMMAND_LINE, null)).map(({ name }) => name);
    assert.deepEqual(names, ["github-2", "ours"]);
  }));

Deno.test("A removed connection leaves its resources, and fails what waited for it", () =>
  withConnection(async ({ context, connectionId }) => {
    const { store } = context;
    const resource = await store.one("SELECT id FROM resources WHERE connection_id IS NOT NULL");
    await store.run(
      `INSERT INTO outbox (resource_id, connection_id, external_id, place, item, state, attempt, created_at)
       VALUES (?, ?, 'x', 0, '{}', 'waiting', 0, 1)`,
      String(resource?.["id"]),
      connectionId,
    );
    const removed = await removeConnection(context, COMMAND_LINE, GITHUB);
    assert.deepEqual(removed, { undelivered: 1, resources: 1 });
    assert.deepEqual(await listConnections(context, COMMAND_LINE, null), []);
    const left = await store.one(
      "SELECT connection_id FROM resources WHERE id = ?",
      String(resource?.["id"]),
    );
    assert.equal(left?.["connection_id"], null);
    const item = await store.one("SELECT state FROM outbox WHERE connection_id = ?", connectionId);
    assert.equal(item?.["state"], "failed");
    await assert.rejects(
      removeConnection(context, COMMAND_LINE, GITHUB),
      has("connection_not_found"),
    );
  }));

Deno.test("A member who is no admin may do none of it", () =>
  withConnection(async ({ context }) => {
    const member = { kind: "user", id: "usr_none", name: "someone" } as const;
    const named = { name: "github", teamId: (await findTeam(context.store))?.id ?? "" };
    for (
      const attempt of [
        () => listConnections(context, member, named.teamId),
        () => showConnection(context, member, named),
        () => pauseConnection(context, member, named),
        () => resumeConnection(context, member, named),
        () => removeConnection(context, member, named),
        () => renameConnection(context, member, named, "theirs"),
        () => mapWords(context, member, named, [{ word: "x", status: "done" }]),
      ]
    ) await assert.rejects(attempt(), has("admin_only"));
    assert.deepEqual(await deeds(context), []);
  }));

Deno.test("After a rotation only the new key reads the credentials", () =>
  withConnection(async ({ context, key, connectionId }) => {
    const next = await newKey();
    assert.equal(await rotateKey(context, COMMAND_LINE, { now: key, next }), 1);
    const [stored] = await allCredentials(context.store);
    assert.equal(await next.decrypt(connectionId, stored?.credential ?? ""), "ghp_secret");
    await assert.rejects(
      key.decrypt(connectionId, stored?.credential ?? ""),
      has("credential_unreadable"),
    );
    assert.equal(await hostSetting(context.store, "key_check"), next.check);
    assert.deepEqual(await deeds(context), [["key.rotate", "host"]]);
  }));

Deno.test("A rotation with a key that is not the host's changes nothing", () =>
  withConnection(async ({ context, key, connectionId }) => {
    await assert.rejects(
      rotateKey(context, COMMAND_LINE, { now: await newKey(), next: await newKey() }),
      has("credential_unreadable"),
    );
    const [stored] = await allCredentials(context.store);
    assert.equal(await key.decrypt(connectionId, stored?.credential ?? ""), "ghp_secret");
    assert.equal(await hostSetting(context.store, "key_check"), key.check);
  }));

Deno.test("Of two rotations at once one wins, and every credential is under its key", () =>
  withConnection(async ({ context, key, add }) => {
    for (let i = 2; i < 30; i++) await add(`github-${i}`);
    const keys = [await newKey(), await newKey()];
    const ends = await Promise.allSettled(
      keys.map((next) => rotateKey(context, COMMAND_LINE, { now: key, next })),
    );
    const won = keys[ends.findIndex(({ status }) => status === "fulfilled")];
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
    assert.equal(await hostSetting(context.store, "key_check"), won?.check);
    for (const { id, credential } of await allCredentials(context.store)) {
      assert.equal(await won?.decrypt(id, credential), "ghp_secret");
    }
  }));

Deno.test("A credential that was encrypted before a rotation ended is not stored after it", () =>
  withConnection(async ({ context, key, connectionId }) => {
    const next = await newKey();
    const overtaken: HostKey = {
      ...key,
      async encrypt(id, secret) {
        const encrypted = await key.encrypt(id, secret);
        await rotateKey(context, COMMAND_LINE, { now: key, next });
        return encrypted;
      },
    };
    const { teamId } = await showConnection(context, COMMAND_LINE, GITHUB);
    const made: NewConnection = {
      teamId,
      provider: "github",
      credential: {
        kind: "token",
        secret: "ghp_new",
        baseUrl: "https://api.github.com",
        site: null,
      },
      account: "octocat",
    };
    await assert.rejects(
      addConnection(context, COMMAND_LINE, overtaken, made),
      has("credentials_changed"),
    );
    assert.deepEqual((await allCredentials(context.store)).map(({ id }) => id), [connectionId]);
    const id = await addConnection(context, COMMAND_LINE, next, made);
    const stored = (await allCredentials(context.store)).find((one) => one.id === id);
    assert.equal(await next.decrypt(id, stored?.credential ?? ""), "ghp_new");
  }));

Deno.test("The first credential of a host whose data has no place makes its key the host's", () =>
  withConnection(async ({ context, key }) => {
    await context.store.run("DELETE FROM host_settings WHERE name = 'key_check'");
    const { teamId } = await showConnection(context, COMMAND_LINE, GITHUB);
    const credential = {
      kind: "token",
      secret: "s",
      baseUrl: "https://api.github.com",
      site: null,
    };
    const made = { teamId, provider: "github", credential, account: "octocat" } as const;
    await addConnection(context, COMMAND_LINE, key, made);
    assert.equal(await hostSetting(context.store, "key_check"), key.check);
    await assert.rejects(
      addConnection(context, COMMAND_LINE, await newKey(), made),
      has("credentials_changed"),
    );
  }));

interface Connected {
  readonly context: HostContext;
  readonly key: HostKey;
  readonly connectionId: string;
  add(name: string): Promise<string>;
}

/** Runs a test at a demo host whose GitHub resource comes by a connection. */
async function withConnection(test: (connected: Connected) => Promise<void>): Promise<void> {
  await withHost(async ({ context }) => {
    const key = await newKey();
    const team = await findTeam(context.store);
    assert.ok(team !== null);
    const installation = await findInstallation(context.store, team.id, "github");
    assert.ok(installation !== null);
    const add = async (name: string) => {
      const id = context.newId("con");
      const credential = await key.encrypt(id, "ghp_secret");
      await inTransaction(context, (context) =>
        insertConnection(
          context.store,
          aConnection({ id, teamId: team.id, installationId: installation.id, credential }, {
            name,
            madeAt: context.now(),
          }),
        ));
      return id;
    };
    const connectionId = await add("github");
    await inTransaction(
      context,
      (context) => setHostSettingOnce(context.store, "key_check", key.check),
    );
    await context.store.run(
      `UPDATE resources SET connection_id = ? WHERE id =
         (SELECT MIN(id) FROM resources WHERE installation_id = ?)`,
      connectionId,
      installation.id,
    );
    await test({ context, key, connectionId, add });
  });
}

async function newKey(): Promise<HostKey> {
  const random = systemRandom();
  return await hostKey(random.bytes(32), random);
}

/** What was recorded, oldest first: what was done, and to what. */
async function deeds({ store }: HostContext): Promise<[string, string][]> {
  const entries = await auditEntries(store, {
    teamId: null,
    before: null,
    since: null,
    actor: null,
    action: null,
    limit: 100,
  });
  return entries.reverse().map(({ action, target }) => [action, target]);
}

function has(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof TrackerError, String(error));
    assert.equal(error.code, code);
    return true;
  };
}
