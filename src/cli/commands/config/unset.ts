import { CHANGE_PROJECT } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { keyArgument } from "./options.ts";

/** The command `tracker config unset`. */
export const command = defineCommand({
  path: "config unset",
  group: "Set up",
  summary: "Reset a setting to its default.",
  gated: false,
  examples: [
    "tracker config unset sync.background_daemon",
    "tracker config unset sync.max_queue_size",
  ],
  readiness: "none",
  permissions: CHANGE_PROJECT,
  completion: { KEY: "settings" },
  missing: "Name the setting: `tracker config unset KEY`",
  options: (kit) => kit.object("Options", { key: keyArgument(kit) }),
  load: () => import("./unset_run.ts"),
});
