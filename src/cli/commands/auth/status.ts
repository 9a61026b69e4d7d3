import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker auth status`. */
export const command = defineCommand({
  path: "auth status",
  group: "Set up",
  summary: "Show who is signed in, where, and for how long.",
  gated: true,
  examples: ["tracker auth status", "tracker auth status --json"],
  readiness: "gate",
  permissions: ["read user"],
  ...WITHOUT_OPTIONS,
  load: () => import("./status_run.ts"),
});
