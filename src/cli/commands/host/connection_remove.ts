import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host connection remove`. */
export const command = defineCommand({
  path: "host connection remove",
  ...HOST_COMMAND,
  summary: "Remove a connection and its credential; its issues stay in this host.",
  examples: [
    "tracker host connection remove github --data /var/lib/tracker",
    "tracker host connection remove github --data data --yes",
  ],
  permissions: [...CHANGE_HOST, "net provider"],
  missing: "Name the connection: `tracker host connection remove NAME`",
  options: (kit) =>
    kit.object("Options", {
      name: connectionArgument(kit),
      data: dataOption(kit),
      keyFile: keyFileOption(kit),
    }),
  load: () => import("./connection_remove_run.ts"),
});
