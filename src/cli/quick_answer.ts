import type { Environment } from "../platform/platform.ts";
import { isHostedSyncEnabled } from "../hosted/rollout.ts";
import { BUILD, type Build } from "./build.ts";
import type { HelpEntry } from "./help.ts";
import { VERSION } from "./version.ts";

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
  if (asksForVersion(args)) return `${versionLine(BUILD)}\n`;
  if (args.some((word) => word !== "--help" && word !== "-h")) return null;
  const { programHelp } = await import("./help.ts");
  return programHelp(await context.commands(isHostedSyncEnabled(context.env)), context.columns());
}

/** The version, and which build of it, where that is known. */
export function versionLine(build: Build | null): string {
  return `tracker ${VERSION}${build === null ? "" : ` (${build.commit}, ${build.date})`}`;
}

function asksForVersion(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const words = end < 0 ? args : args.slice(0, end);
  return words.every((word) => word.startsWith("-")) &&
    words.some((word) => word === "--version" || word === "-V");
}
