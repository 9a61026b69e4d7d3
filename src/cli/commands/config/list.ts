import { READ_STATE } from "../../command/access.ts";
import { defineCommand, FIELDS_ALONE } from "../../command/command.ts";

/** The command `tracker config list`. */
export const command = defineCommand({
  path: "config list",
  group: "Set up",
  summary: "List the settings, their values and where they come from.",
  gated: false,
  examples: ["tracker config list", "tracker config list --json"],
  readiness: "none",
  permissions: READ_STATE,
  ...FIELDS_ALONE,
  load: () => import("./list_run.ts"),
});
