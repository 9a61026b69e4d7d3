import { usageError } from "../../../platform/tracker_error.ts";
import type { Context } from "../../command/context.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { connect, readToken } from "./connecting.ts";

/** What to bring from GitLab. */
export interface HostConnectGitLabOptions extends ConnectOptions {
  readonly projects: readonly string[];
  readonly groups: readonly string[];
  readonly oauth: boolean;
}

/** Connects projects of GitLab. */
export async function run(context: Context, options: HostConnectGitLabOptions): Promise<number> {
  const { projects, groups, oauth, apiUrl, tokenStdin, name } = options;
  const unnamed = projects.find((one) => !/^[^/\s,]+(\/[^/\s,]+)+$/.test(one));
  if (unnamed !== undefined) {
    throw usageError(
      `"${unnamed}" is no project such as acme/web`,
      "Name it as `--project GROUP/NAME`, or all of a group with `--group PATH`.",
    );
  }
  const strange = groups.find((one) => !/^[^/\s,*]+(\/[^/\s,*]+)*$/.test(one));
  if (strange !== undefined) {
    throw usageError(`"${strange}" is no group such as acme or acme/shop`);
  }
  const places = [...groups.map((group) => `${group}/*`), ...projects].join(" ");
  if (places === "" && name === undefined) {
    throw usageError(
      "Nothing to bring is named",
      "Add `--project GROUP/NAME`, or `--group PATH` for all of a group. " +
        "`--name NAME` alone gives a connection that is there another credential.",
    );
  }
  const token = await readToken(context, tokenStdin);
  const values = { places, url: apiUrl ?? "", token };
  return await connect(context, "gitlab", options, { kind: oauth ? "oauth" : "token", values });
}
