import type { Command } from "../../src/cli/command/command.ts";
import { scan } from "../../src/cli/command/command_line.ts";
import { findCommand } from "../../src/cli/commands/registry.ts";
import { run } from "../../src/cli/main.ts";
import type { TestPlatform } from "./platform.ts";

/** What a command left behind on its streams. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line inside this process, on a test platform. */
export async function tracker(platform: TestPlatform, ...args: string[]): Promise<CommandResult> {
  const before = { stdout: platform.stdout().length, stderr: platform.stderr().length };
  const code = await run(args, platform);
  return {
    code,
    stdout: platform.stdout().slice(before.stdout),
    stderr: platform.stderr().slice(before.stderr),
  };
}

/** Turns the rollout gate on. */
export const GATE_ON = { SPEC_KITTY_ENABLE_SAAS_SYNC: "1" } as const;

/** Returns the definition of a command, with the rollout gate on. */
export async function commandNamed(path: string): Promise<Command> {
  const command = await findCommand(scan(path.split(" ")), true);
  if (command === null) throw new Error(`There is no command "${path}"`);
  return command;
}
