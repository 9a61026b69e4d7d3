import { COMMAND_LINE, endSessions } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { plural } from "../../terminal/format.ts";
import { DONE, text } from "../../terminal/text.ts";
import { changeHostData } from "./data.ts";

/** Whose sessions to end. */
export interface HostUserRevokeOptions {
  readonly username: string;
  readonly data: HostPlace;
  readonly session: string | undefined;
}

/** Ends all sessions of a user, or one; the user can sign in again. */
export async function run(context: Context, options: HostUserRevokeOptions): Promise<number> {
  const { username, session } = options;
  return await changeHostData(context, options, async (data) => {
    const sessions = await endSessions(data, COMMAND_LINE, username, session);
    return {
      document: { username, sessions_ended: sessions },
      line: text`${DONE} Ended ${plural(sessions, "session")} of ${username}.`,
    };
  });
}
