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

/** Connects projects of a site in the cloud by a person's token. */
export async function run(context: Context, options: HostConnectJiraOptions): Promise<number> {
  const { site, email, projects, tokenStdin } = options;
  if (site === undefined) {
    throw usageError("No site is named", "Add `--site URL`, such as https://acme.atlassian.net.");
  }
  if (email === undefined) {
    throw usageError("No mail address is named", "Add `--email MAIL` of the token's account.");
  }
  const token = await readToken(context, tokenStdin);
  const values = { url: site, email, token, places: projects.join(" ") };
  return await connect(context, "jira", options, { kind: "token", values });
}
