import { defineCommand } from "../../command/command.ts";
import { CONNECT_PERMISSIONS, connectOptions } from "./connect_options.ts";
import { HOST_COMMAND } from "./options.ts";

/** The command `tracker host connect linear`. */
export const command = defineCommand({
  path: "host connect linear",
  ...HOST_COMMAND,
  summary:
    "Bring the issues of Linear teams; the key or an app's secret is read from standard input.",
  examples: [
    "tracker host connect linear --data /var/lib/tracker < key.txt",
    "tracker host connect linear --team-key ENG --team-key OPS --data data < key.txt",
    "tracker host connect linear --client-id 0123abcd --data data < secret.txt",
  ],
  permissions: CONNECT_PERMISSIONS,
  options: (kit) =>
    kit.object("Options", {
      teams: kit.values("--team-key", "KEY", "A team at Linear (all that it reaches). Repeatable."),
      clientId: kit.textValue("--client-id", "ID", "Sign in as this application, by its secret."),
      ...connectOptions(kit),
    }),
  load: () => import("./connect_linear_run.ts"),
});
