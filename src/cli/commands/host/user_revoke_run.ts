import { COMMAND_LINE, endSessions, openExistingHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { plural } from "../../terminal/format.ts";

/** Ends all sessions of a user; the user can sign in again. */
export async function run(
  context: Context,
  options: { readonly username: string; readonly data: string },
): Promise<number> {
  const data = await openExistingHostData(context.platform, { dataDir: options.data });
  try {
    const sessions = await endSessions(data, COMMAND_LINE, options.username);
    if (context.globals.json) {
      context.output.json({ username: options.username, sessions_ended: sessions });
    } else {
      context.output.result(
        text`${DONE} Ended ${plural(sessions, "session")} of ${options.username}.`,
      );
    }
    return 0;
  } finally {
    await data.store.close();
  }
}
