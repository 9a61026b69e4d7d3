import { requireProjectRoot } from "../../project/root.ts";
import { TrackerService } from "../../tracker/service.ts";
import type { Context } from "../command/context.ts";
import { requestLog } from "./request_log.ts";
import { VERSION } from "../version.ts";

/**
 * The service of the project that the command works on.
 *
 * @throws {TrackerError} `not_a_project`.
 */
export async function trackerService(context: Context): Promise<TrackerService> {
  const { platform, output, globals } = context;
  const debug = (message: string) => output.warn(output.errorStyle.dim(message));
  return new TrackerService({
    platform,
    root: await requireProjectRoot(platform, globals.repo ?? null),
    version: VERSION,
    onRequestLog: requestLog(context),
    debug: globals.verbose ? debug : undefined,
    warn: (message) => output.warn(`Warning: ${message}`),
  });
}
