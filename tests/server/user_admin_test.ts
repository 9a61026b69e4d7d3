import assert from "node:assert/strict";
import {
  addUser,
  COMMAND_LINE,
  DEMO,
  endSessions,
  listUsers,
  openExistingHostData,
  openHostData,
  removeUser,
  setPassword,
} from "../../src/server/mod.ts";
import { issueTokens } from "../../src/server/accounts/tokens.ts";
import type { HostContext } from "../../src/server/context/host_context.ts";
import { userByName } from "../../src/server/store/users.ts";
import { systemPlatform } from "../../src/platform/system.ts";
import { type TestHost, withHost } from "./support.ts";

const EVE = { username: "eve@example.com", password: "a secret of eve", team: "acme" };

async function withEve(test: (host: TestHost, eve: TestHost) => Promise<void>): Promise<void> {
  await withHost(async (host) => {
    await addUser(host.context, COMMAND_LINE, EVE);
    await test(host, await host.as(EVE.username, EVE.password, "acme"));
  });
}

async function login({ call }: TestHost, password: string): Promise<number> {
  return (await call("POST", "/api/v1/token/", { username: EVE.username, password })).status;
}

async function status({ call }: TestHost): Promise<number> {
  return (await call("GET", "/api/v1/me")).status;
}

Deno.test("a removed user's tokens and password stop at once, and other users stay", () =>
  withEve(async (host, eve) => {
    assert.equal(await status(eve), 200);
    await removeUser(host.context, COMMAND_LINE, EVE.username);
    assert.equal(await status(eve), 401);
    assert.equal(await login(host, EVE.password), 401);
    assert.equal(await status(host), 200);
  }));

Deno.test("a name that was removed can be given to somebody else, who gets nothing of the old one", () =>
  withEve(async (host, eve) => {
    await removeUser(host.context, COMMAND_LINE, EVE.username);
    await addUser(host.context, COMMAND_LINE, { ...EVE, password: "another secret" });
    assert.equal(await status(eve), 401);
    assert.equal(await login(host, EVE.password), 401);
    assert.equal(await login(host, "another secret"), 200);
  }));

for (
  const [what, end] of [
    [
      "the user is removed",
      (context: HostContext) => removeUser(context, COMMAND_LINE, EVE.username),
    ],
    [
      "the user's sessions are ended",
      (context: HostContext) => endSessions(context, COMMAND_LINE, EVE.username),
    ],
    [
      "the password is changed",
      (context: HostContext) => setPassword(context, COMMAND_LINE, EVE.username, "another one!"),
    ],
  ] as const
) {
  Deno.test(`a device that a user has approved is not signed in once ${what}`, () =>
    withEve(async (host) => {
      const form = new URLSearchParams({ client_id: "cli_native", scope: "offline_access" });
      const started = await host.call("POST", "/oauth/device", form);
      const fields = { ...EVE, user_code: started.text("user_code"), decision: "approve" };
      assert.equal((await host.call("POST", "/device", new URLSearchParams(fields))).status, 200);
      await end(host.context);
      const poll = new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: started.text("device_code"),
        client_id: "cli_native",
      });
      assert.equal((await host.call("POST", "/oauth/token", poll)).status, 400);
    }));
}

Deno.test("a sign-in that was being checked while its user was removed gets no tokens", () =>
  withEve(async ({ context }) => {
    const found = await userByName(context.store, EVE.username);
    await removeUser(context, COMMAND_LINE, EVE.username);
    assert.ok(found !== null);
    assert.equal(await issueTokens(context, found, "password"), null);
  }));

Deno.test("a new password ends the sessions of the old one", () =>
  withEve(async (host, eve) => {
    assert.equal(
      await setPassword(host.context, COMMAND_LINE, EVE.username, "quite another one"),
      1,
    );
    assert.equal(await status(eve), 401);
    assert.equal(await login(host, EVE.password), 401);
    assert.equal(await login(host, "quite another one"), 200);
  }));

Deno.test("revoked sessions end, and the user may sign in again", () =>
  withEve(async (host, eve) => {
    assert.equal(await endSessions(host.context, COMMAND_LINE, EVE.username), 1);
    assert.equal(await status(eve), 401);
    assert.equal(await login(host, EVE.password), 200);
  }));

Deno.test("users are listed with their teams and the sessions that can be used", () =>
  withEve(async (host) => {
    const listed = (await listUsers(host.context, COMMAND_LINE, null)).map((
      { username, teams, sessions },
    ) => [
      username,
      teams,
      sessions,
    ]);
    assert.deepEqual(listed, [[DEMO.username, ["acme"], 1], [EVE.username, ["acme"], 1]]);
    await removeUser(host.context, COMMAND_LINE, EVE.username);
    assert.equal((await listUsers(host.context, COMMAND_LINE, null)).length, 1);
    return Promise.resolve();
  }));

Deno.test("a password has twelve characters and is not the user's name", () =>
  withEve(async ({ context }) => {
    const user = { username: "amelie.poulain@example.com", name: "Amélie Poulain" };
    for (
      const password of [
        "x",
        "elevenchars",
        "     elevenchars     ",
        "amelie.poulain@example.com",
        "AMELIE.POULAIN",
        "amélie poulain",
      ]
    ) {
      await assert.rejects(addUser(context, COMMAND_LINE, { ...user, password }), {
        code: "weak_password",
      });
    }
    await assert.rejects(setPassword(context, COMMAND_LINE, EVE.username, "short"), {
      code: "weak_password",
    });
    await addUser(context, COMMAND_LINE, { ...user, password: "twelve chars" });
  }));

Deno.test("a user that is not there is named, whatever is asked", () =>
  withHost(async ({ context }) => {
    const missing = { code: "user_not_found", message: 'No user has the name "nobody"' };
    await assert.rejects(() => removeUser(context, COMMAND_LINE, "nobody"), missing);
    await assert.rejects(() => endSessions(context, COMMAND_LINE, "nobody"), missing);
    await assert.rejects(setPassword(context, COMMAND_LINE, "nobody", "a long password"), missing);
  }));

Deno.test("data that is not there is not created by opening what exists", async () => {
  const base = await Deno.makeTempDir({ prefix: "tracker-host-" });
  const platform = systemPlatform();
  try {
    const directory = `${base}/nothing`;
    await assert.rejects(openExistingHostData(platform, { dataDir: directory }), {
      code: "host_data_missing",
    });
    assert.deepEqual(Array.from(Deno.readDirSync(base)), []);
    await (await openHostData(platform, { dataDir: directory })).store.close();
    await (await openExistingHostData(platform, { dataDir: directory })).store.close();
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});

Deno.test("data of the first released schema keeps its users, sessions and bindings", async () => {
  const base = await Deno.makeTempDir({ prefix: "tracker-host-" });
  const { HOST_MIGRATIONS } = await import("../../src/server/store/migrations/migrations.ts");
  const platform = systemPlatform();
  try {
    const old = await platform.openDatabase(`${base}/host.db`, {
      migrations: HOST_MIGRATIONS.slice(0, 1),
    });
    old.exec("INSERT INTO users VALUES ('usr_1', 'ada', 'ada', 'Ada', 'scrypt$', 0)");
    old.exec("INSERT INTO token_families VALUES ('fam_1', 'usr_1', 0, NULL)");
    old.exec("INSERT INTO refresh_tokens VALUES ('hash', 'fam_1', 9999999999999, NULL)");
    old.close();
    const context = await openExistingHostData(platform, { dataDir: base });
    assert.deepEqual(
      (await listUsers(context, COMMAND_LINE, null)).map((
        { username, sessions },
      ) => [username, sessions]),
      [
        ["ada", 1],
      ],
    );
    await context.store.close();
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});
