import { runDaemon } from "../../daemon/run.ts";
import type { Deps } from "../deps.ts";
import { VERSION } from "../version.ts";

/** Is the daemon, until it is stopped or idle for long. */
export async function run(deps: Deps): Promise<number> {
  const outcome = await runDaemon({
    platform: deps.platform,
    version: VERSION,
    onReady: ({ pid, port }) => deps.output.note(`Running as pid ${pid} on port ${port}.`),
  });
  if (outcome.kind === "already_running") {
    deps.output.note(`Background sync is running already (pid ${outcome.pid ?? "unknown"}).`);
  } else deps.output.note(`Ended: ${outcome.reason}`);
  return 0;
}
