import { stopDaemon } from "../../../daemon/stop.ts";
import type { Deps } from "../../command/context.ts";

/** Stops the daemon; fine when there is none. */
export async function run(deps: Deps): Promise<number> {
  const outcome = await stopDaemon(deps.platform);
  if (deps.globals.json) {
    deps.output.json({ state: outcome.kind, pid: "pid" in outcome ? outcome.pid : null });
    return 0;
  }
  switch (outcome.kind) {
    case "stopped":
      deps.output.line(
        `${deps.output.style.green("✓")} Background sync has stopped (pid ${outcome.pid}).`,
      );
      break;
    case "stale":
      deps.output.line("Background sync was not running; what it had left behind is gone.");
      break;
    case "not_running":
      deps.output.line("Background sync was not running.");
  }
  return 0;
}
