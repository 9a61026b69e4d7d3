import { CHANGE_SETTINGS } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker daemon stop`. */
export const command = defineCommand({
  path: "daemon stop",
  group: "Background",
  summary: "Stop background sync; queued events stay queued.",
  gated: true,
  examples: ["tracker daemon stop", "tracker daemon stop --json"],
  readiness: "none",
  permissions: [...CHANGE_SETTINGS, "net daemon"],
  withDaemon: true,
  ...WITHOUT_OPTIONS,
  load: () => import("./stop_run.ts"),
});
