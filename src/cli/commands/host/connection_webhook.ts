import { CHANGE_HOST } from "../../command/access.ts";
import { defineCommand } from "../../command/command.ts";
import { connectionArgument, dataOption, HOST_COMMAND, keyFileOption } from "./options.ts";

/** The command `tracker host connection webhook`. */
export const command = defineCommand({
  path: "host connection webhook",
  ...HOST_COMMAND,
  summary: "Say what to enter at the provider, so that it sends webhooks.",
  examples: [
    "tracker host connection webhook github --data /var/lib/tracker",
    "tracker host connection webhook linear --secret-stdin --data data < secret.txt",
  ],
  permissions: CHANGE_HOST,
  missing: "Name the connection: `tracker host connection webhook NAME`",
  options: (kit) =>
    kit.object("Options", {
      name: connectionArgument(kit),
      secretStdin: kit.flag(
        ["--secret-stdin"],
        "Read the secret that the provider has made from standard input.",
      ),
      data: dataOption(kit),
      keyFile: keyFileOption(kit),
    }),
  load: () => import("./connection_webhook_run.ts"),
});
