import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker doctor`. */
export const command = defineCommand({
  path: "doctor",
  group: "Set up",
  summary: "Check everything tracker depends on, and say what to do.",
  gated: false,
  examples: ["tracker doctor", "tracker doctor --json", "tracker doctor --permissions"],
  readiness: "none",
  permissions: [...READ_STATE, "write user", "net host", "net daemon", "run tool"],
  options: (kit) =>
    kit.object("Options", {
      permissions: kit.flag(
        ["--permissions"],
        "List the permissions of Deno that each command needs, too.",
      ),
    }),
  bare: { permissions: false },
  load: () => import("./doctor_run.ts"),
});
