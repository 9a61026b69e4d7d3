import { COMMAND_LINE, endSessions } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { plural } from "../../terminal/format.ts";
import { DONE, text } from "../../terminal/text.ts";
import { withHostData } from "./data.ts";

/** Whose sessions to end. */
export interface HostUserRevokeOptions {
  readonly username: string;
  readonly data: HostPlace;
  readonly session: string | undefined;
}

/** Ends all sessions of a user, or one; the user can sign in again. */
export async function run(context: Context, options: HostUserRevokeOptions): Promise<number> {
  const { username, session } = options;
  const sessions = await withHostData(
    context,
    options,
    (data) => endSessions(data, COMMAND_LINE, username, session),
  );
  if (context.globals.json) context.output.json({ username, sessions_ended: sessions });
  else context.output.result(text`${DONE} Ended ${plural(sessions, "session")} of ${username}.`);
  return 0;
}
