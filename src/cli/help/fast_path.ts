import type { Environment } from "../../platform/platform.ts";
import { isHostedSyncEnabled } from "../../client/rollout.ts";
import { BUILD, type Build } from "../build.ts";
import { isGlobalOption, lineOptions, scan } from "../command/command_line.ts";
import { documentText } from "../terminal/json_document.ts";
import { VERSION } from "../version.ts";
import type { HelpEntry } from "./program.ts";

/** What a quick answer may look at. */
export interface QuickContext {
  readonly env: Environment;
  /** Width of the terminal. */
  readonly columns: () => number;
  /** Every command there is in the given state of the rollout gate. */
  readonly commands: (hosted: boolean) => Promise<readonly HelpEntry[]> | readonly HelpEntry[];
}

/**
 * Returns the answer to an empty line, and to one that asks for nothing but the version or the help of the program;
 * `null` for any other. It needs none of the rest of the program, which is what makes it quick.
 */
export async function quickAnswer(
  args: readonly string[],
  context: QuickContext,
): Promise<string | null> {
  const line = scan(args);
  const { json, help, version } = lineOptions(line);
  if (version) return json ? versionJson(BUILD) : `${versionLine(BUILD)}\n`;
  if (!line.every(isGlobalOption) || (line.length > 0 && !help)) return null;
  const { commandsJson, programHelp, programOverview } = await import("./program.ts");
  const commands = await context.commands(isHostedSyncEnabled(context.env));
  if (line.length === 0) return programOverview(commands, context.columns());
  return json
    ? `${documentText(commandsJson(commands))}\n`
    : programHelp(commands, context.columns());
}

/** The version, and which build of it, where that is known. */
export function versionLine(build: Build | null): string {
  return `tracker ${VERSION}${build === null ? "" : ` (${build.commit}, ${build.date})`}`;
}

/** The same as a JSON document. */
export function versionJson(build: Build | null): string {
  const { commit, date } = build ?? { commit: null, date: null };
  return `${documentText({ version: VERSION, commit, date })}\n`;
}
