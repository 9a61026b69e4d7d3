import assert from "node:assert/strict";
import { withWorld, type World } from "../support/world.ts";
import { assertOwnWords, scoped } from "./scoped_support.ts";

/** All that a sync of a hosted project needs, but for speaking with the daemon. */
function flagsOf(world: World): readonly string[] {
  const places = `.,${world.home}/.spec-kitty`;
  return [
    `--allow-read=${places}`,
    `--allow-write=${places}`,
    "--allow-env",
    `--allow-net=${new URL(world.hostUrl).host}`,
  ];
}

Deno.test("without 127.0.0.1 a running daemon is never called stopped, and no second one starts", () =>
  withWorld(async (world) => {
    await world.signIn();
    await world.ok("bind", "-p", "linear", "--select", "1");
    const { pid } = await world.json("daemon", "start");
    const flags = flagsOf(world);

    const status = await scoped(world, flags, ["daemon", "status"]);
    assert.deepEqual([status.code, status.stderr], [0, ""]);
    assert.ok(
      status.stdout.includes(`not known whether background sync runs (pid ${pid})`),
      status.stdout,
    );
    assert.match(status.stdout, /`--allow-net=127\.0\.0\.1`/);
    const document = JSON.parse(
      (await scoped(world, flags, ["daemon", "status", "--json"])).stdout,
    );
    assert.deepEqual([document.state, document.pid, document.failure], ["unknown", pid, null]);
    assert.match(document.unknown_because, /`--allow-net=127\.0\.0\.1`/);

    const doctor = await scoped(world, flags, ["doctor"]);
    assert.doesNotMatch(doctor.stdout, /daemon is not running/);
    assert.match(doctor.stdout, /background daemon \(pid \d+\) runs: .*`--allow-net=127\.0\.0\.1`/);

    const pull = await scoped(world, flags, ["sync", "pull"]);
    assert.equal(pull.code, 0, pull.stderr);
    assert.doesNotMatch(pull.stderr, /Warning/);
    assert.doesNotMatch(pull.stderr, /did not start/);

    const stop = await scoped(world, flags, ["daemon", "stop"]);
    assert.equal(stop.code, 1, stop.stdout);
    assert.match(stop.stderr, /Permission needed: net "127\.0\.0\.1"/);
    for (const { stdout, stderr } of [status, doctor, pull, stop]) assertOwnWords(stdout + stderr);

    const after = await world.json("daemon", "status");
    assert.deepEqual([after.state, after.pid], ["running", pid]);
  }, { backgroundDaemon: "auto" }));

Deno.test("a start of the daemon that is denied is told with the flag, and stays in its status", () =>
  withWorld(async (world) => {
    await world.signIn();
    await world.ok("bind", "-p", "linear", "--select", "1");
    await world.ok("daemon", "stop");
    const deno = Deno.execPath();
    const both = [...flagsOf(world), "--allow-net=127.0.0.1"];
    for (
      const [flags, missing] of [
        [both, `run "${deno}", with \`--allow-run=${deno}\``],
        [
          [...flagsOf(world), `--allow-run=${deno}`],
          'net "127.0.0.1", with `--allow-net=127.0.0.1`',
        ],
      ] as const
    ) {
      const pull = await scoped(world, flags, ["sync", "pull"]);
      assert.equal(pull.code, 0, pull.stderr);
      const warning = `Warning: Background sync did not start (permission needed: ${missing}). See`;
      assert.ok(pull.stderr.includes(warning), pull.stderr);
      const status = await scoped(world, both, ["daemon", "status"]);
      assert.ok(
        status.stdout.includes(`did not start: permission needed: ${missing}.`),
        status.stdout,
      );
      assert.equal(status.stderr, "", "it was told already");
      const document = JSON.parse(
        (await scoped(world, both, ["daemon", "status", "--json"])).stdout,
      );
      assert.deepEqual([document.state, document.pid], ["failed", null]);
      assert.equal(document.failure, `permission needed: ${missing}`);
      assertOwnWords(pull.stderr + status.stdout);
    }
  }, { backgroundDaemon: "auto" }));
