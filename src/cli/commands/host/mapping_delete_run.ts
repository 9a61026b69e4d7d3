import { COMMAND_LINE, deleteMapping } from "../../../server/mod.ts";
import type { Context } from "../../command/context.ts";
import { changeHostData } from "./data.ts";
import type { HostPlace } from "./options.ts";
import { DONE, text } from "../../terminal/text.ts";
import { confirm } from "../../terminal/prompts.ts";

/** Deletes a binding for good, after a person has agreed. */
export async function run(
  context: Context,
  options: { readonly ref: string; readonly data: HostPlace },
): Promise<number> {
  const { ref } = options;
  const question = `Delete the binding ${ref} for good?`;
  if (!(await confirm(context, { question, instead: "Agree with `--yes`." }))) {
    if (context.globals.json) context.output.json({ deleted: false, declined: true });
    else context.output.notice("Nothing changed.");
    return 0;
  }
  return await changeHostData(context, options, async (data) => {
    await deleteMapping(data, COMMAND_LINE, ref);
    return {
      document: { binding_ref: ref, state: "deleted" },
      line: text`${DONE} ${ref} is deleted.`,
    };
  });
}
