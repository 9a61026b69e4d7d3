import { CHANGE_DATA } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, userArgument } from "./options.ts";

/** The command `tracker host user revoke`. */
export const command = defineCommand({
  path: "host user revoke",
  group: "Host",
  summary: "End all sessions of a user, who can sign in again.",
  gated: true,
  examples: [
    "tracker host user revoke me@example.com --data /var/lib/tracker",
    "tracker host user revoke me@example.com --data data --json",
  ],
  readiness: "gate",
  permissions: CHANGE_DATA,
  missing: "Name the user and the data: `tracker host user revoke NAME --data DIR`",
  options: (kit) => kit.object("Options", { username: userArgument(kit), data: dataOption(kit) }),
  load: () => import("./user_revoke_run.ts"),
});
