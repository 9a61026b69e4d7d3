import { USE_SESSION } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker auth logout`. */
export const command = defineCommand({
  path: "auth logout",
  group: "Set up",
  summary: "End the session at the current host, and forget it here.",
  gated: true,
  examples: ["tracker auth logout", "tracker auth logout --json"],
  readiness: "gate",
  permissions: USE_SESSION,
  ...WITHOUT_OPTIONS,
  load: () => import("./logout_run.ts"),
});
