import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host connection test`. */
export const command = defineCommand({
  path: "host connection test",
  ...HOST_COMMAND,
  summary: "Ask the provider of a connection what its credential may do.",
  examples: [
    "tracker host connection test github --data /var/lib/tracker",
    "tracker host connection test github --data data --json",
  ],
  permissions: [...CHANGE_HOST, "net provider"],
  missing: "Name the connection: `tracker host connection test NAME`",
  options: (kit) =>
    kit.object("Options", {
      name: connectionArgument(kit),
      data: dataOption(kit),
      keyFile: keyFileOption(kit),
    }),
  load: () => import("./connection_try_run.ts"),
});
