import assert from "node:assert/strict";
import { document, ends, failure } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";
import { dataWithUser, type HostProcess, issue, serve, terminate, write } from "./host_setup.ts";

const NO_SESSION = ["TRACKER_TOKEN", "TRACKER_TEAM"];

/** Runs `test` with a host that serves an imported issue, and a token for CI in `TRACKER_TOKEN`. */
async function withJob(
  test: (world: World, host: HostProcess, data: string, id: string) => Promise<void>,
): Promise<void> {
  await withWorld(async (world) => {
    for (const name of NO_SESSION) delete world.env[name];
    const data = await dataWithUser(world);
    const file = await write(world, "web.json", JSON.stringify([issue("1"), issue("2")]));
    await ends(world, 0, ["host", "import", file, "--data", data]);
    const create = ["host", "token", "create", "--user", "ada@example.com", "--name", "ci"];
    const made = await document(world, ...create, "--data", data);
    assert.deepEqual(Object.keys(made), [
      "schema",
      "id",
      "name",
      "token",
      "username",
      "team",
      "expires_at",
    ]);
    const host = await serve(world, ["--data", data]);
    world.env["SPEC_KITTY_SAAS_URL"] = host.url;
    world.env["TRACKER_TOKEN"] = made.token;
    await test(world, host, data, made.id);
    await terminate(host);
  });
}

Deno.test("a job of CI binds, pulls, pushes and syncs with the token of a machine, without a team or a session", () =>
  withJob(async (world, _host, data, id) => {
    assert.match(
      (await ends(world, 0, ["auth", "status"])).stdout,
      /session {2}from TRACKER_TOKEN/,
    );
    await ends(world, 0, ["bind", "-p", "jira", "--select", "1", "--no-input"], { stdin: "" });
    const pulled = await document(world, "sync", "pull", "--all");
    assert.equal(pulled.counts.new, 2);
    await ends(world, 0, ["issue", "edit", "WEB-1", "--title", "Changed by a job"]);
    const pushed = await document(world, "sync", "push");
    assert.equal(pushed.counts.sent, 1);
    await ends(world, 0, ["sync", "run", "--no-input"]);
    const wrong = { ...world.env };
    world.env["TRACKER_TEAM"] = "blue";
    const refused = await failure(world, 1, ["sync", "pull"]);
    assert.equal(refused.code, "no_installation");
    assert.match(refused.message, /The machine token "ci" is for the team "red", not for "blue"/);
    Object.assign(world.env, wrong);
    delete world.env["TRACKER_TEAM"];
    const { tokens } = await document(world, "host", "token", "list", "--data", data);
    assert.deepEqual([tokens[0].id, tokens[0].state], [id, "active"]);
    assert.notEqual(tokens[0].last_used_at, null);
  }));

Deno.test("a token that was revoked tells the job why, and who makes a new one", () =>
  withJob(async (world, _host, data, id) => {
    await ends(world, 0, ["discover", "-p", "jira"]);
    const revoke = ["host", "token", "revoke", id, "--data", data];
    assert.equal(
      (await ends(world, 0, revoke)).stdout,
      "✓ The token ci of ada@example.com is revoked.\n",
    );
    const refused = await failure(world, 1, ["discover", "-p", "jira"]);
    assert.equal(refused.code, "token_refused");
    assert.match(
      refused.message,
      /^The tracker host refused the token in `TRACKER_TOKEN`: The machine token "ci" was revoked on \S+$/,
    );
    assert.match(refused.next_action, /tracker host token create/);
    assert.doesNotMatch(refused.next_action, /auth login/);
  }));

Deno.test("a token that is given at the login is kept without a refresh, and only forgotten by a logout", () =>
  withJob(async (world, host, data) => {
    const token = world.env["TRACKER_TOKEN"] ?? "";
    delete world.env["TRACKER_TOKEN"];
    const login = await ends(world, 0, ["auth", "login", "--with-token"], { stdin: `${token}\n` });
    assert.equal(login.stdout, `✓ Signed in to ${host.url} as ada@example.com (team red).\n`);
    const status = await ends(world, 0, ["auth", "status"]);
    assert.match(
      status.stdout,
      /session {2}token given at sign-in, good for \d+ days, not renewable/,
    );
    await ends(world, 0, ["discover", "-p", "jira"]);
    const logout = await ends(world, 0, ["auth", "logout"]);
    assert.match(logout.stderr, /The token is forgotten here and stays good/);
    world.env["TRACKER_TOKEN"] = token;
    await ends(world, 0, ["discover", "-p", "jira"]);
    const create = ["host", "token", "create", "--user", "ada@example.com", "--name", "bot"];
    const shown = await ends(world, 0, [...create, "--expires", "never", "--data", data]);
    assert.match(shown.stdout, /^trk_[0-9a-f]{64}\n$/);
    assert.match(shown.stderr, /bot of ada@example.com works in team red, until it is revoked/);
    for (const span of ["90", "0d", "5000d", "soon"]) {
      const usage = await failure(world, 2, [...create, "--expires", span, "--data", data]);
      assert.equal(usage.code, "usage", span);
    }
  }));
