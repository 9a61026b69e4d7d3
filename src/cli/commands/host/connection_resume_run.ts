import { COMMAND_LINE, openExistingHostData, resumeConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";

/** Lets a paused connection work again. */
export async function run(
  context: Context,
  { name, data: place }: { readonly name: string; readonly data: HostPlace },
): Promise<number> {
  const data = await openExistingHostData(context.platform, hostLocation(context, place));
  try {
    const changed = await resumeConnection(data, COMMAND_LINE, { name, teamId: null });
    if (context.globals.json) context.output.json({ name, paused: false, changed });
    else {context.output.result(
        text`${DONE} ${name} ${changed ? "works again" : "was not paused"}.`,
      );}
    return 0;
  } finally {
    await data.store.close();
  }
}
