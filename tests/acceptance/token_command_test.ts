import assert from "node:assert/strict";
import { NotCapableError } from "../../src/platform/not_capable.ts";
import { document, ends, failure, withBoundWorld } from "../support/bound.ts";
import type { World } from "../support/world.ts";

/** A program in the home that writes the token of a session, and notes each run. */
async function withVault(
  test: (world: World, vault: { readonly path: string; runs(): Promise<number> }) => Promise<void>,
): Promise<void> {
  await withBoundWorld(async (world) => {
    const { token } = await document(world, "auth", "token");
    const path = `${world.home}/vault`;
    await Deno.mkdir(`${world.home}/safe`);
    await Deno.writeTextFile(`${world.home}/safe/credentials`, `${token}\nuser: demo\n`);
    const script = `#!/bin/sh\necho run >> "${world.home}/runs"\npwd >> "${world.home}/where"\n` +
      `[ "$1" = fail ] && { echo "no such \\033[31mentry" >&2; exit 4; }\ncat "${world.home}/safe/credentials"\n`;
    await Deno.writeTextFile(path, script, { mode: 0o755 });
    const runs = async () =>
      (await Deno.readTextFile(`${world.home}/runs`).catch(() => "")).split("\n").length - 1;
    await test(world, { path, runs });
  });
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "a command writes the token: it runs once for a line, and the token lies nowhere",
  ignore,
  fn: () =>
    withVault(async (world, { path, runs }) => {
      const set = await ends(world, 0, ["config", "set", "auth.token_command", `${path} 'a b'`]);
      assert.equal(set.stdout, `✓ auth.token_command = ${path} 'a b'\n`);
      const shown = await document(world, "config", "get", "auth.token_command");
      assert.deepEqual(shown.value, [path, "a b"]);
      await ends(world, 0, ["auth", "logout"]);
      assert.equal(await runs(), 0, "what needs no token runs nothing");
    }),
});

Deno.test({
  name:
    "calls are made with the token of the command, and the team of the last session or of TRACKER_TEAM",
  ignore,
  fn: () =>
    withVault(async (world, { path, runs }) => {
      await ends(world, 0, ["config", "set", "auth.token_command", path]);
      const status = await ends(world, 0, ["auth", "status"]);
      assert.match(status.stdout, /session {2}from auth\.token_command/);
      assert.equal((await document(world, "auth", "status")).source, "command");
      assert.equal(await runs(), 0, "a look at the session runs nothing");
      await ends(world, 0, ["sync", "pull", "--all"]);
      assert.equal(await runs(), 1);
      await ends(world, 0, ["discover", "-p", "linear"]);
      assert.equal(await runs(), 2);
      const where = await Deno.readTextFile(`${world.home}/where`);
      assert.doesNotMatch(where, /my-project/);
      const wrong = { TRACKER_TEAM: "blue" };
      assert.notEqual((await world.here(["discover", "-p", "linear"], { env: wrong })).code, 0);
      // A token from the environment wins, and the command is not asked.
      const before = await runs();
      const given = { TRACKER_TOKEN: "tka_none" };
      const refused = await failure(world, 1, ["discover", "-p", "linear"], { env: given });
      assert.equal(refused.code, "token_refused");
      assert.match(refused.message, /TRACKER_TOKEN/);
      assert.equal(await runs(), before);
    }),
});

Deno.test({
  name: "a token of the command that the host refuses is told with where it came from",
  ignore,
  fn: () =>
    withVault(async (world, { path, runs }) => {
      await ends(world, 0, ["config", "set", "auth.token_command", path]);
      await world.lever("expire-access");
      const refused = await failure(world, 1, ["discover", "-p", "linear"]);
      assert.equal(refused.code, "token_refused");
      assert.match(refused.message, /of `auth\.token_command`/);
      assert.equal(await runs(), 1);
    }),
});

Deno.test({
  name:
    "a command that fails, or is not there, stops what needs the token, with its words made harmless",
  ignore,
  fn: () =>
    withVault(async (world, { path }) => {
      await ends(world, 0, ["config", "set", "auth.token_command", `${path} fail`]);
      const { stdout, stderr } = await ends(world, 1, ["discover", "-p", "linear"]);
      assert.equal(stdout, "");
      assert.match(
        stderr,
        /^✗ `auth\.token_command` gave no token: .* exit code 4: no such entry$/m,
      );
      await ends(world, 0, ["config", "set", "auth.token_command", `${world.home}/none`]);
      const told = await failure(world, 1, ["discover", "-p", "linear"]);
      assert.deepEqual([told.code, told.details.reason], ["token_command_failed", "missing"]);
    }),
});

Deno.test("the command is set as words, and what no argument vector can say is refused", () =>
  withBoundWorld(async (world) => {
    for (const text of ["op read | head", "'op", "./op read", "", "bin/op"]) {
      const { code } = await failure(world, 2, ["config", "set", "auth.token_command", text]);
      assert.equal(code, "usage", text);
    }
    await ends(world, 0, ["config", "set", "auth.token_command", 'op read "op://My Vault/x"']);
    const config = await Deno.readTextFile(`${world.home}/.spec-kitty/config.toml`);
    assert.match(config, /token_command = \[ ?"op", "read", "op:\/\/My Vault\/x" ?\]/);
    await ends(world, 0, ["config", "unset", "auth.token_command"]);
    assert.equal((await document(world, "auth", "status")).source, "file");
  }));

Deno.test({
  name: "nothing in a repository can set the command",
  ignore,
  fn: () =>
    withVault(async (world, { path, runs }) => {
      const config = await world.config() ?? "";
      await world.writeConfig(
        `${config}\nauth:\n  token_command: ["${path}"]\n`.replace(
          "tracker:\n",
          `tracker:\n  auth:\n    token_command: ["${path}"]\n`,
        ),
      );
      for (const place of [".spec-kitty", ".kittify"]) {
        await Deno.mkdir(`${world.project}/${place}`, { recursive: true });
        await Deno.writeTextFile(
          `${world.project}/${place}/config.toml`,
          `[auth]\ntoken_command = ["${path}"]\n`,
        );
      }
      assert.equal((await document(world, "auth", "status")).source, "file");
      await ends(world, 0, ["discover", "-p", "linear"]);
      assert.equal(await runs(), 0);
    }),
});

Deno.test({
  name: "without the permission to run the command it is told which one is missing",
  ignore,
  fn: () =>
    withVault(async (world, { path, runs }) => {
      await ends(world, 0, ["config", "set", "auth.token_command", path]);
      const refused = await failure(world, 1, ["discover", "-p", "linear"], {
        processes: (real) => ({
          ...real,
          run: (options) =>
            options.command === path
              ? Promise.reject(new NotCapableError("run", path))
              : real.run(options),
        }),
      });
      assert.equal(refused.code, "permission_needed");
      assert.deepEqual([refused.details.permission, refused.details.target], ["run", path]);
      assert.equal(await runs(), 0);
    }),
});
