import { COMMAND_LINE, revokeMachineToken } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { changeHostData } from "./data.ts";

/** Ends a token of a machine. */
export async function run(
  context: Context,
  options: { readonly id: string; readonly data: HostPlace },
): Promise<number> {
  const { id } = options;
  return await changeHostData(context, options, async (data) => {
    const { name, username } = await revokeMachineToken(data, COMMAND_LINE, id);
    return {
      document: { id, name, username, revoked: true },
      line: text`${DONE} The token ${name} of ${username} is revoked.`,
    };
  });
}
