import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker daemon status`. */
export const command = defineCommand({
  path: "daemon status",
  group: "Background",
  summary: "Show whether background sync runs.",
  gated: true,
  examples: ["tracker daemon status", "tracker daemon status --json"],
  readiness: "none",
  permissions: ["read user", "net daemon"],
  withDaemon: true,
  ...WITHOUT_OPTIONS,
  load: () => import("./status_run.ts"),
});
