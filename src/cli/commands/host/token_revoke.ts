import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND } from "./options.ts";

/** The command `tracker host token revoke`. */
export const command = defineCommand({
  path: "host token revoke",
  ...HOST_COMMAND,
  summary: "End a token of a machine; it is refused from the next call on.",
  examples: [
    "tracker host token revoke mtk_01HXYZ --data /var/lib/tracker",
    "tracker host token revoke mtk_01HXYZ --data data --json",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the token: `tracker host token revoke ID`",
  options: (kit) =>
    kit.object("Options", {
      id: kit.argument(kit.named("ID"), {
        description: kit.text("The id that `host token list` shows."),
      }),
      data: dataOption(kit),
    }),
  load: () => import("./token_revoke_run.ts"),
});
