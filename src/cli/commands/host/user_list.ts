import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host user list`. */
export const command = defineCommand({
  path: "host user list",
  ...HOST_COMMAND,
  summary: "List the users of a host.",
  examples: [
    "tracker host user list --data /var/lib/tracker",
    "tracker host user list --data data --json",
  ],
  permissions: CHANGE_HOST,
  options: (kit) => kit.object("Options", { data: dataOption(kit), fields: kit.fields() }),
  load: () => import("./user_list_run.ts"),
});
