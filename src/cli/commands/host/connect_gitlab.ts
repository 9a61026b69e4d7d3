import { defineCommand } from "../../command/command.ts";
import { CONNECT_PERMISSIONS, connectOptions } from "./connect_options.ts";
import { HOST_COMMAND } from "./options.ts";

/** The command `tracker host connect gitlab`. */
export const command = defineCommand({
  path: "host connect gitlab",
  ...HOST_COMMAND,
  summary: "Bring the issues of GitLab projects; the token is read from standard input.",
  examples: [
    "tracker host connect gitlab --project acme/web --data /var/lib/tracker < token.txt",
    "tracker host connect gitlab --group acme --api-url https://gitlab.acme.com --data data < token.txt",
  ],
  permissions: CONNECT_PERMISSIONS,
  missing: "Name what to bring: `tracker host connect gitlab --project GROUP/NAME`",
  options: (kit) =>
    kit.object("Options", {
      projects: kit.values("--project", "NAME", "A project, such as `acme/web`. Repeatable."),
      groups: kit.values(
        "--group",
        "NAME",
        "All projects of a group and its subgroups. Repeatable.",
      ),
      oauth: kit.flag(["--oauth"], "The token is one of OAuth, and no access token."),
      ...connectOptions(kit),
    }),
  load: () => import("./connect_gitlab_run.ts"),
});
