import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, passwordOption, userArgument } from "./options.ts";

/** The command `tracker host user password`. */
export const command = defineCommand({
  path: "host user password",
  ...HOST_COMMAND,
  summary: "Change a user's password and end the user's sessions.",
  examples: [
    "tracker host user password me@example.com --data /var/lib/tracker",
    "tracker host user password me@example.com --data data --password-stdin < password.txt",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the user: `tracker host user password NAME`",
  options: (kit) =>
    kit.object("Options", {
      username: userArgument(kit),
      data: dataOption(kit),
      passwordStdin: passwordOption(kit),
    }),
  load: () => import("./user_password_run.ts"),
});
