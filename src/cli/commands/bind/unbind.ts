import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand, WITHOUT_OPTIONS } from "../../command/command.ts";

/** The command `tracker unbind`. */
export const command = defineCommand({
  path: "unbind",
  group: "Bind",
  summary: "Remove the binding from this repository's configuration.",
  gated: false,
  hosted: "changes nothing at the host; works signed out and offline.",
  local: "forgets how this project runs the tool too; the issues stay cached.",
  examples: ["tracker unbind", "tracker unbind --json"],
  readiness: "none",
  permissions: CHANGE_PROJECT,
  ...WITHOUT_OPTIONS,
  load: () => import("./unbind_run.ts"),
});
