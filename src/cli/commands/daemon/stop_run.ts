import { stopDaemon } from "../../../daemon/stop.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { DONE, text } from "../../terminal/text.ts";

/** Stops the daemon; fine when there is none. */
export async function run(context: Context): Promise<number> {
  const outcome = await whileWaiting(
    context,
    "Waiting for background sync to stop",
    () => stopDaemon(context.platform),
  );
  if (context.globals.json) {
    context.output.json({ state: outcome.kind, pid: "pid" in outcome ? outcome.pid : null });
    return 0;
  }
  switch (outcome.kind) {
    case "stopped":
      context.output.result(text`${DONE} Background sync has stopped (pid ${outcome.pid}).`);
      break;
    case "stale":
      context.output.result("Background sync was not running; what it had left behind is gone.");
      break;
    case "not_running":
      context.output.result("Background sync was not running.");
  }
  return 0;
}
