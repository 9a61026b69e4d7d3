import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host connection list`. */
export const command = defineCommand({
  path: "host connection list",
  ...HOST_COMMAND,
  summary: "List the connections of a host to providers.",
  examples: [
    "tracker host connection list --data /var/lib/tracker",
    "tracker host connection list --data data --json",
  ],
  permissions: CHANGE_HOST,
  options: (kit) => kit.object("Options", { data: dataOption(kit), fields: kit.fields() }),
  load: () => import("./connection_list_run.ts"),
});
