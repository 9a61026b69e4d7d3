import { CHANGE_CACHE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker wp list`. */
export const command = defineCommand({
  path: "wp list",
  group: "Missions",
  summary: "List the work packages of missions: their lanes, their tickets, and what differs.",
  gated: false,
  examples: ["tracker wp list", "tracker wp list fix-search --json"],
  readiness: "none",
  permissions: CHANGE_CACHE,
  completion: { MISSION: "missions" },
  options: (kit) =>
    kit.object("Options", {
      mission: kit.optional(
        kit.argument(kit.named("MISSION"), {
          description: kit.text("Only this mission: its directory, slug, number or id."),
        }),
      ),
      fields: kit.fields(),
    }),
  load: () => import("./list_run.ts"),
});
