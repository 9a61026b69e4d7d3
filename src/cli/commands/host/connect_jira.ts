import { defineCommand } from "../../command/command.ts";
import { CONNECT_PERMISSIONS, connectOptions } from "./connect_options.ts";
import { HOST_COMMAND } from "./options.ts";

/** The command `tracker host connect jira`. */
export const command = defineCommand({
  path: "host connect jira",
  ...HOST_COMMAND,
  summary: "Bring the issues of Jira projects; the token is read from standard input.",
  examples: [
    "tracker host connect jira --site https://acme.atlassian.net --email ada@acme.example --data /var/lib/tracker < token.txt",
    "tracker host connect jira --site https://acme.atlassian.net --email ada@acme.example --project WEB --project OPS --data data < token.txt",
    "tracker host connect jira --site https://jira.example.com --project WEB --data data < token.txt",
    "tracker host connect jira --oauth --data data",
  ],
  permissions: CONNECT_PERMISSIONS,
  options: (kit) => {
    const { apiUrl: _apiUrl, ...common } = connectOptions(kit);
    return kit.object("Options", {
      oauth: kit.flag(
        ["--oauth"],
        "Say how to sign in with an OAuth app, in the console, instead of a token.",
      ),
      site: kit.textValue(
        "--site",
        "URL",
        "Address of the Jira site or server; needed without --oauth.",
      ),
      email: kit.textValue(
        "--email",
        "MAIL",
        "Mail address of the token's account; needed for a site in the cloud.",
      ),
      projects: kit.values(
        "--project",
        "KEY",
        "Only this project (all that the token reaches). May be repeated.",
      ),
      ...common,
    });
  },
  load: () => import("./connect_jira_run.ts"),
});
