import assert from "node:assert/strict";
import type { CommandResult } from "../support/cli.ts";
import { processIn, READS_ITS_MODULES, runIn, type World } from "../support/world.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const STARTED = [Deno.execPath(), "run", "--no-check", "--quiet"];
const DECODER = new TextDecoder();

/** Runs the program from its source with just its own modules to read and the flags given, without a terminal. */
export async function scoped(
  world: World,
  flags: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const words = [...STARTED, READS_ITS_MODULES, ...flags, MAIN, ...args];
  return await runIn({ project: world.project, env: { ...world.env, ...env } }, words);
}

/** The same on a terminal of its own, where Deno would ask; `null` on a machine without `script`. */
export async function onTerminal(
  world: World,
  flags: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  const words = [...STARTED, READS_ITS_MODULES, ...flags, MAIN, ...args];
  try {
    const line = words.map((word) => `'${word}'`).join(" ");
    const place = { project: world.project, env: { ...world.env, TERM: "xterm" } };
    const { stdout } = await processIn(place, ["script", "-qec", line, "/dev/null"]).output();
    return DECODER.decode(stdout);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Fails when the text holds Deno's own words: its prompt, its error, a stack trace. */
export function assertOwnWords(text: string): void {
  assert.doesNotMatch(text, /NotCapable|Requires \w+ access|Deno requests|Allow\?|\[y\/n/);
  assert.doesNotMatch(text, /^\s+at .+:\d+:\d+/m);
}

/** The flags a denial says the whole command needs, for this world. */
export function flagsIn(world: World, stderr: string): readonly string[] {
  const flags = /needs: `([^`]+)`/.exec(stderr)?.[1];
  assert.ok(flags, stderr);
  return flags.replaceAll("$HOME", world.home).split(" ");
}
