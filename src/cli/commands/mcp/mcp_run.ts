import { isHostedSyncEnabled } from "../../../client/rollout.ts";
import { interrupted } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { serveAgent } from "./serve.ts";
import { toolsFor } from "./tools.ts";

/** Serves an agent until its input ends. */
export async function run(
  context: Context,
  { write }: { readonly write: boolean },
): Promise<number> {
  const { platform, globals, output } = context;
  const tools = toolsFor({ hosted: isHostedSyncEnabled(platform.env), write });
  if (platform.terminal.stdin.isTerminal) {
    output.notice("Waiting for an agent to speak the Model Context Protocol; Ctrl-C ends it.");
  }
  const ending = new AbortController();
  const stops = (["SIGINT", "SIGTERM"] as const).map((signal) =>
    platform.signals.listen(signal, () => ending.abort())
  );
  try {
    await serveAgent({
      platform,
      repo: globals.repo,
      tools,
      signal: ending.signal,
      onFault: (fault) => output.warning(fault),
    });
  } finally {
    for (const stop of stops) stop();
  }
  if (ending.signal.aborted) throw interrupted();
  return 0;
}
