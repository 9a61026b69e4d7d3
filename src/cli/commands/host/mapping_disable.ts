import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, refArgument } from "./options.ts";

/** The command `tracker host mapping disable`. */
export const command = defineCommand({
  path: "host mapping disable",
  ...HOST_COMMAND,
  summary: "Disable a binding, or enable it again with `--enable`.",
  examples: [
    "tracker host mapping disable srm_01HXYZ --data /var/lib/tracker",
    "tracker host mapping disable srm_01HXYZ --data data --enable",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the binding: `tracker host mapping disable REF`",
  options: (kit) =>
    kit.object("Options", {
      ref: refArgument(kit),
      data: dataOption(kit),
      enable: kit.flag(["--enable"], "Enable the binding again."),
    }),
  load: () => import("./mapping_disable_run.ts"),
});
