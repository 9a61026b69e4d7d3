import { endSessions, openExistingHostData } from "../../../server/mod.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { plural } from "../../terminal/format.ts";

/** Ends all sessions of a user; the user can sign in again. */
export async function run(
  deps: Deps,
  options: { readonly username: string; readonly data: string },
): Promise<number> {
  const data = await openExistingHostData(deps.platform, options.data);
  try {
    const sessions = endSessions(data, options.username);
    if (deps.globals.json) {
      deps.output.json({ username: options.username, sessions_ended: sessions });
    } else {
      deps.output.line(
        `${deps.output.style.green("✓")} Ended ${plural(sessions, "session")} of ${
          harmless(options.username)
        }.`,
      );
    }
    return 0;
  } finally {
    data.close();
  }
}
