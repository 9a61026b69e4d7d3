import { defineCommand, FIELDS_ALONE } from "../../command/command.ts";

/** The command `tracker mission list`. */
export const command = defineCommand({
  path: "mission list",
  group: "Missions",
  summary: "List the missions of the project and their tickets.",
  gated: false,
  examples: ["tracker mission list", "tracker mission list --json"],
  readiness: "none",
  permissions: ["read project"],
  ...FIELDS_ALONE,
  load: () => import("./list_run.ts"),
});
