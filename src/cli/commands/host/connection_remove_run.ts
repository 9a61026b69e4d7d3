import { COMMAND_LINE, removeConnection, showConnection } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { plural } from "../../terminal/format.ts";
import { confirm } from "../../terminal/prompts.ts";
import { DONE, text } from "../../terminal/text.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";

/** Removes a connection, after a person has agreed. */
export async function run(
  context: Context,
  { name, data: place }: { readonly name: string; readonly data: HostPlace },
): Promise<number> {
  return await withHostData(context, { data: place }, async (data) => {
    const named = { name, teamId: null };
    const { resources, waiting } = await showConnection(data, COMMAND_LINE, named);
    const question = `Remove the connection ${name}? ${plural(resources, "resource")} will live ` +
      `in this host alone, and ${plural(waiting, "change")} that wait will not be delivered.`;
    if (!(await confirm(context, { question, instead: "Agree with `--yes`." }))) {
      if (context.globals.json) context.output.json({ removed: false, declined: true });
      else context.output.notice("Nothing changed.");
      return 0;
    }
    const removed = await removeConnection(data, COMMAND_LINE, named);
    if (context.globals.json) context.output.json({ name, removed: true, ...removed });
    else context.output.result(text`${DONE} Removed the connection ${name}.`);
    return 0;
  });
}
