import { COMMAND_LINE, openExistingHostData, renameConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Which connection gets which name. */
export interface HostConnectionRenameOptions {
  readonly name: string;
  readonly to: string;
  readonly data: HostPlace;
}

/** Gives a connection another name. */
export async function run(
  context: Context,
  { name, to, data: place }: HostConnectionRenameOptions,
): Promise<number> {
  const data = await openExistingHostData(context.platform, hostLocation(context, place));
  try {
    await renameConnection(data, COMMAND_LINE, { name, teamId: null }, to);
    if (context.globals.json) context.output.json({ name: to, before: name });
    else context.output.result(text`${DONE} ${name} is called ${to} now.`);
    return 0;
  } finally {
    await data.store.close();
  }
}
