import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker issue list`. */
export const command = defineCommand({
  path: "issue list",
  group: "Look",
  summary: "List the cached issues.",
  gated: false,
  examples: ["tracker issue list --status in_progress", "tracker issue list --search timeout"],
  readiness: "none",
  permissions: READ_STATE,
  options: (kit) =>
    kit.object("Options", {
      statuses: kit.statusFilter(),
      types: kit.typeFilter(),
      search: kit.textValue("--search", "TEXT", "Only issues whose key, title or body has TEXT."),
      limit: kit.withDefault(
        kit.option("--limit", kit.count(), {
          description: kit.text("Show at most N issues (50)."),
        }),
        50,
      ),
    }),
  bare: { statuses: [], types: [], search: undefined, limit: 50 },
  load: () => import("./list_run.ts"),
});
