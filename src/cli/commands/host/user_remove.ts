import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, teamOption, userArgument } from "./options.ts";

/** The command `tracker host user remove`. */
export const command = defineCommand({
  path: "host user remove",
  ...HOST_COMMAND,
  summary: "Remove a user; the user's tokens stop working at once.",
  examples: [
    "tracker host user remove me@example.com --data /var/lib/tracker",
    "tracker host user remove me@example.com --data data --yes",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the user: `tracker host user remove NAME`",
  options: (kit) =>
    kit.object("Options", {
      username: userArgument(kit),
      data: dataOption(kit),
      team: teamOption(kit, "Take the user out of this team only; out of the last one, wholly."),
    }),
  load: () => import("./user_remove_run.ts"),
});
