import { defineCommand } from "../../command/command.ts";
import { CONNECT_PERMISSIONS, connectOptions } from "./connect_options.ts";
import { HOST_COMMAND } from "./options.ts";

/** The command `tracker host connect github`. */
export const command = defineCommand({
  path: "host connect github",
  ...HOST_COMMAND,
  summary: "Bring the issues of GitHub repositories; the token is read from standard input.",
  examples: [
    "tracker host connect github --repository acme/web --data /var/lib/tracker < token.txt",
    "tracker host connect github --app-id 12 --installation 34 --private-key-file app.pem --data data",
  ],
  permissions: CONNECT_PERMISSIONS,
  missing: "Name what to bring: `tracker host connect github --repository OWNER/NAME`",
  options: (kit) =>
    kit.object("Options", {
      repositories: kit.values("--repository", "NAME", "A repository, `owner/name`. Repeatable."),
      owners: kit.values("--owner", "NAME", "All repositories of an owner. Repeatable."),
      appId: kit.textValue("--app-id", "ID", "Sign in as this App instead of by a token."),
      installation: kit.textValue("--installation", "ID", "The installation of the App."),
      privateKeyFile: kit.textValue(
        "--private-key-file",
        "FILE",
        "File with the private key of the App.",
      ),
      ...connectOptions(kit),
    }),
  load: () => import("./connect_github_run.ts"),
});
