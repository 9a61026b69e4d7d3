import { startDaemon } from "../../../daemon/start.ts";
import type { Deps } from "../../command/context.ts";
import { VERSION } from "../../version.ts";

/** Starts the daemon; a running one is left as it is. */
export async function run(deps: Deps): Promise<number> {
  const started = await startDaemon({ platform: deps.platform, version: VERSION });
  const { kind, pid, port, replaced } = started;
  if (deps.globals.json) deps.output.json({ state: kind, pid, port, replaced });
  else {
    const words = kind === "started" ? "is running now" : "was running already";
    deps.output.line(`${deps.output.style.green("✓")} Background sync ${words} (pid ${pid}).`);
    if (replaced !== null) deps.output.line(`  It replaces one that ran with another ${replaced}.`);
  }
  return 0;
}
