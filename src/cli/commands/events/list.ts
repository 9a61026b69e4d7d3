import { defineCommand } from "../../command/command.ts";

/** The command `tracker events list`. */
export const command = defineCommand({
  path: "events list",
  group: "Background",
  summary: "List the events that wait to be uploaded.",
  gated: true,
  examples: ["tracker events list", "tracker events list --parked"],
  readiness: "gate",
  permissions: ["read user"],
  options: (kit) =>
    kit.object("Options", {
      parked: kit.flag(["--parked"], "Only events the host has refused too often."),
      limit: kit.withDefault(
        kit.option("--limit", kit.count(), {
          description: kit.text("Show at most N events (50)."),
        }),
        50,
      ),
      fields: kit.fields(),
    }),
  bare: { parked: false, limit: 50, fields: undefined },
  load: () => import("./list_run.ts"),
});
