import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, passwordOption, userArgument } from "./options.ts";

/** The command `tracker host user add`. */
export const command = defineCommand({
  path: "host user add",
  ...HOST_COMMAND,
  summary: "Add a user to a host's data; the password is read from standard input.",
  examples: [
    "tracker host user add me@example.com --data /var/lib/tracker --team acme",
    "tracker host user add me@example.com --data data < password.txt",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the user: `tracker host user add NAME`",
  options: (kit) =>
    kit.object("Options", {
      username: userArgument(kit),
      data: dataOption(kit),
      team: kit.textValue(
        "--team",
        "TEAM",
        "Team of the user (the first team); created when missing.",
      ),
      role: kit.optional(
        kit.option("--role", kit.oneOf("ROLE", "role", ["admin", "member"]), {
          description: kit.text("Role in the team (member); a team's first user is its admin."),
        }),
      ),
      name: kit.textValue("--name", "NAME", "Full name."),
      passwordStdin: passwordOption(kit),
    }),
  load: () => import("./user_add_run.ts"),
});
