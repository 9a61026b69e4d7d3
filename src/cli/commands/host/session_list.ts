import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host session list`. */
export const command = defineCommand({
  path: "host session list",
  ...HOST_COMMAND,
  summary: "List the sessions of users that can still be used.",
  examples: [
    "tracker host session list --data /var/lib/tracker",
    "tracker host session list --user me@example.com --data data --json",
  ],
  permissions: CHANGE_HOST,
  options: (kit) =>
    kit.object("Options", {
      data: dataOption(kit),
      username: kit.textValue("--user", "NAME", "The sessions of this user alone."),
      fields: kit.fields(),
    }),
  load: () => import("./session_list_run.ts"),
});
