import { defineCommand } from "../../command/command.ts";

/** The command `tracker doctor`. */
export const command = defineCommand({
  path: "doctor",
  group: "Set up",
  summary: "Check everything tracker depends on, and say what to do.",
  gated: false,
  examples: ["tracker doctor", "tracker doctor --json"],
  readiness: "none",
  options: (kit) => kit.object({}),
  bare: {},
  load: () => import("./doctor_run.ts"),
});
