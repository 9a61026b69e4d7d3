import { BUILD, type Build } from "../build.ts";
import { isGlobalOption, lineOptions, scan } from "../command/command_line.ts";
import { documentText } from "../terminal/json_document.ts";
import { VERSION } from "../version.ts";
import type { HelpEntry } from "./program.ts";

/** What a quick answer may look at. */
export interface QuickContext {
  /** Width of the terminal. */
  readonly columns: () => number;
  /** Every command there is in the state of the rollout gate. */
  readonly commands: () => Promise<readonly HelpEntry[]> | readonly HelpEntry[];
}

/** Returns the answer to a line that asks for the version; `null` for any other. Loads nothing more. */
export function versionAnswer(args: readonly string[]): string | null {
  const { json, version } = lineOptions(scan(args));
  if (!version) return null;
  return json ? versionJson(BUILD) : `${versionLine(BUILD)}\n`;
}

/**
 * Returns the answer to an empty line, and to one that asks for nothing but the version or the help of the program;
 * `null` for any other. It needs none of the rest of the program, which is what makes it quick.
 */
export async function quickAnswer(
  args: readonly string[],
  context: QuickContext,
): Promise<string | null> {
  const version = versionAnswer(args);
  if (version !== null) return version;
  const line = scan(args);
  const { json, help } = lineOptions(line);
  if (!line.every(isGlobalOption) || (line.length > 0 && !help)) return null;
  const [{ commandsJson, programHelp, programOverview }, commands] = await Promise.all([
    import("./program.ts"),
    context.commands(),
  ]);
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
