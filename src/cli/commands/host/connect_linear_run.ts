import type { Context } from "../../command/context.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { connect, readToken } from "./connecting.ts";

/** What to bring from Linear. */
export interface HostConnectLinearOptions extends ConnectOptions {
  readonly teams: readonly string[];
}

/** Connects teams of Linear. A personal API key is told from a token that an application was given by its beginning. */
export async function run(context: Context, options: HostConnectLinearOptions): Promise<number> {
  const { teams, apiUrl, tokenStdin } = options;
  const secret = await readToken(context, tokenStdin);
  const kind = secret.startsWith("lin_oauth_") ? "token" : "key";
  const values = { places: teams.join(" "), url: apiUrl ?? "", [kind]: secret };
  return await connect(context, "linear", options, { kind, values });
}
