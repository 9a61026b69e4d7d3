import { SessionTokens } from "../../../client/session.ts";
import type { Deps } from "../../command/context.ts";
import { hostConnection } from "../../services/host_connection.ts";

/** Prints an access token that is good now; the one command whose purpose is to show a token. */
export async function run(deps: Deps): Promise<number> {
  const tokens = new SessionTokens(await hostConnection(deps));
  const { token, teamSlug } = await tokens.accessToken();
  if (deps.globals.json) deps.output.json({ token, team: teamSlug });
  else deps.output.line(token);
  return 0;
}
