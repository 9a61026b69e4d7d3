import { COMMAND_LINE, setPassword } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { readNewPassword } from "./password.ts";
import { plural } from "../../terminal/format.ts";

/** Whose password to change. */
export interface HostUserPasswordOptions {
  readonly username: string;
  readonly data: HostPlace;
  readonly passwordStdin: boolean;
}

/** Replaces a user's password and ends the user's sessions. */
export async function run(context: Context, options: HostUserPasswordOptions): Promise<number> {
  return await withHostData(context, options, async (data) => {
    const password = await readNewPassword(context, options.passwordStdin);
    const sessions = await setPassword(data, COMMAND_LINE, options.username, password);
    if (context.globals.json) {
      context.output.json({ username: options.username, sessions_ended: sessions });
    } else {
      const ended = sessions === 0 ? "" : ` ${plural(sessions, "session")} ended.`;
      context.output.result(text`${DONE} ${options.username} has a new password.${ended}`);
    }
    return 0;
  });
}
