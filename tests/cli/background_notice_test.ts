import assert from "node:assert/strict";
import type { Processes } from "../../src/platform/processes.ts";
import { ends, withBoundWorld } from "../support/bound.ts";

/** Leaves the setting in the file as a person might have written it. */
async function policy(home: string, value: string): Promise<void> {
  const path = `${home}/.spec-kitty/config.toml`;
  const text = await Deno.readTextFile(path).catch(() => "");
  const rest = text.replace(/^background_daemon = .*\n/m, "");
  const section = rest.includes("[sync]") ? rest : `[sync]\n${rest}`;
  await Deno.writeTextFile(
    path,
    section.replace("[sync]\n", `[sync]\nbackground_daemon = "${value}"\n`),
  );
}

Deno.test("a fault of the daemon's setting takes no result away from a pull that has done its work", () =>
  withBoundWorld(async (world) => {
    await policy(world.home, "");
    const { stdout, stderr } = await ends(world, 0, ["sync", "pull", "--all", "--json"]);
    assert.equal(JSON.parse(stdout).status, "ok");
    assert.match(stderr, /^Warning: Background sync did not start \(.*background_daemon/m);
  }));

Deno.test("a fault of the daemon's setting is told to people after their result", () =>
  withBoundWorld(async (world) => {
    await policy(world.home, "");
    const { stdout, stderr } = await ends(world, 0, ["sync", "pull", "--all"]);
    assert.match(stdout, /^✓ /m);
    assert.match(stderr, /Background sync did not start/);
  }));

Deno.test("the notice on manual mode is left out when quiet", () =>
  withBoundWorld(async (world) => {
    await policy(world.home, "manual");
    const loud = await ends(world, 0, ["sync", "pull", "--all"]);
    assert.match(loud.stdout, /manual mode/);
    const quiet = await ends(world, 0, ["sync", "pull", "--all", "--quiet"]);
    assert.doesNotMatch(quiet.stdout + quiet.stderr, /manual mode/);
  }));

Deno.test("a pull does not wait for the daemon; the next command tells of a start that failed, once", () =>
  withBoundWorld(async (world) => {
    const ended = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" })
      .spawn();
    await ended.status;
    const processes = (real: Processes): Processes => ({ ...real, startDetached: () => ended.pid });
    const pulled = await ends(world, 0, ["sync", "pull", "--all"], { processes });
    assert.doesNotMatch(pulled.stderr, /Background sync/);
    const next = await ends(world, 0, ["issue", "list"]);
    assert.match(
      next.stderr,
      /^Warning: Background sync did not start \(Process \d+ ended before it was ready\)\. See `tracker daemon status`\.$/m,
    );
    const after = await ends(world, 0, ["status"]);
    assert.doesNotMatch(after.stderr, /Background sync/);
    assert.match(after.stdout, /daemon +not running: `tracker daemon status` tells why/);
    const told = await ends(world, 0, ["daemon", "status"]);
    assert.match(told.stdout, /^! Background sync did not start: Process \d+ ended before/m);
    const { state, failure } = JSON.parse(
      (await ends(world, 0, ["daemon", "status", "--json"])).stdout,
    );
    assert.equal(state, "failed");
    assert.match(failure, /ended before it was ready$/);
    const checked = await ends(world, 0, ["doctor", "--json"]);
    assert.match(checked.stdout, /the background daemon did not start: Process/);
  }, { backgroundDaemon: "auto" }));

for (const options of [["--json", "--no-input"], ["--no-input", "--json"], ["--json", "-q"]]) {
  Deno.test(`completion bash ${options.join(" ")} prints the script as one document`, () =>
    withBoundWorld(async (world) => {
      const { stdout } = await ends(world, 0, ["completion", "bash", ...options]);
      assert.equal(JSON.parse(stdout).shell, "bash");
    }));
}
