import { READ_STATE } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { keyArgument } from "./options.ts";

/** The command `tracker config get`. */
export const command = defineCommand({
  path: "config get",
  group: "Set up",
  summary: "Print the value of one setting.",
  gated: false,
  examples: [
    "tracker config get sync.background_daemon",
    "tracker config get sync.max_queue_size --json",
  ],
  readiness: "none",
  permissions: READ_STATE,
  completion: { KEY: "settings" },
  missing: "Name the setting: `tracker config get KEY`",
  options: (kit) => kit.object("Options", { key: keyArgument(kit) }),
  load: () => import("./get_run.ts"),
});
