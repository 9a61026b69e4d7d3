import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host sync`. */
export const command = defineCommand({
  path: "host sync",
  ...HOST_COMMAND,
  summary: "Read what has changed at the connected providers now.",
  examples: [
    "tracker host sync --data /var/lib/tracker",
    "tracker host sync github --sweep --data data",
  ],
  permissions: [...CHANGE_HOST, "net provider"],
  options: (kit) =>
    kit.object("Options", {
      name: kit.optional(kit.argument(kit.named("NAME"), {
        description: kit.text("Name or id of one connection; all unless given."),
      })),
      sweep: kit.flag(["--sweep"], "Compare all issues, beside what has changed."),
      data: dataOption(kit),
      keyFile: keyFileOption(kit),
    }),
  load: () => import("./sync_run.ts"),
});
