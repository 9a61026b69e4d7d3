import assert from "node:assert/strict";
import { systemPlatform } from "../../src/platform/system.ts";
import { startHost } from "../../src/server/mod.ts";
import { document, ends, failure } from "../support/bound.ts";
import { withWorld, type World } from "../support/world.ts";

const PASSWORD = ["auth", "login", "--username", "demo@example.com", "--password-stdin"];

/** Runs `test` signed in to the world's host and, as the configured one, to another; no variable names a host. */
async function withTwoHosts(test: (world: World, other: string) => Promise<void>): Promise<void> {
  await withWorld(async (world) => {
    const other = await startHost({ platform: systemPlatform(), dev: true });
    try {
      delete world.env["SPEC_KITTY_SAAS_URL"];
      for (const host of [world.hostUrl, other.url]) {
        await ends(world, 0, [...PASSWORD, "--host", host], { stdin: "demo\n" });
      }
      await test(world, other.url);
    } finally {
      await other.stop();
    }
  });
}

async function hostInUse(world: World): Promise<string> {
  return (await document(world, "auth", "status")).host;
}

Deno.test("a host that is named becomes the one that commands use, with its own session", () =>
  withTwoHosts(async (world, other) => {
    assert.equal(await hostInUse(world), other);
    const { stdout, stderr } = await ends(world, 0, ["auth", "switch", `${world.hostUrl}/`]);
    assert.equal(
      stdout,
      `✓ Commands use ${world.hostUrl} as demo@example.com (team acme).\n`,
    );
    assert.equal(stderr, "");
    const status = await document(world, "auth", "status");
    assert.deepEqual([status.host, status.signed_in, status.other_hosts], [world.hostUrl, true, [
      other,
    ]]);
    await world.forgetRequests();
    await ends(world, 0, ["discover", "-p", "linear"]);
    assert.ok((await world.requests()).includes("GET /api/v1/tracker/resources/"));
    // By its name alone, and back.
    assert.equal(
      (await document(world, "auth", "switch", new URL(other).host)).host,
      other,
    );
    assert.equal(await hostInUse(world), other);
    assert.match(
      await world.credentials() ?? "",
      /\[hosts\."http:[^\n]+\.tokens\]\naccess = "tka_/,
    );
  }));

Deno.test("a person at a terminal chooses a host, with keys or by its number, or leaves", () =>
  withTwoHosts(async (world, other) => {
    const dumb = { terminal: true, env: { TERM: "dumb" } };
    const listed = await ends(world, 0, ["auth", "switch"], { ...dumb, stdin: "2\n" });
    assert.match(listed.stderr, /1 +http:\S+ +demo@example\.com +acme +used now/);
    assert.equal(await hostInUse(world), world.hostUrl);
    await ends(world, 0, ["auth", "switch"], { terminal: true, stdin: "\x1b[B\r" });
    assert.equal(await hostInUse(world), other);
    await ends(world, 0, ["auth", "switch"], { terminal: true, stdin: "\x1b" });
    assert.equal(await hostInUse(world), other);
  }));

Deno.test("without a person the hosts are listed, and one has to be named", () =>
  withTwoHosts(async (world, other) => {
    for (const line of [["auth", "switch"], ["auth", "switch", "127.0.0.1"]]) {
      const { code, message, details } = await failure(world, 1, line);
      assert.equal(code, "host_needed");
      assert.deepEqual(details.hosts, [other, world.hostUrl]);
      assert.ok(message.includes(other) && message.includes(world.hostUrl));
    }
    assert.equal(await hostInUse(world), other);
  }));

Deno.test("a host without a session is refused, and nothing is changed", () =>
  withTwoHosts(async (world, other) => {
    const before = await world.credentials();
    const { code, next_action } = await failure(world, 1, [
      "auth",
      "switch",
      "https://none.example",
    ]);
    assert.equal(code, "host_without_session");
    assert.match(next_action, /tracker auth login --host URL/);
    assert.equal(await hostInUse(world), other);
    assert.equal(await world.credentials(), before);
    await ends(world, 0, ["auth", "logout"]);
    await ends(world, 0, ["auth", "switch", world.hostUrl]);
    await ends(world, 0, ["auth", "logout"]);
    assert.equal((await failure(world, 1, ["auth", "switch", other])).code, "missing_auth");
  }));

Deno.test("a host of the environment wins, which a switch says", () =>
  withTwoHosts(async (world, other) => {
    const env = { SPEC_KITTY_SAAS_URL: other };
    const { stderr } = await ends(world, 0, ["auth", "switch", world.hostUrl], { env });
    assert.match(stderr, /`SPEC_KITTY_SAAS_URL` is set, and wins: http/);
    assert.equal(await hostInUse(world), world.hostUrl);
    const line = ["auth", "switch", world.hostUrl, "--json"];
    const said = JSON.parse((await ends(world, 0, line, { env })).stdout);
    assert.deepEqual([said.host, said.host_in_force], [world.hostUrl, other]);
  }));

Deno.test("a switch and a sign-in say that another token than that of the session is sent", () =>
  withTwoHosts(async (world, other) => {
    await ends(world, 0, ["config", "set", "auth.token_command", "vault token"]);
    for (const host of [world.hostUrl, other]) {
      const { stderr } = await ends(world, 0, ["auth", "switch", host]);
      assert.ok(
        stderr.includes(`\`auth.token_command\` is set, and its token goes to ${host}.`),
        stderr,
      );
    }
    const line = [...PASSWORD, "--host", world.hostUrl];
    const signedIn = await ends(world, 0, line, { stdin: "demo\n" });
    assert.match(signedIn.stderr, /`auth\.token_command` is set, and its token goes to http/);
    await ends(world, 0, ["config", "unset", "auth.token_command"]);
    const env = { TRACKER_TOKEN: "tka_1" };
    const given = await ends(world, 0, ["auth", "switch", other, "--json"], { env });
    assert.match(given.stderr, /`TRACKER_TOKEN` is set, and its token goes to http/);
    assert.equal((await ends(world, 0, ["auth", "switch", world.hostUrl])).stderr, "");
  }));
