import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, teamOption } from "./options.ts";

/** The command `tracker host token create`. */
export const command = defineCommand({
  path: "host token create",
  ...HOST_COMMAND,
  summary: "Create a token for a machine, such as a job of CI; it is shown once.",
  examples: [
    "tracker host token create --user me@example.com --name ci --data /var/lib/tracker",
    "tracker host token create --user me@example.com --name ci --expires 30d --data data",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the user and the token: `tracker host token create --user NAME --name ci`",
  options: (kit) =>
    kit.object("Options", {
      username: kit.option("--user", kit.named("NAME"), {
        description: kit.text("The user in whose name the machine works."),
      }),
      name: kit.option("--name", kit.named("NAME"), {
        description: kit.text("What the token is for, such as `ci`."),
      }),
      data: dataOption(kit),
      expires: kit.textValue(
        "--expires",
        "SPAN",
        "How long it is good: `12h`, `90d` or `never` (90d).",
      ),
      team: teamOption(kit, "The one team it works in; needed when the user is in several."),
    }),
  load: () => import("./token_create_run.ts"),
});
