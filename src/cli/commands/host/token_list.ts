import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host token list`. */
export const command = defineCommand({
  path: "host token list",
  ...HOST_COMMAND,
  summary: "List the tokens of machines, and when each was used last.",
  examples: [
    "tracker host token list --data /var/lib/tracker",
    "tracker host token list --data data --json",
  ],
  permissions: CHANGE_HOST,
  options: (kit) =>
    kit.object("Options", {
      data: dataOption(kit),
      fields: kit.fields(),
    }),
  load: () => import("./token_list_run.ts"),
});
