import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host key rotate`. */
export const command = defineCommand({
  path: "host key rotate",
  ...HOST_COMMAND,
  summary: "Encrypt the credentials of all connections under a new key.",
  examples: [
    "tracker host key rotate --data /var/lib/tracker --new-key-file new.key",
    "tracker host key rotate --database postgres://tracker@db/tracker --key-file old.key --new-key-file new.key",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the new key: `tracker host key rotate --new-key-file FILE`",
  options: (kit) =>
    kit.object("Options", {
      data: dataOption(kit),
      keyFile: keyFileOption(kit),
      newKeyFile: kit.option("--new-key-file", kit.named("FILE"), {
        description: kit.text("File with the new key, from `tracker host key create`."),
      }),
    }),
  load: () => import("./key_rotate_run.ts"),
});
