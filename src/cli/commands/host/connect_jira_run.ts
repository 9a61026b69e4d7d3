import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { connect, readToken } from "./connecting.ts";

/** What to bring from Jira. */
export interface HostConnectJiraOptions extends Omit<ConnectOptions, "apiUrl"> {
  readonly site: string | undefined;
  readonly email: string | undefined;
  readonly projects: readonly string[];
}

/** Connects projects by a person's token: of a site in the cloud with a mail address, else of a server of a team's own. */
export async function run(context: Context, options: HostConnectJiraOptions): Promise<number> {
  const { site, email, projects, tokenStdin } = options;
  if (site === undefined) {
    throw usageError("No site is named", "Add `--site URL`, such as https://acme.atlassian.net.");
  }
  const token = await readToken(context, tokenStdin);
  const values = { url: site, token, places: projects.join(" ") };
  const given = email === undefined
    ? { kind: "server_token", values }
    : { kind: "token", values: { ...values, email } };
  return await connect(context, "jira", options, given);
}
