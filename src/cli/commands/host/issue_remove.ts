import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, teamOption } from "./options.ts";

/** The command `tracker host issue remove`. */
export const command = defineCommand({
  path: "host issue remove",
  ...HOST_COMMAND,
  summary: "Remove an issue that lives in this host; readers hear of it.",
  examples: [
    "tracker host issue remove WEB-12 --resource Website --data /var/lib/tracker",
    "tracker host issue remove WEB-12 --resource Website --data data --yes",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the issue and the resource: `tracker host issue remove KEY --resource NAME`",
  options: (kit) =>
    kit.object("Options", {
      key: kit.argument(kit.named("KEY"), { description: kit.text("Key or id of the issue.") }),
      resource: kit.option("--resource", kit.named("NAME"), {
        description: kit.text("Label, key, name or id of the resource it is in."),
      }),
      data: dataOption(kit),
      team: teamOption(kit, "Team of the resource; needed when several have one of this name."),
    }),
  load: () => import("./issue_remove_run.ts"),
});
