import { startDaemon } from "../../../daemon/start.ts";
import type { Context } from "../../command/context.ts";
import { whileWaiting } from "../../terminal/progress.ts";
import { DONE, text } from "../../terminal/text.ts";
import { VERSION } from "../../version.ts";

/** Starts the daemon; a running one is left as it is. */
export async function run(context: Context): Promise<number> {
  const { platform } = context;
  const started = await whileWaiting(
    context,
    "Waiting for background sync to start",
    () => startDaemon({ platform, version: VERSION }),
  );
  const { kind, pid, port, replaced } = started;
  if (context.globals.json) context.output.json({ state: kind, pid, port, replaced });
  else {
    const words = kind === "started" ? "is running now" : "was running already";
    context.output.result(text`${DONE} Background sync ${words} (pid ${pid}).`);
    if (replaced !== null) {
      context.output.result(`  It replaces one that ran with another ${replaced}.`);
    }
  }
  return 0;
}
