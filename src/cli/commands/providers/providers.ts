import { defineCommand, FIELDS_ALONE } from "../../command/command.ts";

/** The command `tracker providers`. */
export const command = defineCommand({
  path: "providers",
  group: "Set up",
  summary: "List the trackers a repository can be bound to.",
  gated: false,
  examples: ["tracker providers", "tracker providers --json"],
  readiness: "none",
  permissions: [],
  ...FIELDS_ALONE,
  load: () => import("./providers_run.ts"),
});
