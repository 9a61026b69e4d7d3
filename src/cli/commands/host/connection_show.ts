import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host connection show`. */
export const command = defineCommand({
  path: "host connection show",
  ...HOST_COMMAND,
  summary: "Show a connection, its state, its words and its resources.",
  examples: [
    "tracker host connection show github --data /var/lib/tracker",
    "tracker host connection show github --data data --json",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the connection: `tracker host connection show NAME`",
  options: (kit) => kit.object("Options", { name: connectionArgument(kit), data: dataOption(kit) }),
  load: () => import("./connection_show_run.ts"),
});
