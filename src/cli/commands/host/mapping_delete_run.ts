import { COMMAND_LINE, deleteMapping, type HostContext, rehearse } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { withHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { confirm } from "../../terminal/prompts.ts";

/** Deletes a binding for good, after a person has agreed. */
export async function run(
  context: Context,
  options: { readonly ref: string; readonly data: HostPlace },
): Promise<number> {
  const { ref } = options;
  const remove = (data: HostContext) => deleteMapping(data, COMMAND_LINE, ref);
  const isDeleted = await withHostData(context, options, async (data) => {
    await rehearse(data, remove);
    const question = `Delete the binding ${ref} for good?`;
    const isAgreed = await confirm(context, { question, instead: "Agree with `--yes`." });
    if (isAgreed) await remove(data);
    return isAgreed;
  });
  if (!isDeleted) {
    if (context.globals.json) context.output.json({ deleted: false, declined: true });
    else context.output.notice("Nothing changed.");
  } else if (context.globals.json) {
    context.output.json({ binding_ref: ref, state: "deleted" });
  } else context.output.result(text`${DONE} ${ref} is deleted.`);
  return 0;
}
