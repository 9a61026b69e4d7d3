import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host mapping list`. */
export const command = defineCommand({
  path: "host mapping list",
  ...HOST_COMMAND,
  summary: "List the bindings a host has issued.",
  examples: [
    "tracker host mapping list --data /var/lib/tracker",
    "tracker host mapping list --data data --json",
  ],
  permissions: CHANGE_HOST,
  options: (kit) => kit.object("Options", { data: dataOption(kit), fields: kit.fields() }),
  load: () => import("./mapping_list_run.ts"),
});
