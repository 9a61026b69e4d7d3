import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { keyArgument } from "./options.ts";

/** The command `tracker config set`. */
export const command = defineCommand({
  path: "config set",
  group: "Set up",
  summary: "Change a setting.",
  gated: false,
  examples: [
    "tracker config set sync.background_daemon manual",
    "tracker config set sync.max_queue_size 50000",
  ],
  readiness: "none",
  permissions: CHANGE_PROJECT,
  completion: { KEY: "settings" },
  missing: "Name the setting and its value: `tracker config set KEY VALUE`",
  options: (kit) =>
    kit.object("Options", {
      key: keyArgument(kit),
      value: kit.argument(kit.anyText("VALUE"), { description: kit.text("The new value.") }),
    }),
  load: () => import("./set_run.ts"),
});
