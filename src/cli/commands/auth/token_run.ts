import { SessionTokens } from "../../../client/session.ts";
import type { Context } from "../../command/context.ts";
import { hostConnection } from "../../services/host_connection.ts";

/** Prints an access token that is good now; the one command whose purpose is to show a token. */
export async function run(context: Context): Promise<number> {
  const tokens = new SessionTokens(await hostConnection(context));
  const { token, teamSlug } = await tokens.accessToken();
  if (context.globals.json) context.output.json({ token, team: teamSlug });
  else context.output.result(token);
  return 0;
}
