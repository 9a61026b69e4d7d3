import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { openExistingHostData, publicUrlOf } from "../../../server/mod.ts";
import { connect, readToken } from "./connecting.ts";
import { hostLocation } from "./location.ts";

/** Where an OAuth app is connected in the console. */
const FORM = "/connections/new/jira?kind=app";

/** What to bring from Jira. */
export interface HostConnectJiraOptions extends Omit<ConnectOptions, "apiUrl"> {
  readonly oauth: boolean;
  readonly site: string | undefined;
  readonly email: string | undefined;
  readonly projects: readonly string[];
}

/** Connects projects by a person's token: of a site in the cloud with a mail address, else of a server of a team's own. */
export async function run(context: Context, options: HostConnectJiraOptions): Promise<number> {
  const { site = "", email, projects, tokenStdin, name } = options;
  if (options.oauth) return await sayWhere(context, options);
  if (site === "" && name === undefined) {
    throw usageError("No site is named", "Add `--site URL`, such as https://acme.atlassian.net.");
  }
  const token = await readToken(context, tokenStdin);
  const values = { url: site, token, places: projects.join(" ") };
  const given = email === undefined
    ? { kind: "server_token", values }
    : { kind: "token", values: { ...values, email } };
  return await connect(context, "jira", options, given);
}

/** Says where a person lets an app in: that takes a browser, and the host that serves the data. */
async function sayWhere(context: Context, options: HostConnectJiraOptions): Promise<number> {
  requireUnused(options);
  const { data: place } = options;
  const { platform, output, globals } = context;
  const data = await openExistingHostData(platform, hostLocation(context, place));
  try {
    const publicUrl = await publicUrlOf(data);
    if (globals.json) {
      output.json({ path: FORM, url: publicUrl === null ? null : publicUrl + FORM });
      return 0;
    }
    output.result(
      "An OAuth app is let in by a person with a browser. As an administrator, open in the console:",
    );
    output.result(`  ${publicUrl ?? ""}${FORM}`);
    if (publicUrl === null) {
      output.notice("A host that runs with `--public-url` has its whole address here.");
    }
    return 0;
  } finally {
    await data.store.close();
  }
}

/** What is entered in the console is not taken here: it would be lost without a word. */
function requireUnused(
  { site, email, projects, tokenStdin, keyFile, team, name }: HostConnectJiraOptions,
): void {
  const given = [
    ["--site", site !== undefined],
    ["--email", email !== undefined],
    ["--project", projects.length > 0],
    ["--token-stdin", tokenStdin],
    ["--key-file", keyFile !== undefined],
    ["--team", team !== undefined],
    ["--name", name !== undefined],
  ] as const;
  const unused = given.flatMap(([option, isGiven]) => isGiven ? [`\`${option}\``] : []);
  if (unused.length === 0) return;
  throw usageError(
    `\`--oauth\` says where an app is let in, and does nothing with ${unused.join(", ")}`,
    "Leave that out, and enter it in the console. " +
      "Leave `--oauth` out to connect by a person's token.",
  );
}
