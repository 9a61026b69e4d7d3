import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host audit`. */
export const command = defineCommand({
  path: "host audit",
  ...HOST_COMMAND,
  summary: "List what administrators did, newest first.",
  examples: [
    "tracker host audit --data /var/lib/tracker",
    "tracker host audit --since 2026-01-31 --user me@example.com --data data --json",
  ],
  permissions: CHANGE_HOST,
  options: (kit) =>
    kit.object("Options", {
      data: dataOption(kit),
      limit: kit.optional(
        kit.option("--limit", kit.count(), {
          description: kit.text("Entries to show at most (50)."),
        }),
      ),
      since: kit.optional(
        kit.option("--since", kit.pointInTime(), {
          description: kit.text("Only what was done at this time or later."),
        }),
      ),
      user: kit.textValue(
        "--user",
        "NAME",
        "Only what was done by this user, or by `command line`.",
      ),
      fields: kit.fields(),
    }),
  load: () => import("./audit_run.ts"),
});
