import assert from "node:assert/strict";
import type { Command } from "../../src/cli/command.ts";
import { reportFailure } from "../../src/cli/failure.ts";
import { createOutput } from "../../src/cli/output.ts";
import { prepare } from "../../src/cli/readiness_gate.ts";
import { isHostedSyncEnabled } from "../../src/hosted/rollout.ts";
import type { CommandResult } from "../support/cli.ts";
import type { TestPlatform } from "../support/platform.ts";

/** Runs one command of a list of definitions, from words to exit code. */
export async function runDefined(
  commands: readonly Command[],
  platform: TestPlatform,
  ...line: string[]
): Promise<CommandResult> {
  const before = { stdout: platform.stdout().length, stderr: platform.stderr().length };
  const command = commands.find((one) => line.join(" ").startsWith(`${one.path} `)) ??
    commands.find((one) => line.join(" ") === one.path);
  assert.ok(command !== undefined, `no command for ${line.join(" ")}`);
  const args = line.slice(command.path.split(" ").length);
  const outcome = await command.parse(args, isHostedSyncEnabled(platform.env));
  const globals = outcome.kind === "parsed"
    ? outcome.invocation.globals
    : { color: "never", quiet: false } as const;
  const output = createOutput(platform.terminal, platform.env, globals);
  const run = async () => {
    if (outcome.kind === "fault") return 2;
    const deps = { platform, globals: outcome.invocation.globals, output };
    try {
      await outcome.invocation.check(deps);
      await prepare(outcome.invocation, deps);
      return await outcome.invocation.run(deps);
    } catch (error) {
      const origin = { platform, command: command.path };
      return await reportFailure(error, line.includes("--json"), output, origin);
    }
  };
  const code = await run();
  return {
    code,
    stdout: platform.stdout().slice(before.stdout),
    stderr: platform.stderr().slice(before.stderr),
  };
}
