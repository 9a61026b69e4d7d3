import type { Environment } from "../../platform/platform.ts";
import { isHostedSyncEnabled } from "../../client/rollout.ts";
import { BUILD, type Build } from "../build.ts";
import type { HelpEntry } from "../help/program.ts";
import { VERSION } from "../version.ts";

/** What a quick answer may look at. */
export interface QuickContext {
  readonly env: Environment;
  /** Width of the terminal. */
  readonly columns: () => number;
  /** Every command there is in the given state of the rollout gate. */
  readonly commands: (hosted: boolean) => Promise<readonly HelpEntry[]> | readonly HelpEntry[];
}

/**
 * The answer to a line that asks for nothing but the version or the help of the program, `null` for any
 * other line. It needs none of the rest of the program, which is what makes it quick.
 */
export async function quickAnswer(
  args: readonly string[],
  context: QuickContext,
): Promise<string | null> {
  const words = optionsOf(args);
  const json = words.includes("--json");
  if (words.some((word) => word === "--version" || word === "-V")) {
    return json ? versionJson(BUILD) : `${versionLine(BUILD)}\n`;
  }
  const asked = args.filter((word) => word !== "--json");
  if (json && asked.length === 0) return null;
  if (asked.some((word) => word !== "--help" && word !== "-h")) return null;
  const { commandsJson, programHelp } = await import("../help/program.ts");
  const commands = await context.commands(isHostedSyncEnabled(context.env));
  return json
    ? `${JSON.stringify(commandsJson(commands), null, 2)}\n`
    : programHelp(commands, context.columns());
}

/** The version, and which build of it, where that is known. */
export function versionLine(build: Build | null): string {
  return `tracker ${VERSION}${build === null ? "" : ` (${build.commit}, ${build.date})`}`;
}

/** The same as a JSON document. */
export function versionJson(build: Build | null): string {
  const { commit, date } = build ?? { commit: null, date: null };
  return `${JSON.stringify({ version: VERSION, commit, date }, null, 2)}\n`;
}

/** The words of a line that can be options: not those of a line that a shell wants completed, which are data. */
function optionsOf(args: readonly string[]): readonly string[] {
  const own = args[0] === "completion" ? args.slice(0, 2) : args;
  const end = own.indexOf("--");
  return end < 0 ? own : own.slice(0, end);
}
