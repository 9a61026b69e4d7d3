import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host migrate`. */
export const command = defineCommand({
  path: "host migrate",
  ...HOST_COMMAND,
  summary: "Bring a host's data to this version, or move it to PostgreSQL with `--to`.",
  examples: [
    "tracker host migrate --database postgres://tracker@db/tracker",
    "tracker host migrate --data /var/lib/tracker --to postgres://tracker@db/tracker",
  ],
  permissions: CHANGE_HOST,
  options: (kit) =>
    kit.object("Options", {
      data: dataOption(kit),
      to: kit.textValue("--to", "URL", "Empty PostgreSQL database that gets all data of `--data`."),
    }),
  load: () => import("./migrate_run.ts"),
});
