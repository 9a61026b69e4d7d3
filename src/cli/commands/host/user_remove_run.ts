import {
  COMMAND_LINE,
  type HostContext,
  openExistingHostData,
  rehearse,
  removeUser,
} from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { confirm } from "../../terminal/prompts.ts";

/** Removes a user from a host, after a person has agreed. */
export async function run(
  context: Context,
  options: {
    readonly username: string;
    readonly data: HostPlace;
    readonly team: string | undefined;
  },
): Promise<number> {
  const data = await openExistingHostData(context.platform, hostLocation(context, options.data));
  const remove = (data: HostContext) =>
    removeUser(data, COMMAND_LINE, options.username, options.team);
  try {
    await rehearse(data, remove);
    const question = options.team === undefined
      ? `Remove the user ${options.username} and end all sessions?`
      : `Take the user ${options.username} out of team ${options.team}?`;
    if (!(await confirm(context, { question, instead: "Agree with `--yes`." }))) {
      if (context.globals.json) context.output.json({ removed: false, declined: true });
      else context.output.notice("Nothing changed.");
      return 0;
    }
    await remove(data);
  } finally {
    await data.store.close();
  }
  if (context.globals.json) context.output.json({ username: options.username, removed: true });
  else {
    context.output.result(text`${DONE} Removed ${options.username}.`);
  }
  return 0;
}
