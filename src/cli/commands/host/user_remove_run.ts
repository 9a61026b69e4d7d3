import { openExistingHostData, removeUser } from "../../../server/mod.ts";
import type { Deps } from "../../command/context.ts";
import { harmless } from "../../terminal/sanitize.ts";
import { confirm } from "../../terminal/prompts.ts";

/** Removes a user from a host, after a person has agreed. */
export async function run(
  deps: Deps,
  options: { readonly username: string; readonly data: string },
): Promise<number> {
  const data = await openExistingHostData(deps.platform, options.data);
  try {
    const question = `Remove the user ${harmless(options.username)} and end all sessions?`;
    if (!(await confirm(deps, question, "Agree with `--yes`."))) {
      if (deps.globals.json) deps.output.json({ removed: false, declined: true });
      else deps.output.note("Nothing changed.");
      return 0;
    }
    removeUser(data, options.username);
  } finally {
    data.close();
  }
  if (deps.globals.json) deps.output.json({ username: options.username, removed: true });
  else {
    deps.output.line(`${deps.output.style.green("✓")} Removed ${harmless(options.username)}.`);
  }
  return 0;
}
