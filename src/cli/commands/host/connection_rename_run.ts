import { COMMAND_LINE, renameConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { DONE, text } from "../../terminal/text.ts";
import { changeHostData } from "./data.ts";
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
  options: HostConnectionRenameOptions,
): Promise<number> {
  const { name, to } = options;
  return await changeHostData(context, options, async (data) => {
    await renameConnection(data, COMMAND_LINE, { name, teamId: null }, to);
    return {
      document: { name: to, before: name },
      line: text`${DONE} ${name} is called ${to} now.`,
    };
  });
}
