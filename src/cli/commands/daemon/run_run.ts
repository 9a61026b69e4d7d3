import { runDaemon } from "../../../daemon/run.ts";
import type { Context } from "../../command/context.ts";
import { VERSION } from "../../version.ts";

/** Is the daemon, until it is stopped or idle for long; the document of `--json` is there once it runs. */
export async function run(context: Context): Promise<number> {
  const { output, globals } = context;
  const tell = (state: "running" | "already_running", pid: number | null, port: number | null) => {
    if (globals.json) return output.json({ state, pid, port }, "line");
    output.notice(
      state === "running"
        ? `Running as pid ${pid} on port ${port}.`
        : `Background sync is running already (pid ${pid ?? "unknown"}).`,
    );
  };
  const outcome = await runDaemon({
    platform: context.platform,
    version: VERSION,
    onReady: ({ pid, port }) => tell("running", pid, port),
  });
  if (outcome.kind === "already_running") tell("already_running", outcome.pid, null);
  else output.notice(`Ended: ${outcome.reason}`);
  return 0;
}
