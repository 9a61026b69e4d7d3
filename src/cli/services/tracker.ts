import { requireProjectRoot } from "../../project/root.ts";
import type { ProjectContext } from "../../tracker/backend.ts";
import type { Context } from "../command/context.ts";
import { dim } from "../terminal/text.ts";
import { requestLog } from "./request_log.ts";
import { VERSION } from "../version.ts";

/**
 * Returns the project that the command works on.
 *
 * @throws {TrackerError} `not_a_project`.
 */
export async function projectContext(context: Context): Promise<ProjectContext> {
  const { platform, output, globals } = context;
  const debug = (message: string) => output.warning(dim(message));
  return {
    platform,
    root: await requireProjectRoot(platform, globals.repo ?? null),
    version: VERSION,
    onRequestLog: requestLog(context),
    debug: globals.verbose ? debug : undefined,
    warn: (message) => output.warning(`Warning: ${message}`),
  };
}
