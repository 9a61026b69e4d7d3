import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, teamOption, userArgument } from "./options.ts";

/** The command `tracker host user role`. */
export const command = defineCommand({
  path: "host user role",
  ...HOST_COMMAND,
  summary: "Make a user an admin or a member of a team.",
  examples: [
    "tracker host user role me@example.com admin --data /var/lib/tracker",
    "tracker host user role me@example.com member --data data --team acme",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the user and the role: `tracker host user role NAME admin`",
  options: (kit) =>
    kit.object("Options", {
      username: userArgument(kit),
      role: kit.argument(kit.oneOf("ROLE", "role", ["admin", "member"]), {
        description: kit.text("`admin` or `member`."),
      }),
      data: dataOption(kit),
      team: teamOption(kit, "Team of the role; needed when the user is in several."),
    }),
  load: () => import("./user_role_run.ts"),
});
