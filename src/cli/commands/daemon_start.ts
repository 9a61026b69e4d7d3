import { startDaemon } from "../../daemon/start.ts";
import type { Deps } from "../deps.ts";
import { VERSION } from "../version.ts";

/** Starts the daemon; a running one is left as it is. */
export async function run(deps: Deps): Promise<number> {
  const { kind, pid, port } = await startDaemon({ platform: deps.platform, version: VERSION });
  if (deps.globals.json) deps.output.json({ state: kind, pid, port });
  else {
    const words = kind === "started" ? "is running now" : "was running already";
    deps.output.line(`${deps.output.style.green("✓")} Background sync ${words} (pid ${pid}).`);
  }
  return 0;
}
