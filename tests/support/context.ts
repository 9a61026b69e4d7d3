import type { Context, GlobalOptions } from "../../src/cli/command/context.ts";
import { createOutput } from "../../src/cli/terminal/output.ts";
import type { TestPlatform } from "./platform.ts";

/** What a command is handed, with the global options given. */
export function testContext(platform: TestPlatform, given: Partial<GlobalOptions> = {}): Context {
  const globals: GlobalOptions = {
    repo: undefined,
    json: false,
    noInput: false,
    yes: false,
    color: "auto",
    quiet: false,
    verbose: false,
    ...given,
  };
  return { platform, globals, output: createOutput(platform.terminal, platform.env, globals) };
}
