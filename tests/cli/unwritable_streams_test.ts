import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import type { CommandResult } from "../support/cli.ts";
import { programUnderTest, runIn, withWorld, type World } from "../support/world.ts";

/** A device of Linux that takes nothing, as a full disk does. */
const FULL = "/dev/full";
const ignore = !existsSync(FULL);

/** Runs a command whose standard output (1) or error (2) is on a full disk. */
function runFull(world: World, stream: 1 | 2, ...args: string[]): Promise<CommandResult> {
  const { project, env } = world;
  const words = ["sh", "-c", `exec "$@" ${stream}>${FULL}`, "sh", ...programUnderTest(), ...args];
  return runIn({ project, env }, words);
}

Deno.test({
  name:
    "a standard error that cannot be written decides nothing: the work and the report are whole",
  ignore,
  fn: () =>
    withWorld(async (world) => {
      await world.signIn();
      await world.ok("bind", "-p", "linear", "--select", "1");
      const pulled = await runFull(world, 2, "sync", "pull", "--all");
      assert.match(pulled.stdout, /^✓ Pulled: 36 new, 0 changed, 0 unchanged\.\n/);
      assert.equal(pulled.code, 0);
      await world.ok("issue", "edit", "ENG-33", "--title", "Sent without a word");
      const pushed = await runFull(world, 2, "sync", "push", "--verbose");
      assert.match(pushed.stdout, /^✓ Pushed: 1 sent\.\n/);
      assert.equal(pushed.code, 0);
      const wrong = await runFull(world, 2, "issue", "lsit");
      assert.deepEqual(wrong, { code: 2, stdout: "", stderr: "" });
    }),
});

for (const line of [["--help"], ["--version"], [], ["providers"], ["help", "status"]]) {
  Deno.test({
    name: `\`tracker ${line.join(" ")}\` says that standard output cannot be written`,
    ignore,
    fn: () =>
      withWorld(async (world) => {
        const { code, stderr } = await runFull(world, 1, ...line);
        assert.match(
          stderr,
          /^✗ Standard output cannot be written: No space left on device \(os error 28\)\n {2}Free disk space, or write to another place\. What the command has changed stays changed\.\n$/,
        );
        assert.equal(code, 1);
      }),
  });
}

Deno.test({
  name: "with --json a standard output that cannot be written is one document on standard error",
  ignore,
  fn: () =>
    withWorld(async (world) => {
      for (const line of [["--help"], ["providers"]]) {
        const { code, stderr } = await runFull(world, 1, "--json", ...line);
        assert.equal(JSON.parse(stderr).error.code, "output_unwritable");
        assert.equal(code, 1);
      }
    }),
});
