import { CHANGE_SETTINGS } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";

/** The command `tracker events retry`. */
export const command = defineCommand({
  path: "events retry",
  group: "Background",
  summary: "Queue parked events again: one, or all.",
  gated: true,
  examples: ["tracker events retry", "tracker events retry 01JMBY7K8N3QRVX2DPFG5HWT4E"],
  readiness: "gate",
  permissions: CHANGE_SETTINGS,
  options: (kit) =>
    kit.object("Options", {
      id: kit.optional(
        kit.argument(kit.named("ID"), { description: kit.text("Id of one event.") }),
      ),
    }),
  bare: { id: undefined },
  load: () => import("./retry_run.ts"),
});
