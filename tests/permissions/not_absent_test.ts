import assert from "node:assert/strict";
import { withWorld } from "../support/world.ts";
import { assertOwnWords, scoped } from "./scoped_support.ts";

Deno.test("a logout that may not reach the host says why its session stays there, and with which flag it would not", () =>
  withWorld(async (world) => {
    await world.signIn();
    const place = `${world.home}/.spec-kitty`;
    const flags = [`--allow-read=${place}`, `--allow-write=${place}`, "--allow-env"];
    const { code, stdout, stderr } = await scoped(world, flags, ["auth", "logout"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Signed out of/);
    const host = new URL(world.hostUrl).host;
    const reason = `permission needed: net "${host}", with \`--allow-net=${host}\``;
    assert.ok(stderr.includes(`could not be ended at the host (${reason})`), stderr);
    assertOwnWords(stderr);
    await world.signIn();
    const { stdout: json } = await scoped(world, flags, ["auth", "logout", "--json"]);
    const { host_session, kept_because } = JSON.parse(json);
    assert.deepEqual([host_session, kept_because], ["kept", reason]);
  }));

Deno.test("an unbind that may not look for unpushed edits changes nothing", () =>
  withWorld(async (world) => {
    await world.signIn();
    await world.ok("bind", "-p", "linear", "--select", "1");
    const before = await world.config();
    const env = "--allow-env=HOME,LOG_TOKENS,LOG_STREAM";
    const flags = ["--allow-read=.", "--allow-write=.", env];
    const { code, stderr } = await scoped(world, flags, ["unbind", "--yes"]);
    assert.equal(code, 1);
    assert.match(stderr, /Permission needed: read "~\/\.spec-kitty/);
    assert.equal(await world.config(), before);
  }));

Deno.test("with hosted sync off a daemon is found where no request to stop it may be left", () =>
  withWorld(async (world) => {
    await world.signIn();
    const { pid } = await world.json("daemon", "start");
    const flags = [
      `--allow-read=${world.home}/.spec-kitty`,
      "--allow-env=HOME",
      "--allow-net=127.0.0.1",
    ];
    const { code, stdout, stderr } = await scoped(world, flags, ["daemon", "status"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.includes(`Background sync is running (pid ${pid}).`), stdout);
  }));
