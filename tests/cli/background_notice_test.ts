import assert from "node:assert/strict";
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

for (const options of [["--json", "--no-input"], ["--no-input", "--json"], ["--json", "-q"]]) {
  Deno.test(`completion bash ${options.join(" ")} prints the script as one document`, () =>
    withBoundWorld(async (world) => {
      const { stdout } = await ends(world, 0, ["completion", "bash", ...options]);
      assert.equal(JSON.parse(stdout).shell, "bash");
    }));
}
