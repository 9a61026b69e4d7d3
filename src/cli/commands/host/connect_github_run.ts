import type { GivenCredential } from "../../../server/mod.ts";
import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import { readFile } from "../../services/input_file.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { connect, readToken } from "./connecting.ts";

/** What to bring from GitHub, and how to sign in there. */
export interface HostConnectGitHubOptions extends ConnectOptions {
  readonly repositories: readonly string[];
  readonly owners: readonly string[];
  readonly appId: string | undefined;
  readonly installation: string | undefined;
  readonly privateKeyFile: string | undefined;
}

/** Connects repositories of GitHub. */
export async function run(context: Context, options: HostConnectGitHubOptions): Promise<number> {
  return await connect(context, "github", options, await givenTo(context, options));
}

async function givenTo(
  context: Context,
  options: HostConnectGitHubOptions,
): Promise<GivenCredential> {
  const { repositories, owners, appId, installation, privateKeyFile, apiUrl } = options;
  const [unnamed] = repositories.filter((one) => !/^[^/\s,]+\/[^/\s,]+$/.test(one));
  if (unnamed !== undefined) {
    throw usageError(
      `"${unnamed}" is no repository such as acme/web`,
      "Name it as `--repository OWNER/NAME`, or all of an owner with `--owner NAME`.",
    );
  }
  const [strange] = owners.filter((one) => /[/\s,]/.test(one));
  if (strange !== undefined) {
    throw usageError(
      `"${strange}" is no owner such as acme`,
      "Name one repository with `--repository OWNER/NAME`.",
    );
  }
  const common = { places: [...owners, ...repositories].join(" "), url: apiUrl ?? "" };
  const isApp = appId !== undefined;
  if (isApp !== (installation !== undefined) || isApp !== (privateKeyFile !== undefined)) {
    throw usageError(
      "An App signs in with `--app-id`, `--installation` and `--private-key-file` together",
    );
  }
  if (appId !== undefined && installation !== undefined && privateKeyFile !== undefined) {
    if (options.tokenStdin) throw usageError("An App signs in by its key, and takes no token");
    const key = await readFile(context, privateKeyFile);
    return { kind: "app", values: { ...common, app: appId, installation, key } };
  }
  if (common.places === "" && options.name === undefined) {
    throw usageError(
      "Nothing to bring is named",
      "Add `--repository OWNER/NAME`, or `--owner NAME` for all of an owner. " +
        "`--name NAME` alone gives a connection that is there another credential.",
    );
  }
  const token = await readToken(context, options.tokenStdin);
  return { kind: "token", values: { ...common, token } };
}
