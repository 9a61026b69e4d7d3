import { COMMAND_LINE, deleteMapping, openExistingHostData } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { hostLocation } from "./location.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { confirm } from "../../terminal/prompts.ts";

/** Deletes a binding for good, after a person has agreed. */
export async function run(
  context: Context,
  options: { readonly ref: string; readonly data: HostPlace },
): Promise<number> {
  const question = `Delete the binding ${options.ref} for good?`;
  if (!(await confirm(context, { question, instead: "Agree with `--yes`." }))) {
    if (context.globals.json) context.output.json({ deleted: false, declined: true });
    else context.output.notice("Nothing changed.");
    return 0;
  }
  const data = await openExistingHostData(context.platform, hostLocation(context, options.data));
  try {
    await deleteMapping(data, COMMAND_LINE, options.ref);
  } finally {
    await data.store.close();
  }
  if (context.globals.json) context.output.json({ binding_ref: options.ref, state: "deleted" });
  else context.output.result(text`${DONE} ${options.ref} is deleted.`);
  return 0;
}
