import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host backup`. */
export const command = defineCommand({
  path: "host backup",
  ...HOST_COMMAND,
  summary: "Copy a host's data into one file, while it serves.",
  examples: [
    "tracker host backup /backup/host.db --data /var/lib/tracker",
    "tracker host backup host.db --database postgres://tracker@db/tracker --force",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the file: `tracker host backup FILE`",
  options: (kit) =>
    kit.object("Options", {
      file: kit.argument(kit.named("FILE"), { description: kit.text("The file to make.") }),
      data: dataOption(kit),
      force: kit.flag(["--force"], "Replace a file that is there."),
    }),
  load: () => import("./backup_run.ts"),
});
