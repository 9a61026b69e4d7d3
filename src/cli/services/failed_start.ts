import type { Platform } from "../../platform/platform.ts";
import { userPaths } from "../../user/paths.ts";
import type { Context } from "../command/context.ts";

/**
 * Warns once of a background start that has failed since the last command. A command that starts background sync does
 * not wait for it, so the next one tells.
 */
export async function warnOfFailedStart({ platform, output }: Context): Promise<void> {
  if (!await mayHaveFailed(platform)) return;
  const [{ untoldFailure }, { notStartedWords }] = await Promise.all([
    import("../../daemon/start_note.ts"),
    import("../../daemon/intent.ts"),
  ]);
  const failure = await untoldFailure(platform);
  if (failure === null) return;
  output.warning(`Warning: ${notStartedWords(failure)}. See \`tracker daemon status\`.`);
}

/** A look at most: a command that may not read there has started nothing either. */
async function mayHaveFailed(platform: Platform): Promise<boolean> {
  try {
    return await platform.files.stat(userPaths(platform).daemonStart) !== null;
  } catch {
    return false;
  }
}
