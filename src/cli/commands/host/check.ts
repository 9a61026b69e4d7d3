import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host check`. */
export const command = defineCommand({
  path: "host check",
  ...HOST_COMMAND,
  summary: "Check everything a host needs, and say what to do.",
  examples: [
    "tracker host check --data /var/lib/tracker",
    "tracker host check --database postgres://tracker@db/tracker --json",
  ],
  permissions: [...CHANGE_HOST, "sys statfs"],
  options: (kit) => kit.object("Options", { data: dataOption(kit), keyFile: keyFileOption(kit) }),
  load: () => import("./check_run.ts"),
});
