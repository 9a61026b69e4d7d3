import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host connection rename`. */
export const command = defineCommand({
  path: "host connection rename",
  ...HOST_COMMAND,
  summary: "Give a connection another name.",
  examples: [
    "tracker host connection rename github-2 --to github-ops --data /var/lib/tracker",
    "tracker host connection rename github --to ours --data data --json",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the connection: `tracker host connection rename NAME --to NAME`",
  options: (kit) =>
    kit.object("Options", {
      name: connectionArgument(kit),
      to: kit.option("--to", kit.named("NAME"), { description: kit.text("The new name.") }),
      data: dataOption(kit),
    }),
  load: () => import("./connection_rename_run.ts"),
});
