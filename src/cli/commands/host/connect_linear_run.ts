import type { Context } from "../../command/context.ts";
import type { ConnectOptions } from "./connect_options.ts";
import { connect, readToken } from "./connecting.ts";

/** What to bring from Linear. */
export interface HostConnectLinearOptions extends ConnectOptions {
  readonly teams: readonly string[];
  readonly clientId: string | undefined;
}

/**
 * Connects teams of Linear: as an application that has its secret, else by a key. A personal API key is told from a token
 * that an application was given by its beginning.
 */
export async function run(context: Context, options: HostConnectLinearOptions): Promise<number> {
  const { teams, apiUrl, tokenStdin, clientId } = options;
  const common = { places: teams.join(" "), url: apiUrl ?? "" };
  if (clientId !== undefined) {
    const secret = await readToken(context, tokenStdin, "client secret");
    const values = { ...common, client: clientId, secret };
    return await connect(context, "linear", options, { kind: "app", values });
  }
  const secret = await readToken(context, tokenStdin);
  const kind = secret.startsWith("lin_oauth_") ? "token" : "key";
  return await connect(context, "linear", options, { kind, values: { ...common, [kind]: secret } });
}
