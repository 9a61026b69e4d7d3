import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, refArgument } from "./options.ts";

/** The command `tracker host mapping delete`. */
export const command = defineCommand({
  path: "host mapping delete",
  ...HOST_COMMAND,
  summary: "Delete a binding, so that the resource can be bound again.",
  examples: [
    "tracker host mapping delete srm_01HXYZ --data /var/lib/tracker",
    "tracker host mapping delete srm_01HXYZ --data data --yes",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the binding: `tracker host mapping delete REF`",
  options: (kit) => kit.object("Options", { ref: refArgument(kit), data: dataOption(kit) }),
  load: () => import("./mapping_delete_run.ts"),
});
