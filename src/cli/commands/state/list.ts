import { defineCommand, FIELDS_ALONE } from "../../command/command.ts";

/** The command `tracker state list`. */
export const command = defineCommand({
  path: "state list",
  group: "Look",
  summary: "List what this machine keeps of which repository or binding.",
  gated: false,
  examples: ["tracker state list", "tracker state list --json"],
  readiness: "none",
  permissions: ["read project", "read user"],
  ...FIELDS_ALONE,
  load: () => import("./list_run.ts"),
});
