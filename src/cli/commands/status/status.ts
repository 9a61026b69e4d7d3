import { ASK_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker status`. */
export const command = defineCommand({
  path: "status",
  group: "Look",
  summary: "Show the binding and the state of the sync.",
  gated: false,
  hosted: "asks the host; `--all` shows every binding of the installation.",
  local: "reads the local cache only.",
  hostedExamples: ["tracker status --all"],
  examples: ["tracker status", "tracker status --json"],
  readiness: { binding: true, reachability: false },
  permissions: ASK_HOST,
  options: (kit) =>
    kit.object("Options", {
      all: kit.only(
        "hosted",
        kit.flag(["--all"], "Show the whole installation instead of this project."),
      ),
    }),
  bare: { all: false },
  load: () => import("./status_run.ts"),
});
