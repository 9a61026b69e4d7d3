import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, userArgument } from "./options.ts";

/** The command `tracker host user revoke`. */
export const command = defineCommand({
  path: "host user revoke",
  ...HOST_COMMAND,
  summary: "End all sessions of a user, or one; the user can sign in again.",
  examples: [
    "tracker host user revoke me@example.com --data /var/lib/tracker",
    "tracker host user revoke me@example.com --session fam_01HXYZ --data data",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the user: `tracker host user revoke NAME`",
  options: (kit) =>
    kit.object("Options", {
      username: userArgument(kit),
      data: dataOption(kit),
      session: kit.textValue("--session", "ID", "End this session alone, of `host session list`."),
    }),
  load: () => import("./user_revoke_run.ts"),
});
