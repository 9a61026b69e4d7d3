import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker sync status`. */
export const command = defineCommand({
  path: "sync status",
  group: "Sync",
  summary: "Show what waits here: edits to push, conflicts to decide, refused edits.",
  gated: false,
  examples: ["tracker sync status", "tracker sync status --exit-code --quiet"],
  readiness: "binding",
  permissions: READ_STATE,
  options: (kit) =>
    kit.object("Options", {
      exitCode: kit.flag(["--exit-code"], "Exit with 1 when anything waits."),
    }),
  bare: { exitCode: false },
  load: () => import("./status_run.ts"),
});
