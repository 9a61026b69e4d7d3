import { COMMAND_LINE, openExistingHostData, pauseConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Pauses a connection. */
export async function run(
  context: Context,
  { name, data: place }: { readonly name: string; readonly data: HostPlace },
): Promise<number> {
  const data = await openExistingHostData(context.platform, hostLocation(context, place));
  try {
    const changed = await pauseConnection(data, COMMAND_LINE, { name, teamId: null });
    if (context.globals.json) context.output.json({ name, paused: true, changed });
    else {context.output.result(
        text`${DONE} ${name} ${changed ? "is paused" : "was paused already"}.`,
      );}
    return 0;
  } finally {
    await data.store.close();
  }
}
