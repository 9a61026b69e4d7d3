import { READ_STATE } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker doctor`. */
export const command = defineCommand({
  path: "doctor",
  group: "Set up",
  summary: "Check everything tracker depends on, and say what to do.",
  gated: false,
  examples: ["tracker doctor", "tracker doctor --json"],
  readiness: "none",
  permissions: [...READ_STATE, "write user", "net host", "net daemon", "run tool"],
  ...WITHOUT_OPTIONS,
  load: () => import("./doctor_run.ts"),
});
