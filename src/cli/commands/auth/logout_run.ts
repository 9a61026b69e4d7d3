import { logout } from "../../../client/logout.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { hostConnection } from "../../services/host_connection.ts";

/** Ends the session at the current host, and forgets it here. */
export async function run(context: Context): Promise<number> {
  const connection = await hostConnection(context);
  const { removed, hostSession, keptBecause } = await logout(connection);
  if (context.globals.json) {
    const host = connection.baseUrl;
    context.output.json({
      host,
      signed_out: removed,
      host_session: hostSession,
      kept_because: keptBecause,
    });
  } else if (removed) {
    context.output.result(text`${DONE} Signed out of ${connection.baseUrl}.`);
    if (hostSession === "kept") {
      const reason = keptBecause === null ? "" : ` (${keptBecause})`;
      context.output.notice(
        text`  The session could not be ended at the host${reason}: it stays until it expires.`,
      );
    } else if (hostSession === "token") {
      context.output.notice(
        "  The token is forgotten here and stays good: those who run the host revoke it.",
      );
    }
  } else context.output.result(`You were not signed in to ${connection.baseUrl}.`);
  return 0;
}
