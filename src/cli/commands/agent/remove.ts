import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker agent remove`. */
export const command = defineCommand({
  path: "agent remove",
  group: "Agents",
  summary: "Take what `agent install` wrote out of the files that agents read.",
  gated: false,
  examples: ["tracker agent remove", "tracker agent remove --json"],
  readiness: "none",
  permissions: ["read project", "write project"],
  ...WITHOUT_OPTIONS,
  load: () => import("./remove_run.ts"),
});
