import { CHANGE_SETTINGS } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker daemon run`. */
export const command = defineCommand({
  path: "daemon run",
  group: "Background",
  summary: "Run background sync in the foreground.",
  gated: true,
  examples: ["tracker daemon run", "tracker daemon run --verbose"],
  readiness: "gate",
  permissions: [...CHANGE_SETTINGS, "net daemon", "net host"],
  ...WITHOUT_OPTIONS,
  load: () => import("./run_run.ts"),
});
