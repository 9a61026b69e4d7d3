import { CHANGE_SETTINGS } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker daemon start`. */
export const command = defineCommand({
  path: "daemon start",
  group: "Background",
  summary: "Start background sync for this user.",
  gated: true,
  examples: ["tracker daemon start", "tracker daemon start --json"],
  readiness: "gate",
  permissions: [...CHANGE_SETTINGS, "net daemon", "net host", "run self"],
  ...WITHOUT_OPTIONS,
  load: () => import("./start_run.ts"),
});
