import { CHANGE_DATA } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { HOST_COMMAND } from "./options.ts";

/** The command `tracker host key create`. */
export const command = defineCommand({
  path: "host key create",
  ...HOST_COMMAND,
  summary: "Make a file with a new key, for hosts that share a database.",
  examples: [
    "tracker host key create /etc/tracker/host.key",
    "tracker host key create host.key --json",
  ],
  permissions: CHANGE_DATA,
  missing: "Name the file: `tracker host key create FILE`",
  options: (kit) =>
    kit.object("Options", {
      file: kit.argument(kit.named("FILE"), { description: kit.text("The file to make.") }),
    }),
  load: () => import("./key_create_run.ts"),
});
