import { openExistingHostData, setPassword } from "../../../server/mod.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { readNewPassword } from "./password.ts";
import { plural } from "../../terminal/format.ts";

/** Whose password to change. */
export interface HostUserPasswordOptions {
  readonly username: string;
  readonly data: string;
  readonly passwordStdin: boolean;
}

/** Replaces a user's password and ends the user's sessions. */
export async function run(deps: Deps, options: HostUserPasswordOptions): Promise<number> {
  const data = await openExistingHostData(deps.platform, options.data);
  try {
    const password = await readNewPassword(deps, options.passwordStdin);
    const sessions = await setPassword(data, options.username, password);
    if (deps.globals.json) {
      deps.output.json({ username: options.username, sessions_ended: sessions });
    } else {
      const { style } = deps.output;
      const ended = sessions === 0 ? "" : ` ${plural(sessions, "session")} ended.`;
      deps.output.line(
        `${style.green("✓")} ${harmless(options.username)} has a new password.${ended}`,
      );
    }
    return 0;
  } finally {
    data.close();
  }
}
