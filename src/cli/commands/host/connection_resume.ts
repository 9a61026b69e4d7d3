import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host connection resume`. */
export const command = defineCommand({
  path: "host connection resume",
  ...HOST_COMMAND,
  summary: "Let a paused connection work again.",
  examples: [
    "tracker host connection resume github --data /var/lib/tracker",
    "tracker host connection resume github --data data --json",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the connection: `tracker host connection resume NAME`",
  options: (kit) => kit.object("Options", { name: connectionArgument(kit), data: dataOption(kit) }),
  load: () => import("./connection_resume_run.ts"),
});
