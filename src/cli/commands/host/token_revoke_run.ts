import { COMMAND_LINE, revokeMachineToken } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { withHostData } from "./data.ts";

/** Ends a token of a machine. */
export async function run(
  context: Context,
  options: { readonly id: string; readonly data: HostPlace },
): Promise<number> {
  const { id } = options;
  const { name, username } = await withHostData(
    context,
    options,
    (data) => revokeMachineToken(data, COMMAND_LINE, id),
  );
  if (context.globals.json) context.output.json({ id, name, username, revoked: true });
  else context.output.result(text`${DONE} The token ${name} of ${username} is revoked.`);
  return 0;
}
