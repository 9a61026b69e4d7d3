import { COMMAND_LINE, pauseConnection, resumeConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { changeHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";

/** Which connection. */
export interface HostConnectionOptions {
  readonly name: string;
  readonly data: HostPlace;
}

/** Pauses a connection, or lets it work again, and says whether that is a change. */
export async function setPaused(
  context: Context,
  options: HostConnectionOptions,
  paused: boolean,
): Promise<number> {
  const { name } = options;
  return await changeHostData(context, options, async (data) => {
    const named = { name, teamId: null };
    const changed = paused
      ? await pauseConnection(data, COMMAND_LINE, named)
      : await resumeConnection(data, COMMAND_LINE, named);
    const words = paused
      ? changed ? "is paused" : "was paused already"
      : changed
      ? "works again"
      : "was not paused";
    return { document: { name, paused, changed }, line: text`${DONE} ${name} ${words}.` };
  });
}
