import { ASK_HOST } from "../../command/access.ts";
import { defineCommand, FIELDS_ALONE } from "../../command/command.ts";

/** The command `tracker map list`. */
export const command = defineCommand({
  path: "map list",
  group: "Look",
  summary: "List which work package belongs to which issue.",
  gated: false,
  hosted: "shows the mappings the host keeps.",
  local: "shows the mappings added with `tracker map add`.",
  examples: ["tracker map list", "tracker map list --json"],
  readiness: { binding: true, reachability: false },
  permissions: ASK_HOST,
  ...FIELDS_ALONE,
  load: () => import("./list_run.ts"),
});
