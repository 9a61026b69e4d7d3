import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host connection pause`. */
export const command = defineCommand({
  path: "host connection pause",
  ...HOST_COMMAND,
  summary: "Pause a connection: nothing is fetched or delivered by it.",
  examples: [
    "tracker host connection pause github --data /var/lib/tracker",
    "tracker host connection pause github --data data --json",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the connection: `tracker host connection pause NAME`",
  options: (kit) => kit.object("Options", { name: connectionArgument(kit), data: dataOption(kit) }),
  load: () => import("./connection_pause_run.ts"),
});
